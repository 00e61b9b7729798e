"""The documents keep up with the code: dependencies, links and commands that they name exist."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefield.cli import COMMANDS
from casefield.server.admin.group import COMMANDS as OFFICE

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
LINK = re.compile(r"\]\(([^()\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(name for extra in extras for name in extra)]
    return {re.split(r"[\[<>=!~; ]", name, maxsplit=1)[0] for name in wanted}


def packages_told() -> dict[str, str]:
    """Return the first and last column of the README's table of packages."""
    section = README.read_text(encoding="utf-8").split("## What it stands on")[1]
    rows = re.findall(r"^\| ([\w.-]+) \| .+ \| (.+) \|$", section.split("\n### ")[0], re.MULTILINE)
    return {name: licence for name, licence in rows if name != "package"}


def anchors(file: Path) -> set[str]:
    """Return the places a link into a document may name: its headings as the web shows them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(document: Path) -> Iterator[tuple[str, str]]:
    for target in LINK.findall(FENCE.sub("", document.read_text(encoding="utf-8"))):
        if "://" not in target and not target.startswith("mailto:"):
            path, _, anchor = target.partition("#")
            yield path, anchor


def test_every_dependency_is_told_with_its_licence() -> None:
    told = packages_told()
    assert set(told) == dependencies()
    assert all(licence.strip() for licence in told.values())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    lost = []
    for path, anchor in links(document):
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(f"{path}#{anchor}")
    assert not lost


@pytest.mark.parametrize(
    "command",
    [f"casefield {name}" for name in COMMANDS] + [f"casefield-server {name}" for name in OFFICE],
)
def test_every_command_is_told(command: str) -> None:
    assert re.search(rf"`{command}\b", README.read_text(encoding="utf-8"))
