"""The reference for the window: PySide6 imported whole, and a window with nothing in it.

A program of any size touches most classes of the three modules, so they are part of the reference;
where only the two that are used here are made, the empty window stands in half the time.
"""

from __future__ import annotations

from PySide6.QtCore import *  # noqa: F403
from PySide6.QtGui import *  # noqa: F403
from PySide6.QtWidgets import *  # noqa: F403
from PySide6.QtWidgets import QApplication, QMainWindow

SIZE = (1366, 768)


def shown() -> tuple[QApplication, QMainWindow]:
    """Return the application and its window, shown and not painted yet."""
    application = QApplication([])
    window = QMainWindow()
    window.resize(*SIZE)
    window.show()
    return application, window
