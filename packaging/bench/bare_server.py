"""The least that could take a push: HTTP, zstd, typed JSON, one table of PostgreSQL. A ceiling."""

from __future__ import annotations

import sys

import msgspec
import psycopg
import uvicorn
import zstandard
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

from casefield.records.operation import Operation
from casefield.server.serving import address, configuration, listen

TABLE = "CREATE TABLE bare (id text PRIMARY KEY, case_id text, body jsonb)"
INSERT = "INSERT INTO bare VALUES (%s, %s, %s::jsonb)"
decoder = msgspec.json.Decoder(list[Operation])


def main(database: str) -> None:
    """Serve until the standard input closes."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TABLE)
    line = psycopg.connect(database)
    app = FastAPI(openapi_url=None)

    def keep(body: bytes) -> bytes:
        operations = decoder.decode(zstandard.decompress(body, max_output_size=2**26))
        rows = [(o.id, o.case_id, msgspec.json.encode(o.set).decode()) for o in operations]
        with line.cursor() as cursor:
            cursor.executemany(INSERT, rows)
        line.commit()
        return b'{"ok":%d}' % len(rows)

    @app.post("/push")
    async def push(request: Request) -> Response:
        return Response(await run_in_threadpool(keep, await request.body()))

    listener = listen("127.0.0.1", 0)
    print(f'@{{"url": "{address(listener)}"}}', flush=True)
    uvicorn.Server(configuration(app)).run([listener])


if __name__ == "__main__":
    main(sys.argv[3])
