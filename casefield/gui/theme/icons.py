"""Lucide icons, tinted from the palette and sharp at any scale."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from casefield.resources import resource_path

SIZE = 18
_pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}


def pixmap(name: str, colour: str, size: int = SIZE) -> QPixmap:
    """Return an icon in a colour (``#RRGGBB``), `size` logical pixels square.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    application = QGuiApplication.instance()
    ratio = application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0
    key = (name, colour, size, ratio)
    if key not in _pixmaps:
        _pixmaps[key] = _render(name, colour, size, ratio)
    return _pixmaps[key]


def icon(name: str, colour: str, picked: str | None = None, size: int = SIZE) -> QIcon:
    """Return an icon for a button; `picked` is its colour while the button is checked."""
    made = QIcon(pixmap(name, colour, size))
    if picked is not None:
        made.addPixmap(pixmap(name, picked, size), QIcon.Mode.Normal, QIcon.State.On)
        made.addPixmap(pixmap(name, picked, size), QIcon.Mode.Active, QIcon.State.On)
    return made


def _render(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    text = resource_path("icons", "lucide", f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(text.replace("currentColor", colour).encode()))
    side = round(size * ratio)
    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
