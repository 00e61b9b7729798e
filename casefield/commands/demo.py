"""The demo: the window on invented people, or the journey without a window."""

from __future__ import annotations

import time

import click

from casefield.commands.context import CommandLine, command_line


@click.command("demo")
@click.option("--headless", is_flag=True, help="Run the journey without a window and print it.")
@command_line
def demo(line: CommandLine, headless: bool) -> int:
    """Try casefield on invented people: nothing of it stays, nothing real is touched."""
    if not headless:
        from casefield.gui.main import run_demo_window

        return int(run_demo_window())
    from casefield.demo.journey import journey

    begun = time.monotonic()
    counts = journey(line.clock, lambda words: click.echo(words, err=line.as_json))
    seconds = round(time.monotonic() - begun, 1)
    if line.as_json:
        line.show(counts, lambda: iter(()))
        return 0
    click.echo(
        f"demo: ok, {counts.people} people, {counts.deeds} deeds of history, "
        f"{counts.offline} changes made offline, {counts.pushed} pushed, {counts.pulled} pulled, "
        f"{counts.returned} came back, {counts.conflicts} conflict kept, {seconds} s"
    )
    return 0
