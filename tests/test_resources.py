"""The files that casefield ships are found: beside the package, or inside it once installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefield import resources
from casefield.resources import resource_path


def test_in_a_checkout_they_stand_beside_the_package() -> None:
    root = Path(resources.__file__).resolve().parents[1]
    assert resource_path() == root / "resources"
    assert resource_path("clinical", "lace.json").is_file()
    assert resource_path("fonts").is_dir()


def test_installed_they_stand_inside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_resources").mkdir()
    monkeypatch.setattr(resources, "_INSIDE", tmp_path / "_resources")
    assert resource_path("fonts", "OFL.txt") == tmp_path / "_resources" / "fonts" / "OFL.txt"
