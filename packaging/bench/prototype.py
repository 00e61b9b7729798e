"""The reference for sync: the same documents from SQLCipher over HTTP into a database and back.

No authorisation, no merge, no history, no outbox of operations: what the parts themselves can do
on this machine. Of PouchDB with its own server such a prototype was measured to be 3.75 times as
fast in pushing and 4.65 times in pulling.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

BATCH = 500
ZSTD = 3
TABLE = "CREATE TABLE document (id TEXT PRIMARY KEY, case_id TEXT, at TEXT, body {json})"
BY_CASE = "CREATE INDEX document_case ON document (case_id)"
LAPTOP = (
    "CREATE TABLE document (id TEXT PRIMARY KEY, case_id TEXT, at TEXT, unsent INT, body TEXT)",
    "CREATE INDEX document_unsent ON document (unsent) WHERE unsent = 1",
    BY_CASE,
)
Documents = list[tuple[str, str, str, str]]  # id, case, moment, JSON


class Store:
    """A table of documents in an SQLite file, or in PostgreSQL by its URL."""

    def __init__(self, database: str) -> None:
        self._open(database)
        self.connection.execute(TABLE.format(json=self._json))
        self.connection.execute(BY_CASE)
        self._commit()

    def _open(self, database: str) -> None:
        self.connection: Any
        if "://" in database:
            import psycopg

            self.connection, self._place = psycopg.connect(database), "%s"
            self._json, self._text = "JSONB", "body::text"
            return
        import sqlite3

        self.connection, self._place = sqlite3.connect(database, check_same_thread=False), "?"
        self._json, self._text = "TEXT", "body"
        for setting in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -65536"):
            self.connection.execute(f"PRAGMA {setting}")

    def put(self, documents: Documents) -> None:
        """Keep documents in one transaction."""
        places = ", ".join([self._place] * 4)
        insert = (
            f"INSERT INTO document VALUES ({places}) ON CONFLICT (id) DO UPDATE"  # noqa: S608
            " SET case_id = excluded.case_id, at = excluded.at, body = excluded.body"
        )
        self.connection.cursor().executemany(insert, documents)
        self._commit()

    def after(self, document_id: str) -> Documents:
        """Return the next batch in order of the ids."""
        query = (
            f"SELECT id, case_id, at, {self._text} FROM document"  # noqa: S608
            f" WHERE id > {self._place} ORDER BY id LIMIT {BATCH}"
        )
        rows: Documents = self.connection.execute(query, (document_id,)).fetchall()
        self._commit()
        return rows

    def _commit(self) -> None:
        self.connection.commit()


def serve(database: str, say: Callable[..., None], wait: Callable[[], object]) -> None:
    """Answer pushes and pulls on loopback until `wait` returns."""
    import threading

    import msgspec
    import uvicorn
    import zstandard

    from casefield.server.serving import address, listen

    store = Store(database)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        raw, more = b"", True
        while more:
            message = await receive()
            raw, more = raw + message.get("body", b""), message.get("more_body", False)
        said = msgspec.json.decode(zstandard.decompress(raw))
        store.put(said["put"]) if said["put"] else None
        found = store.after(said["after"]) if said["after"] is not None else []
        body = zstandard.compress(msgspec.json.encode(found), ZSTD)
        head = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})

    with listen("127.0.0.1", 0) as listener:
        config = uvicorn.Config(answer, log_level="warning", lifespan="off", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        say(url=address(listener))
        wait()
        server.should_exit = True
        thread.join()


class Laptop:
    """A laptop's encrypted table of documents, and its line.

    Args:
        folder: does not exist yet.
        url: of `serve`.
    """

    def __init__(self, folder: Path, url: str) -> None:
        import requests
        from bare import Bare

        self._bare = Bare(folder)
        for statement in LAPTOP:
            self._bare.run(statement)
        self._line, self._url = requests.Session(), url

    def write(self, documents: Documents) -> None:
        """Keep documents, as they are written."""
        self._keep(documents, unsent=1)

    def push(self) -> None:
        """Send every document that was not sent, a batch at a time."""
        unsent = f"SELECT id, case_id, at, body FROM document WHERE unsent = 1 LIMIT {BATCH}"  # noqa: S608
        while waiting := list(self._bare.read(unsent)):
            self._call(waiting, None)
            self._bare.many("UPDATE document SET unsent = 0 WHERE id = ?", [w[:1] for w in waiting])

    def pull(self) -> int:
        """Fetch every document, a batch at a time; return how many."""
        fetched, last = 0, ""
        while found := self._call([], last):
            self._keep(found, unsent=0)
            fetched, last = fetched + len(found), found[-1][0]
        return fetched

    def nothing(self) -> None:
        """One round trip with nothing in it."""
        self._call([], None)

    def close(self) -> None:
        """Close database and line."""
        self._bare.close()
        self._line.close()

    def _keep(self, documents: Documents, *, unsent: int) -> None:
        rows = [(*document[:3], unsent, document[3]) for document in documents]
        self._bare.many(
            "INSERT INTO document VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " case_id = excluded.case_id, at = excluded.at, unsent = excluded.unsent,"
            " body = excluded.body",
            rows,
        )

    def _call(self, put: Sequence[Any], after: str | None) -> list[Any]:
        import msgspec
        import zstandard

        body = zstandard.compress(msgspec.json.encode({"put": put, "after": after}), ZSTD)
        reply = self._line.post(self._url, data=body, timeout=60)
        found: list[Any] = msgspec.json.decode(zstandard.decompress(reply.content))
        return found
