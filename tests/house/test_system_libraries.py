"""A missing system library is named with the command that installs it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "packaging/system_libraries.py"
spec = importlib.util.spec_from_file_location("system_libraries", SCRIPT)
assert spec is not None
assert spec.loader is not None
system_libraries = importlib.util.module_from_spec(spec)
spec.loader.exec_module(system_libraries)

LDD = """
\tlinux-vdso.so.1 (0x00007ffc)
\tlibxcb-cursor.so.0 => not found
\tlibEGL.so.1 => not found
\tlibxcb-cursor.so.0 => not found
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)
"""


def test_finds_each_missing_library_once() -> None:
    assert system_libraries.missing_in(LDD) == ["libxcb-cursor.so.0", "libEGL.so.1"]


def test_names_library_and_command() -> None:
    words = system_libraries.sentence(["libxcb-cursor.so.0", "libEGL.so.1"], root=False)
    assert "libxcb-cursor.so.0" in words
    assert "sudo apt-get install libegl1 libxcb-cursor0" in words


def test_root_needs_no_sudo() -> None:
    assert "sudo" not in system_libraries.sentence(["libEGL.so.1"], root=True)


def test_unknown_library_is_still_named() -> None:
    assert "libodd.so.7" in system_libraries.sentence(["libodd.so.7"], root=True)
