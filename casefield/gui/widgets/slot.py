"""A place that is filled again only when what it shows has changed; the keyboard stays in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLayout, QVBoxLayout, QWidget

from casefield.gui.widgets.basics import empty


@dataclass
class _Promise:
    """Where the keyboard goes once what was built can take it; Qt keeps it somewhere till then."""

    layout: QLayout
    name: str
    widget: QWidget
    meanwhile: QWidget | None

    @property
    def holds(self) -> bool:
        """Whether nobody took the keyboard on purpose since."""
        return QApplication.focusWidget() in (self.meanwhile, None)


_promised: _Promise | None = None


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
    """Return the name of what in a layout has the keyboard, or is about to; empty for nothing."""
    global _promised
    if _promised is not None:
        if _promised.holds:
            return _promised.name if _promised.layout is layout else ""
        _promised = None
    focused = QApplication.focusWidget()
    here = focused is not None and any(w is focused for w in widgets_of(layout))
    return name_of(focused) if here and focused is not None else ""


def give_back(layout: QLayout, name: str) -> None:
    """Put the keyboard where a widget of this name stands now, else on the first one there is."""
    global _promised
    meanwhile = QApplication.focusWidget()
    if not name:
        if _promised is not None:
            _promised.meanwhile = meanwhile
        return
    stops = [w for w in widgets_of(layout) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    found = next((w for w in stops if name_of(w) == name), stops[0] if stops else None)
    if found is not None:
        _promised = _Promise(layout, name, found, meanwhile)
        QTimer.singleShot(0, _keep)


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


def _keep() -> None:
    global _promised
    promised, _promised = _promised, None
    if promised is not None and promised.holds and shiboken6.isValid(promised.widget):
        promised.widget.setFocus()
