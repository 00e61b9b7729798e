"""Keys that belong to a part of the window, while the keyboard is in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def on_escape(part: QWidget, act: Callable[[], object]) -> None:
    """Let Esc do something while the keyboard is in a part.

    Parts with a key of their own must not lie in each other: Qt would choose neither.
    """
    shortcut = QShortcut(QKeySequence(Qt.Key.Key_Escape), part, act)
    shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
