"""What the window remembers between two starts: never anything about a person in care."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings

THEMES = ("system", "light", "dark")


def _settings() -> QSettings:
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "casefield", "window")


def theme_choice() -> str:
    """Return light, dark or system."""
    choice = str(_settings().value("theme", "system"))
    return choice if choice in THEMES else "system"


def keep_theme(choice: str) -> None:
    """Remember the theme."""
    _settings().setValue("theme", choice)


def geometry() -> QByteArray:
    """Return where the window stood."""
    kept = _settings().value("geometry")
    return kept if isinstance(kept, QByteArray) else QByteArray()


def keep_geometry(value: QByteArray) -> None:
    """Remember where the window stands."""
    _settings().setValue("geometry", value)


def columns(table: str) -> QByteArray:
    """Return the column widths and order of a table."""
    kept = _settings().value(f"columns/{table}")
    return kept if isinstance(kept, QByteArray) else QByteArray()


def keep_columns(table: str, value: QByteArray) -> None:
    """Remember the columns of a table."""
    _settings().setValue(f"columns/{table}", value)
