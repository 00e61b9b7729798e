"""The theme in force: told to the application once, announced when it changes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from casefield.gui.theme.sheet import BODY, FAMILY, style_sheet
from casefield.gui.theme.tokens import DARK, LIGHT, Palette
from casefield.resources import resource_path

FONTS = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "Inter-Bold.otf")


class Theme(QObject):
    """Light or dark; follows the system until somebody chooses.

    Args:
        application: what is dressed.
        choice: "light", "dark" or "system".
    """

    changed = Signal()

    def __init__(self, application: QApplication, choice: str = "system") -> None:
        super().__init__(application)
        self._application = application
        self._choice = choice
        application.setStyle(QStyleFactory.create("Fusion"))
        _load_fonts()
        font = QFont(FAMILY)
        font.setPointSizeF(BODY)
        application.setFont(font)
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
        self._application.setStyleSheet(style_sheet(self.palette))
        self.changed.emit()

    def colour(self, name: str) -> QColor:
        """Return a token as a colour for painting."""
        return QColor(getattr(self.palette, name))

    def _is_dark(self) -> bool:
        if self._choice != "system":
            return self._choice == "dark"
        return self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark

    def _system_changed(self) -> None:
        if self._choice == "system":
            self.apply()


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
        (roles.PlaceholderText, p.faint),
        (roles.Link, p.accent),
        (roles.Accent, p.accent),
    ):
        made.setColor(role, QColor(colour))
    return made
