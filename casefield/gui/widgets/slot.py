"""A place that is filled again only when what it shows has changed; the keyboard stays in it."""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLayout, QVBoxLayout, QWidget

from casefield.gui.widgets.basics import empty


class Slot(QVBoxLayout):
    """A vertical layout with one content at a time."""

    def __init__(self, spacing: int = 8) -> None:
        super().__init__()
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)
        self._shown: object = None

    def fill(self, shown: object, build: Callable[[], QWidget | QLayout | None]) -> bool:
        """Show what `build` makes, unless the same is shown already; return whether it was built.

        Args:
            shown: everything that `build` reads; compared by value.
            build: makes the content, None for nothing.
        """
        if self._shown is not None and self._shown == shown:
            return False
        self._shown = shown
        with_keyboard = keyboard_in(self)
        empty(self)
        made = build()
        if isinstance(made, QLayout):
            # As one widget, shown at once: Qt shows the parts of a bare layout one by one later,
            # and a scroll area around them never hears how high they became.
            page = QWidget()
            page.setLayout(made)
            made = page
        if made is not None:
            self.addWidget(made)
            made.show()
        give_back(self, with_keyboard)
        return True

    def clear(self) -> None:
        """Show nothing."""
        empty(self)
        self._shown = None


def keyboard_in(layout: QLayout) -> str:
    """Return the name of the widget in a layout that has the keyboard; empty where none has."""
    focused = QApplication.focusWidget()
    here = focused is not None and any(w is focused for w in widgets_of(layout))
    return name_of(focused) if here and focused is not None else ""


def give_back(layout: QLayout, name: str) -> None:
    """Put the keyboard where a widget of this name stands now, else on the first one there is."""
    if not name:
        return
    stops = [w for w in widgets_of(layout) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    found = next((w for w in stops if name_of(w) == name), stops[0] if stops else None)
    if found is not None:
        QTimer.singleShot(0, lambda: _take(found))


def widgets_of(layout: QLayout) -> list[QWidget]:
    """Return every widget beneath a layout, in the order they were put there."""
    found: list[QWidget] = []
    for number in range(layout.count()):
        item = layout.itemAt(number)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            found += [widget, *widget.findChildren(QWidget)]
        elif inner is not None:
            found += widgets_of(inner)
    return found


def name_of(widget: QWidget) -> str:
    """Return how a widget is called aloud."""
    name = widget.accessibleName()
    if not name and isinstance(widget, QAbstractButton):
        name = widget.text().replace("&", "").strip()
    return str(name)


def _take(widget: QWidget) -> None:
    if shiboken6.isValid(widget):
        widget.setFocus()
