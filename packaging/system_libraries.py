"""Names the system libraries that Qt needs and this machine lacks, with the command for them.

Standard library only: it runs before anything else can be relied on.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

DEBIAN = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
}
MISSING = re.compile(r"^\s*(\S+) => not found", re.MULTILINE)


def missing_in(ldd_output: str) -> list[str]:
    """Return the libraries that an ldd listing calls "not found", in order, once each."""
    return list(dict.fromkeys(MISSING.findall(ldd_output)))


def sentence(missing: Iterable[str], *, root: bool) -> str:
    """Return what lacks and the command that brings it."""
    libraries = list(missing)
    packages = sorted({DEBIAN[name] for name in libraries if name in DEBIAN})
    unknown = [name for name in libraries if name not in DEBIAN]
    words = f"The window needs system libraries that are missing: {', '.join(libraries)}."
    if packages:
        words += f" Install them: {'' if root else 'sudo '}apt-get install {' '.join(packages)}"
    if unknown:
        words += f" (the package of {', '.join(unknown)}: apt-file search NAME)"
    return words


def qt_files(offscreen: bool) -> list[Path]:
    """Return the Qt files whose libraries count: the platform plugin and the widgets."""
    spec = find_spec("PySide6")
    if spec is None or not spec.submodule_search_locations:
        return []
    qt = Path(next(iter(spec.submodule_search_locations))) / "Qt"
    plugin = "libqoffscreen.so" if offscreen else "libqxcb.so"
    return [
        file
        for file in (
            qt / "plugins/platforms" / plugin,
            qt / "lib/libQt6Widgets.so.6",
            qt / "lib/libQt6Svg.so.6",
        )
        if file.exists()
    ]


def main() -> int:
    """Print what lacks; exit code 2 if anything does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offscreen", action="store_true", help="for tests without a display")
    arguments = parser.parse_args()
    if platform.system() != "Linux":
        return 0
    missing: list[str] = []
    for file in qt_files(arguments.offscreen):
        done = subprocess.run(["ldd", str(file)], capture_output=True, text=True, check=False)
        missing += missing_in(done.stdout)
    if not missing:
        return 0
    print(sentence(dict.fromkeys(missing), root=os.geteuid() == 0), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
