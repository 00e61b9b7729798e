"""The theme in force: told to the application once, announced when it changes."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from casefield.gui.theme.sheet import BODY, FAMILY, style_sheet
from casefield.gui.theme.tokens import DARK, LIGHT, Palette
from casefield.resources import resource_path

FONTS = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "Inter-Bold.otf")
PLAIN_DPI = 96
WINDOWS_POINTS = 9.0
LARGEST_TEXT = 2.0
_text = 1.0


class Theme(QObject):
    """Light or dark; follows the system until somebody chooses.

    Args:
        application: what is dressed.
        choice: "light", "dark" or "system".
        text: how large text is against the usual, 1 to 2; None for as large as the system has it.
    """

    changed = Signal()

    def __init__(
        self, application: QApplication, choice: str = "system", text: float | None = None
    ) -> None:
        super().__init__(application)
        _set_text(_system_text(application) if text is None else text)
        self._application = application
        self._choice = choice
        application.setStyle(QStyleFactory.create("Fusion"))
        _load_fonts()
        application.setFont(_body_font())
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.palette: Palette = LIGHT
        self.apply()

    @property
    def choice(self) -> str:
        """What was chosen."""
        return self._choice

    def choose(self, choice: str) -> None:
        """Choose light, dark or as the system has it."""
        self._choice = choice
        self.apply()

    def toggle(self) -> None:
        """Choose the other one."""
        self.choose("light" if self.palette is DARK else "dark")

    def apply(self) -> None:
        """Dress the application."""
        self.palette = DARK if self._is_dark() else LIGHT
        self._application.setPalette(_qt_palette(self.palette))
        self._application.setStyleSheet(style_sheet(self.palette, _text))
        self.changed.emit()

    def colour(self, name: str) -> QColor:
        """Return a token as a colour for painting."""
        return QColor(self.palette.colour(name))

    def _is_dark(self) -> bool:
        if self._choice != "system":
            return self._choice == "dark"
        return self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark

    def _system_changed(self) -> None:
        if self._choice == "system":
            self.apply()


def sized(pixels: int) -> int:
    """Return a width that must grow with the text in it."""
    return round(pixels * _text)


def _set_text(scale: float) -> None:
    global _text
    _text = min(max(scale, 1.0), LARGEST_TEXT)


def _system_text(application: QApplication) -> float:
    """Windows tells the reader's text size in its own font; elsewhere it comes with the scale."""
    if sys.platform != "win32":
        return 1.0
    return application.font().pointSizeF() / WINDOWS_POINTS


def font(points: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the application's font in a size and weight, for painting."""
    made = QFont(QApplication.font())
    made.setPointSizeF(points * _text)
    made.setWeight(weight)
    return made


def _body_font() -> QFont:
    made = QFont(FAMILY)
    made.setPointSizeF(BODY * _text)
    made.setFeature(QFont.Tag("tnum"), 1)  # figures of one width: times and scores line up
    return made


def _load_fonts() -> None:
    for name in FONTS:
        QFontDatabase.addApplicationFont(str(resource_path("fonts", name)))


def _qt_palette(p: Palette) -> QPalette:
    made = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, p.background),
        (roles.WindowText, p.ink),
        (roles.Base, p.panel),
        (roles.AlternateBase, p.background),
        (roles.Text, p.ink),
        (roles.Button, p.panel),
        (roles.ButtonText, p.ink),
        (roles.ToolTipBase, p.panel),
        (roles.ToolTipText, p.ink),
        (roles.Highlight, p.accent),
        (roles.HighlightedText, p.on_accent),
        (roles.PlaceholderText, p.mute),
        (roles.Link, p.accent),
        (roles.Accent, p.accent),
        (roles.Mid, p.faint),
    ):
        made.setColor(role, QColor(colour))
    return made
