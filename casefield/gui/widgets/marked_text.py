"""A text with pieces that stand out: underlined on a wash of colour, and named aloud."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QLabel

from casefield.gui.theme.sheet import BODY
from casefield.gui.theme.theme import Theme, font


class MarkedText(QLabel):
    """Pieces of text, as high as they need to be.

    Args:
        theme: the theme in force.
        pieces: text, and whether it stands out.
        tone: of the wash, by the name of its token.
        name: what is read aloud before the text.
    """

    def __init__(
        self, theme: Theme, pieces: Iterable[tuple[str, bool]], tone: str, name: str
    ) -> None:
        super().__init__()
        self._theme, self._pieces, self._tone = theme, tuple(pieces), tone
        text = "".join(piece for piece, _ in self._pieces)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setAccessibleName(f"{name}: {text}" if name else text)
        self._document = QTextDocument(self)
        self._document.setDocumentMargin(0)
        theme.changed.connect(self._write)
        self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for as much height as the words need at this width."""
        super().resizeEvent(event)
        self._document.setTextWidth(self.width())
        needed = int(self._document.size().height()) + 1
        if needed != self.minimumHeight():
            self.setFixedHeight(needed)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words."""
        painter = QPainter(self)
        self._document.drawContents(painter)
        painter.end()

    def _write(self) -> None:
        palette = self._theme.palette
        self._document.clear()
        self._document.setDefaultFont(font(BODY))
        plain, marked = QTextCharFormat(), QTextCharFormat()
        plain.setForeground(QColor(palette.ink))
        marked.setForeground(QColor(palette.ink))
        marked.setBackground(QColor(palette.colour(f"{self._tone}_wash")))
        marked.setFontUnderline(True)
        marked.setUnderlineColor(QColor(palette.colour(self._tone)))
        marked.setFontWeight(QFont.Weight.Medium)
        cursor = QTextCursor(self._document)
        for piece, stands_out in self._pieces:
            cursor.insertText(piece, marked if stands_out else plain)
        self.update()
