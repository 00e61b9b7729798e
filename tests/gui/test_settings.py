"""What the window remembers: how it looked, and nothing about anybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from casefield.gui import settings
from tests.gui.hands import Hands


@pytest.mark.parametrize("choice", settings.THEMES)
def test_the_theme_is_remembered(choice: str) -> None:
    settings.keep_theme(choice)
    assert settings.theme_choice() == choice


def test_a_theme_that_is_none_counts_as_the_systems() -> None:
    settings.keep_theme("puce")
    assert settings.theme_choice() == "system"


def test_where_the_window_stood_is_remembered() -> None:
    assert settings.geometry().isEmpty()
    settings.keep_geometry(QByteArray(b"there"))
    assert settings.geometry() == QByteArray(b"there")
    settings.keep_columns("caseload", QByteArray(b"wide"))
    assert settings.columns("caseload") == QByteArray(b"wide")
    assert settings.columns("another").isEmpty()


def test_nothing_about_anybody_is_written(ana: Hands) -> None:
    ana.person("rosa-medina")
    ana.shell.rail.buttons["caseload"].click()
    ana.settle()
    ana.shell.caseload.table.horizontalHeader().resizeSection(0, 210)
    ana.window.close()
    kept = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "casefield", "window")
    kept.sync()
    text = Path(kept.fileName()).read_text(encoding="utf-8", errors="replace")
    assert "caseload" in text
    for word in ("Rosa", "Medina", *ana.cases.values()):
        assert word not in text
