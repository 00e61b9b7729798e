"""Headquarters inside another process, on loopback: for the demo and the tests."""

from __future__ import annotations

import threading
import time
from types import TracebackType

import uvicorn

from casefield.clock import Clock, SystemClock
from casefield.server.app import create_app
from casefield.server.database import Database
from casefield.server.people import Administration
from casefield.server.serving import address, configuration, listen

START_SECONDS = 20.0


class EmbeddedServer:
    """A running server with its administration at hand.

    Args:
        database: URL or path.
        clock: where the time comes from.
        port: 0 takes a free one.
    """

    def __init__(self, database: str, *, clock: Clock | None = None, port: int = 0) -> None:
        self.clock: Clock = clock or SystemClock()
        self.database = Database(database)
        self.database.prepare()
        self.administration = Administration(self.database, self.clock)
        self._socket = listen("127.0.0.1", port)
        self.url = address(self._socket)
        self._server = uvicorn.Server(configuration(create_app(self.database, self.clock)))
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), daemon=True, name="casefield-server"
        )

    def __enter__(self) -> EmbeddedServer:
        self._thread.start()
        until = time.monotonic() + START_SECONDS
        while not self._server.started:
            if time.monotonic() > until or not self._thread.is_alive():
                raise RuntimeError("the embedded server did not start")
            self._thread.join(0.01)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self.database.close()
