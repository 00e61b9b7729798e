"""The lock screen stands before anything is loaded that it does not need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Each costs the window 5 to 150 ms or several MB; all of them load while the passphrase is typed
HEAVY = {
    "alembic",
    "argon2",
    "cryptography",
    "fastapi",
    "holidays",
    "ijson",
    "keyring",
    "msgspec",
    "requests",
    "sqlalchemy",
    "sqlcipher3",
    "uvicorn",
    "zstandard",
    "zxcvbn",
    "casefield.care",
    "casefield.gui.shell",
    "casefield.records",
    "casefield.vault",
}
SHOW = """
import sys
from pathlib import Path
from casefield.application import Application
from casefield.gui.main import make_application, make_theme
from casefield.gui.window import MainWindow

application = make_application()
window = MainWindow(Application(Path(sys.argv[1])), make_theme(application))
window.open()
assert window.lock_page.isVisible()
print(*sys.modules)
"""


def test_the_lock_screen_loads_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "keyslots.json").write_text("{}", encoding="utf-8")  # by this a profile is known
    done = subprocess.run(
        [sys.executable, "-c", SHOW, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert "casefield.gui.lock" in loaded
    assert not HEAVY & loaded
