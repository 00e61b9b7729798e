"""``attach`` and ``attachments``: attach a file, list, save; every mistake is a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.care.bundles import bundle, patient
from tests.commands.conftest import Call

PDF = b"%PDF-1.7\n" + b"What the hospital wrote. " * 100


@pytest.fixture
def rosa(call: Call, file: object, tmp_path: Path) -> str:
    """Take somebody in; return the case id."""
    path = file("rosa.json", bundle(patient()))  # type: ignore[operator]
    (report,) = call("import", path, "--json").json["files"]
    return str(report["people"][0])


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.pdf"
    path.write_bytes(PDF)
    return path


def test_attach_list_and_save(
    call: Call, rosa: str, letter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attached = call("attach", rosa, letter, "--title", "Discharge letter", "--json").json
    assert attached["case_id"] == rosa
    (listed,) = call("attachments", rosa, "--json").json
    assert listed["attachment_id"] == attached["attachment_id"]
    assert (listed["title"], listed["media_type"]) == ("Discharge letter", "application/pdf")
    assert (listed["size"], listed["content"]) == (len(PDF), "waiting")
    assert "Discharge letter (waits to be sent)" in call("attachments", rosa).out
    saved = tmp_path / "out.pdf"
    said = call("attachments", "--save", attached["attachment_id"], "-o", saved)
    assert (said.code, said.out) == (0, f"Saved {saved}. It is not encrypted.\n")
    assert saved.read_bytes() == PDF
    monkeypatch.chdir(tmp_path / "home")
    call("attachments", "--save", attached["attachment_id"])
    assert (tmp_path / "home" / "letter.pdf").read_bytes() == PDF
    assert "1 whole, 1 not at headquarters yet" in call("check").out


def test_nothing_is_attached_yet(call: Call, rosa: str) -> None:
    assert call("attachments", rosa, "--json").json == []
    assert call("attachments", rosa).out == "Nothing is attached.\n"


def test_mistakes_are_sentences(call: Call, rosa: str, letter: Path, tmp_path: Path) -> None:
    program = tmp_path / "setup.pdf"
    program.write_bytes(b"MZ\0\0")
    attachment_id = call("attach", rosa, letter, "--json").json["attachment_id"]
    for arguments, words in (
        (("attach", rosa, tmp_path / "nowhere"), "can't be read"),
        (("attach", rosa, program), "none of the kinds"),
        (("attach", "Nobody", letter), "obody"),
        (("attach", rosa, letter, "--note", "x"), "no such Note"),
        (("attachments",), "casefield attachments PERSON"),
        (("attachments", rosa, "--save", attachment_id), "casefield attachments PERSON"),
        (("attachments", "--save", "x"), "no such Attachment"),
        (("attachments", "--save", attachment_id, "-o", letter), "already something"),
    ):
        said = call(*arguments)
        assert (said.code, said.out) == (2, ""), arguments
        assert words in said.err
