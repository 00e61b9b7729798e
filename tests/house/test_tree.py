"""The repository speaks of the project alone: no machine paths, no registry hosts."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUSPECT = re.compile(
    r"/(?:work|root|home/\w+)/\w|pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org"
)
TEXT = {".py", ".md", ".toml", ".lock", ".json", ".sh", ".ts", ".txt", ".yml", ""}


def tracked() -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name]


def test_no_machine_paths_and_no_hosts() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {hit.group()}"
        for file in tracked()
        if file.suffix in TEXT and file.is_file() and file != Path(__file__).resolve()
        for hit in [SUSPECT.search(file.read_text(encoding="utf-8", errors="ignore"))]
        if hit
    ]
    assert not found


def test_no_attic() -> None:
    names = {"utils", "helpers", "common", "misc"}
    assert not [f for f in tracked() if f.stem in names or f.parent.name in names]
