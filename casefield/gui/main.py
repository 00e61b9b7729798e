"""Opens the window: nothing is loaded here that the lock screen does not need."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from casefield.application import Application, default_profile
from casefield.gui.theme.icons import pixmap
from casefield.gui.theme.theme import PLAIN_DPI, Theme
from casefield.gui.theme.tokens import LIGHT
from casefield.gui.window import MainWindow
from casefield.resources import resource_path


def run_window(arguments: list[str]) -> int:
    """Open the window on a profile; return the exit code."""
    application = make_application()
    window = MainWindow(Application(_profile(arguments)), make_theme(application))
    window.open()
    return int(application.exec())


def run_demo_window() -> int:
    """Open the window on invented people; return the exit code."""
    application = make_application()
    window = MainWindow(None, make_theme(application))
    window.open()
    window.explore()
    return int(application.exec())


def make_application() -> QApplication:
    """Return the Qt application, in the reader's language."""
    if sys.platform == "darwin":  # where a point is a pixel, and 10.5 of them are too small
        os.environ.setdefault("QT_FONT_DPI", str(PLAIN_DPI))
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("casefield")
    application.setApplicationDisplayName("casefield")
    application.setDesktopFileName("casefield")
    application.setWindowIcon(QIcon(pixmap("heart-handshake", LIGHT.accent, 64)))
    _translate(application)
    return application


def make_theme(application: QApplication) -> Theme:
    """Return the theme that was chosen last."""
    from casefield.gui.settings import theme_choice

    return Theme(application, theme_choice())


def _translate(application: QApplication) -> None:
    locale = QLocale()
    for folder, name in (
        (str(resource_path("translations")), "casefield"),
        (QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath), "qtbase"),
    ):
        translator = QTranslator(application)
        if translator.load(locale, name, "_", folder):
            application.installTranslator(translator)


def _profile(arguments: list[str]) -> Path:
    for number, argument in enumerate(arguments):
        if argument == "--profile" and number + 1 < len(arguments):
            return Path(arguments[number + 1])
        if argument.startswith("--profile="):
            return Path(argument.partition("=")[2])
    return default_profile()
