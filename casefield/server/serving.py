"""Runs headquarters' HTTP server until it is told to stop, in this process or in several."""

from __future__ import annotations

import errno
import logging
import multiprocessing
import signal
import socket
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event
from typing import Any

import uvicorn
from fastapi import FastAPI

from casefield.errors import CasefieldError, UnusableInput
from casefield.server.app import create_app
from casefield.server.blob_folder import BlobFolder
from casefield.server.database import Database
from casefield.server.turns import MOST_AT_ONCE

STOPPING = (signal.SIGINT, signal.SIGTERM)
FINISH_SECONDS = 10  # for what is being answered when the server is told to stop
_spawn = multiprocessing.get_context("spawn")


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes a free one.

    Raises:
        UnusableInput: the port is taken or not this user's to take, the address not this machine's.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=512)
    except (OSError, OverflowError, UnicodeError) as error:
        number = error.errno if isinstance(error, OSError) else None
        reason, way_out = {
            errno.EADDRINUSE: ("something else listens there", "Give another --port."),
            errno.EACCES: ("this user may not", "Give a --port above 1023."),
        }.get(number or 0, ("it is no address of this machine", "Check --host and --port."))
        raise UnusableInput(
            f"The server can't listen on {host}, port {port}: {reason}.", way_out=way_out
        ) from error
    # Connections have this from their listener: without it an answer's body waits up to 40 ms for
    # the laptop to confirm the head
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def address(listener: socket.socket) -> str:
    """Return the URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def configuration(app: FastAPI) -> uvicorn.Config:
    """Return how uvicorn serves headquarters: no logs of its own, no names of its parts."""
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=FINISH_SECONDS,
    )


def serve(
    database: Database,
    listener: socket.socket,
    *,
    workers: int,
    ready: Callable[[], None],
    blobs: BlobFolder | None = None,
    most_at_once: int = MOST_AT_ONCE,
) -> None:
    """Serve until SIGINT or SIGTERM; what is being answered then is finished.

    Args:
        database: prepared.
        listener: from `listen`; closed at the end.
        workers: how many processes.
        ready: called once, when requests are answered.
        blobs: where contents of attachments are; default: beside the database.
        most_at_once: how many syncs each process works on at the same time.
    """
    with listener:
        if workers == 1:
            _serve_here(database, listener, ready, blobs, most_at_once)
        else:
            _Workers(database.url, listener, workers, blobs, most_at_once).run(ready)


class _Server(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen."""
        await super().startup(sockets)
        self._ready()


def _serve_here(
    database: Database,
    listener: socket.socket,
    ready: Callable[[], None],
    blobs: BlobFolder | None,
    most_at_once: int,
) -> None:
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    app = create_app(database, blobs=blobs, most_at_once=most_at_once)
    server = _Server(configuration(app), ready)

    def stop(*_: Any) -> None:
        server.should_exit = True

    # uvicorn takes these while it runs and hands a signal it heard on to whoever had them before
    for number in STOPPING:
        signal.signal(number, stop)
    server.run([listener])
    database.close()


def _serve_there(
    url: str, listener: socket.socket, ready: Event, blobs: BlobFolder | None, most_at_once: int
) -> None:
    _serve_here(Database(url), listener, ready.set, blobs, most_at_once)


class _Workers:
    """Several processes that answer on one socket; one that dies is replaced."""

    def __init__(
        self,
        url: str,
        listener: socket.socket,
        count: int,
        blobs: BlobFolder | None,
        most_at_once: int,
    ) -> None:
        self._blobs = blobs
        self._url = url
        self._listener = listener
        self._stopping = False
        self._workers: dict[int, tuple[SpawnProcess, Event]] = {}
        self._count = count
        self._most_at_once = most_at_once

    def run(self, ready: Callable[[], None]) -> None:
        for number in STOPPING:
            signal.signal(number, self._stop)
        begun = [self._start() for _ in range(self._count)]
        for worker, answers in begun:
            while not answers.wait(0.1) and worker.is_alive():
                pass
        if all(answers.is_set() for _, answers in begun):
            ready()
        while self._workers:
            for gone in wait(list(self._workers)):
                assert isinstance(gone, int)
                worker, answers = self._workers.pop(gone)
                worker.join()
                if self._stopping:
                    continue
                if not answers.is_set():
                    self._stop()
                    raise CasefieldError("A process of the server could not start.")
                self._start()

    def _start(self) -> tuple[SpawnProcess, Event]:
        answers = _spawn.Event()
        worker = _spawn.Process(
            target=_serve_there,
            args=(self._url, self._listener, answers, self._blobs, self._most_at_once),
        )
        worker.start()
        self._workers[worker.sentinel] = (worker, answers)
        if self._stopping:  # told so meanwhile
            worker.terminate()
        return worker, answers

    def _stop(self, *_: Any) -> None:
        self._stopping = True
        for worker, _answers in list(self._workers.values()):
            worker.terminate()
