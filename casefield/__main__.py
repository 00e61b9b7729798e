"""The door of the laptop: the window when called bare, a command otherwise."""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run casefield with command line arguments; return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if _wants_window(given):
        from casefield.gui.main import run_window

        return int(run_window(given))
    from casefield.cli import run

    return run(given)


def _wants_window(arguments: list[str]) -> bool:
    """No command: nothing at all, or only the profile to open."""
    rest = list(arguments)
    while rest and rest[0].startswith("--profile"):
        rest = rest[1:] if "=" in rest[0] else rest[2:]
    return not rest


if __name__ == "__main__":
    sys.exit(main())
