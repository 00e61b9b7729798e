"""Renders every page of the window on the demo's people, light and dark, at two sizes and texts.

No display, no headquarters, no clock: the same code gives the same pictures. One process for each
variant, because Qt takes scale and text size once, when it starts.

Run with the development environment: ``.venv/bin/python packaging/pictures.py``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "build" / "pictures"
ZONE = "America/New_York"
MOMENT = datetime(2026, 11, 13, 11, 32, tzinfo=ZoneInfo(ZONE))
AT_ONCE = 2


@dataclass(frozen=True)
class Variant:
    """How one set of pictures looks.

    Attributes:
        theme: light or dark.
        width, height: of the screen, in its own pixels.
        text: size of the text alone, in percent.
        scale: of the screen, in percent.
    """

    theme: str
    width: int
    height: int
    text: int = 100
    scale: int = 100

    @property
    def name(self) -> str:
        """The folder of its pictures."""
        extra = f"-text{self.text}" if self.text != 100 else ""
        extra += f"-scale{self.scale}" if self.scale != 100 else ""
        return f"{self.theme}-{self.width}x{self.height}{extra}"

    @property
    def logical(self) -> tuple[int, int]:
        """The window's size as Qt counts it."""
        return self.width * 100 // self.scale, self.height * 100 // self.scale

    def environment(self) -> dict[str, str]:
        """The environment in which Qt draws it."""
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "QT_QPA_PLATFORM": "offscreen",
            "QT_SCALE_FACTOR": f"{self.scale / 100:g}",
            "TZ": ZONE,
            "LC_ALL": "C.UTF-8",
        }


VARIANTS = tuple(
    variant
    for theme in ("light", "dark")
    for variant in (
        Variant(theme, 1366, 768),
        Variant(theme, 1366, 768, text=150),
        Variant(theme, 1366, 768, scale=150),
        Variant(theme, 1920, 1080),
        Variant(theme, 1920, 1080, scale=150),
    )
)


def main() -> int:
    """Take the pictures; exit code 1 if a variant could not be drawn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variant", help="only this one, e.g. light-1366x768")
    parser.add_argument("--scenes", help="only scenes whose name begins so")
    parser.add_argument("--profiles", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.profiles is not None:
        from picture_scenes import draw

        variant = next(v for v in VARIANTS if v.name == arguments.variant)
        draw(variant, arguments.profiles, TARGET / variant.name, arguments.scenes or "")
        return 0
    wanted = [v for v in VARIANTS if arguments.variant in (None, v.name)]
    if not wanted:
        parser.error(f"one of {', '.join(v.name for v in VARIANTS)}")
    with tempfile.TemporaryDirectory(prefix="casefield-pictures-") as folder:
        return _draw_all(wanted, Path(folder), arguments.scenes)


def _draw_all(wanted: list[Variant], folder: Path, scenes: str | None) -> int:
    sys.path.insert(0, str(ROOT))
    from picture_scenes import prepare

    prepare(folder, MOMENT, ZONE)
    waiting, under_way, failed = deque(wanted), deque[tuple[Variant, subprocess.Popen[bytes]]](), 0
    while waiting or under_way:
        while waiting and len(under_way) < AT_ONCE:
            variant = waiting.popleft()
            under_way.append((variant, _start(variant, folder, scenes)))
        variant, process = under_way.popleft()
        failed |= process.wait()
        number = len(list((TARGET / variant.name).glob("*.png")))
        print(f"{variant.name}: {number} pictures" if not process.returncode else variant.name)
    print(f"in {TARGET.relative_to(ROOT)}")
    return 1 if failed else 0


def _start(variant: Variant, folder: Path, scenes: str | None) -> subprocess.Popen[bytes]:
    target = TARGET / variant.name
    if scenes is None:
        shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, __file__, "--variant", variant.name, "--profiles", str(folder)]
    if scenes:
        command += ["--scenes", scenes]
    return subprocess.Popen(command, env=variant.environment())


if __name__ == "__main__":
    sys.exit(main())
