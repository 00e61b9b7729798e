"""A line over loopback as slow and as bad as asked for: delay, bandwidth, cuts; it counts.

Runs in a thread of its own with its own event loop. Each new connection pays one round trip for
its handshake before its first byte goes up. Pieces that are under way don't wait for each other,
as on a real line.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import urlsplit

PIECE = 16 * 1024
REQUEST_LINES = (b"POST /", b"GET /")


@dataclass
class Seen:
    """What went over the line."""

    up: int = 0
    down: int = 0
    cuts: int = 0
    connections: int = 0
    requests: list[str] = field(default_factory=list)


class SlowLine:
    """A line to a server; `url` is its near end.

    Args:
        server: address of the far end.
        delay: seconds one way; half a round trip.
        bytes_per_second: each way; 0 is as fast as loopback.
        cut_after: the line breaks after so many bytes, both ways counted, again and again; 0 never.
    """

    def __init__(
        self,
        server: str,
        *,
        delay: float = 0.0,
        bytes_per_second: float = 0.0,
        cut_after: int = 0,
    ) -> None:
        parts = urlsplit(server)
        self._far = (parts.hostname or "", parts.port or 0)
        self.delay = delay
        self.bytes_per_second = bytes_per_second
        self.cut_after = cut_after
        self._until_cut = cut_after
        self.seen = Seen()
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.url = ""

    def __enter__(self) -> SlowLine:
        self._thread.start()
        opening = asyncio.start_server(self._connected, "127.0.0.1", 0, limit=PIECE)
        self._server = asyncio.run_coroutine_threadsafe(opening, self._loop).result(10)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def cut_every(self, count: int) -> None:
        """From now on the line breaks after so many bytes; 0 never."""
        self.cut_after = self._until_cut = count

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.seen.connections += 1
        if self.delay:
            await asyncio.sleep(2 * self.delay)
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._far, limit=PIECE)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, far_writer}
        self._writers |= both
        with suppress(asyncio.CancelledError):
            await asyncio.gather(
                self._carried(reader, far_writer, up=True),
                self._carried(far_reader, writer, up=False),
            )
        self._writers -= both
        for end in both:
            end.close()

    async def _carried(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool
    ) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.create_task(self._arrived(under_way, writer))
        free = 0.0
        try:
            while piece := await reader.read(PIECE):
                now = self._loop.time()
                if self.bytes_per_second:
                    free = max(now, free) + len(piece) / self.bytes_per_second
                under_way.put_nowait((max(now, free) + self.delay, piece))
                self._count(piece, up=up)
        except ConnectionError:
            pass
        finally:
            under_way.put_nowait((self._loop.time() + self.delay, b""))
            await arriving

    async def _arrived(
        self, under_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
    ) -> None:
        while True:
            due, piece = await under_way.get()
            if (left := due - self._loop.time()) > 0:
                await asyncio.sleep(left)
            with suppress(ConnectionError, RuntimeError, OSError):
                if not piece:
                    if writer.can_write_eof():
                        writer.write_eof()
                    return
                writer.write(piece)
                await writer.drain()

    def _count(self, piece: bytes, *, up: bool) -> None:
        if up:
            self.seen.up += len(piece)
            if piece.startswith(REQUEST_LINES):
                self.seen.requests.append(piece.split(b" ", 2)[1].decode())
        else:
            self.seen.down += len(piece)
        if not self.cut_after:
            return
        self._until_cut -= len(piece)
        if self._until_cut <= 0:
            self._until_cut = self.cut_after
            self.seen.cuts += 1
            for end in list(self._writers):
                end.transport.abort()
