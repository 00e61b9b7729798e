"""Keys that belong to a part of the window while the keyboard is in it, and keys of buttons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QWidget


def on_key(part: QWidget, keys: str, act: Callable[[], object]) -> None:
    """Let keys do something while this very widget has the keyboard."""
    _shortcut(part, keys, act, Qt.ShortcutContext.WidgetShortcut)


def on_escape(part: QWidget, act: Callable[[], object]) -> None:
    """Let Esc do something while the keyboard is anywhere in a part.

    Parts with a key of their own must not lie in each other: Qt would choose neither.
    """
    _shortcut(part, "Esc", act, Qt.ShortcutContext.WidgetWithChildrenShortcut)


def press_with(button: QAbstractButton, keys: str) -> None:
    """Let keys press a button from anywhere in its window, at once and whatever its words.

    Qt's own way lets go of the keys with every other text, and waits a tenth of a second.
    """
    _shortcut(button, keys, button.click, Qt.ShortcutContext.WindowShortcut)


def _shortcut(
    part: QWidget, keys: str, act: Callable[[], object], context: Qt.ShortcutContext
) -> None:
    shortcut = QShortcut(QKeySequence(keys), part, act)
    shortcut.setContext(context)  # not by the constructor: given there, it has no effect
