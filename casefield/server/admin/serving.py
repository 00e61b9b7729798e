"""The command that answers laptops."""

from __future__ import annotations

from pathlib import Path

import click

from casefield.server.admin.line import OfficeLine, office_line

PORT = 8470
LOOPBACK = ("127.", "[::1]", "localhost")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes."
)
@click.option(
    "--most-at-once",
    default=8,
    show_default=True,
    type=click.IntRange(1, 40),
    help="Syncs that each process works on at the same time; others wait, or are asked to come "
    "back.",
)
@click.option(
    "--blobs",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the attachments' contents; default: blobs in the data folder.",
)
@click.option(
    "--blob-mb", default=50, show_default=True, type=click.IntRange(1, 4096), help="Largest one."
)
@click.option(
    "--blob-quota-gb", type=click.IntRange(1), help="Most of an organisation; default: no limit."
)
@office_line
def serve(
    line: OfficeLine,
    host: str,
    port: int,
    workers: int,
    most_at_once: int,
    blobs: Path | None,
    blob_mb: int,
    blob_quota_gb: int | None,
) -> int:
    """Answer laptops until SIGTERM or Ctrl+C; says where it listens when it is ready."""
    from casefield.server.blob_folder import BlobFolder, beside
    from casefield.server.serving import address, listen
    from casefield.server.serving import serve as run

    database = line.database(make=True)
    listener = listen(host, port)
    url, place = address(listener), database.place
    folder = BlobFolder(
        root=blobs.expanduser().absolute() if blobs else beside(database).root,
        most_bytes=blob_mb * 1024**2,
        quota_bytes=blob_quota_gb * 1024**3 if blob_quota_gb else None,
    )

    def ready() -> None:
        told = {"address": url, "database": place, "workers": workers}
        line.show(told, lambda: iter([f"Headquarters listens on {url} (database: {place})."]))
        if not url.removeprefix("http://").startswith(LOOPBACK):
            click.echo(
                "This is plain HTTP: let nothing but a reverse proxy with a certificate reach it.",
                err=True,
            )

    run(
        database,
        listener,
        workers=workers,
        ready=ready,
        blobs=folder,
        most_at_once=most_at_once,
    )
    click.echo("Stopped.", err=True)
    return 0
