"""Headquarters' command line, one file a theme: what an administrator does."""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run casefield-server with command line arguments; return the exit code."""
    from casefield.server.admin.group import run

    return run(sys.argv[1:] if arguments is None else arguments)
