"""A part that is as high as its content where there is room, and scrolls where there is not."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from casefield.gui.widgets.basics import Scrolled

LEAST = 72


class Fitting(Scrolled):
    """Holds one widget.

    Args:
        content: what it holds.
        on_card: it lies on a card, not on a page.
    """

    def __init__(self, content: QWidget, *, on_card: bool = False) -> None:
        super().__init__()
        if not content.objectName():
            content.setObjectName("scrolledcard" if on_card else "scrolled")
        self.setWidget(content)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        """Return the size of the content at this width."""
        return QSize(self._content().sizeHint().width(), self._height())

    def minimumSizeHint(self) -> QSize:
        """Return how low it can be before nothing can be read."""
        return QSize(self._content().minimumSizeHint().width(), min(self._height(), LEAST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another height."""
        super().resizeEvent(event)
        self.updateGeometry()

    def event(self, event: QEvent) -> bool:
        """The content changed: so did the height."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return bool(super().event(event))

    def _content(self) -> QWidget:
        content = self.widget()
        assert content is not None  # it was given one
        return content

    def _height(self) -> int:
        content = self._content()
        if content.hasHeightForWidth() and self.width() > 0:
            return int(content.heightForWidth(self.width()))
        return int(content.sizeHint().height())
