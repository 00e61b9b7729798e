"""A thin bar from nothing to all."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar


def progress_bar(share: float, name: str) -> QProgressBar:
    """Return a bar filled to a share of 0 to 1; `name` is read aloud."""
    made = QProgressBar()
    made.setRange(0, 100)
    made.setValue(round(share * 100))
    made.setTextVisible(False)
    made.setAccessibleName(name)
    return made
