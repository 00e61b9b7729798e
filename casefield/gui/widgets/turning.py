"""Two parts beside each other where there is room, and beneath each other where there is not."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

from casefield.gui.theme.theme import sized

BESIDE = QBoxLayout.Direction.LeftToRight
BENEATH = QBoxLayout.Direction.TopToBottom


class Turning(QWidget):
    """Two parts.

    Args:
        first, second: widgets or layouts.
        room: the least width, at usual text, at which they stand beside each other.
        shares: how the width is shared then.
        spacing: between them.
    """

    def __init__(
        self,
        first: QWidget | QLayout,
        second: QWidget | QLayout,
        room: int,
        *,
        shares: tuple[int, int] = (1, 0),
        spacing: int = 8,
    ) -> None:
        super().__init__()
        self._room, self._shares = room, shares
        self._parts = tuple(_widget(part) for part in (first, second))
        self._layout = QBoxLayout(BESIDE, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(spacing)
        for part, share in zip(self._parts, shares, strict=True):
            self._layout.addWidget(part, share)

    @property
    def beside(self) -> bool:
        """Whether they stand beside each other."""
        return self._layout.direction() == BESIDE

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn where the width asks for it."""
        super().resizeEvent(event)
        needed = sum(part.minimumSizeHint().width() for part in self._parts)
        beside = self.width() >= max(sized(self._room), needed + self._layout.spacing())
        if beside != self.beside:
            self._layout.setDirection(BESIDE if beside else BENEATH)
            for number, share in enumerate(self._shares):
                self._layout.setStretch(number, share if beside else 0)

    def minimumSizeHint(self) -> QSize:
        """It can always be as narrow as its wider part."""
        least = super().minimumSizeHint()
        return QSize(max(part.minimumSizeHint().width() for part in self._parts), least.height())


def _widget(part: QWidget | QLayout) -> QWidget:
    if isinstance(part, QWidget):
        return part
    holder = QWidget()
    part.setContentsMargins(0, 0, 0, 0)
    holder.setLayout(part)
    return holder
