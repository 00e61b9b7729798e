"""The import command: files in, a report per file and per entry out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from casefield.care.views import ImportReport
from casefield.commands.context import CommandLine, command_line
from casefield.errors import StorageFull, UnusableInput

SHOWN_REFUSALS = 20


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", default=None, help="Who sent the files; told apart by this name.")
@command_line
def import_files(line: CommandLine, files: tuple[Path, ...], source: str | None) -> int:
    """Take FHIR R4 bundles (JSON, NDJSON, .gz, .zip) into the record.

    Every file is taken on its own: a broken one is named and the rest goes on.
    """
    from casefield.care.intake import take_file

    reports: list[ImportReport] = []
    unusable: list[tuple[Path, str]] = []
    with line.session() as session:
        for file in files:
            try:
                with _progress(line, file) as tell:
                    reports.append(
                        take_file(session.working, file, source_system=source, progress=tell)
                    )
            except StorageFull:
                raise
            except UnusableInput as error:
                unusable.append((file, str(error)))
    _report(line, reports, unusable)
    for file, words in unusable:
        click.echo(f"{file.name}: {words}" if file.name not in words else words, err=True)
    if unusable:
        return 2
    return 1 if any(report.refused for report in reports) else 0


class _progress:  # noqa: N801 - reads as a verb where it is used
    """A bar on standard error while a file is read, when a person is watching."""

    def __init__(self, line: CommandLine, file: Path) -> None:
        self._shown = sys.stderr.isatty() and not line.as_json
        self._file = file
        self._last = -1

    def __enter__(self) -> _progress:
        return self

    def __call__(self, done: int, total: int) -> None:
        """Tell how many bytes of the file were read."""
        percent = 100 if total <= 0 else min(100, done * 100 // total)
        if self._shown and percent != self._last:
            self._last = percent
            filled = "█" * (percent // 4)
            click.echo(
                f"\r{self._file.name[:40]:40} {filled:25} {percent:3d} %", nl=False, err=True
            )

    def __exit__(self, *_: object) -> None:
        if self._shown and self._last >= 0:
            click.echo("", err=True)


def _report(
    line: CommandLine, reports: list[ImportReport], unusable: list[tuple[Path, str]]
) -> None:
    result = {
        "files": reports,
        "unusable": [{"file": str(file), "reason": words} for file, words in unusable],
    }

    def lines() -> Iterator[str]:
        for report in reports:
            yield from _lines(report)

    line.show(result, lines)


def _lines(report: ImportReport) -> Iterator[str]:
    yield (
        f"{Path(report.file).name}: {_counts(report.added)} new; "
        f"{sum(report.changed.values())} changed, {sum(report.unchanged.values())} as before"
    )
    if report.transitions_opened:
        yield f"  {report.transitions_opened} discharge(s) to follow up: see casefield due"
    if report.left:
        yield f"  not kept yet by casefield: {_counts(report.left)}"
    for entry in report.refused[:SHOWN_REFUSALS]:
        yield f"  refused {entry.reference}: {entry.reason}"
    if len(report.refused) > SHOWN_REFUSALS:
        yield f"  … and {len(report.refused) - SHOWN_REFUSALS} more (all with --json)"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {kind}" for kind, n in counts.items() if n) or "nothing"
