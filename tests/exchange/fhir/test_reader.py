"""Reading FHIR files: bundles, single resources, lines, packed or plain; the unusable refused."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefield.errors import UnusableInput
from casefield.exchange.fhir import reader
from casefield.exchange.fhir.reader import Entry, read_entries

PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Núñez"}]}
CONDITION = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}}


def bundle(*resources: Any) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": f"urn:uuid:{n}", "resource": resource}
            for n, resource in enumerate(resources)
        ],
    }


def dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return packed.getvalue()


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def entries(folder: Path, name: str, content: bytes) -> list[Entry]:
    return list(read_entries(put(folder, name, content)))


def refusal(folder: Path, name: str, content: bytes) -> str:
    with pytest.raises(UnusableInput) as caught:
        entries(folder, name, content)
    assert caught.value.way_out or "than casefield takes" in str(caught.value)
    return str(caught.value)


BUNDLE = dumped(bundle(PATIENT, CONDITION))
LINES = dumped(PATIENT) + b"\n\n" + dumped(CONDITION) + b"\n"


def test_a_bundle_gives_its_entries_in_order_with_place_and_full_url(tmp_path: Path) -> None:
    assert entries(tmp_path, "in.json", BUNDLE) == [
        Entry("in.json, entry 1", "urn:uuid:0", PATIENT),
        Entry("in.json, entry 2", "urn:uuid:1", CONDITION),
    ]


def test_the_resource_type_may_stand_last(tmp_path: Path) -> None:
    whole = bundle(PATIENT)
    turned = dumped({"entry": whole["entry"], "resourceType": "Bundle"})
    assert [e.resource for e in entries(tmp_path, "in.json", turned)] == [PATIENT]


def test_a_single_resource_is_one_entry(tmp_path: Path) -> None:
    assert entries(tmp_path, "p.json", dumped(PATIENT)) == [Entry("p.json", "", PATIENT)]


def test_lines_give_an_entry_each_with_the_number_of_the_line(tmp_path: Path) -> None:
    found = entries(tmp_path, "all.ndjson", LINES)
    assert [(e.place, e.resource) for e in found] == [
        ("all.ndjson, line 1", PATIENT),
        ("all.ndjson, line 3", CONDITION),
    ]


def test_a_line_may_be_a_bundle(tmp_path: Path) -> None:
    (found,) = entries(tmp_path, "all.ndjson", dumped(bundle(PATIENT)))
    assert (found.place, found.resource) == ("all.ndjson, line 1, entry 1", PATIENT)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in.json.gz", gzip.compress(BUNDLE)),
        ("in", gzip.compress(BUNDLE)),
        ("in.json", b"\xef\xbb\xbf" + BUNDLE),
        ("in.json", b"\n  " + json.dumps(bundle(PATIENT, CONDITION), indent=4).encode()),
        ("in.ndjson", LINES),
        ("IN.NDJSON", LINES),
        ("in.ndjson", b"\xef\xbb\xbf" + LINES.replace(b"\n", b"\r\n")),
        ("in.ndjson", LINES.rstrip()),
        ("in.ndjson.gz", gzip.compress(LINES)),
        ("in.zip", zipped(a__json=BUNDLE, README=b"not FHIR")),
        ("in.zip", zipped(a__json=dumped(PATIENT), b__json=dumped(CONDITION))),
        ("in.zip", zipped(a__ndjson=LINES)),
        ("in.zip", zipped(a__json__gz=gzip.compress(BUNDLE))),
        ("in.zip", zipped(a__ndjson__gz=gzip.compress(LINES))),
        ("in.zip", zipped(A__JSON=BUNDLE, **{"__MACOSX/__hidden__json": b"\x00\x05"})),
    ],
)
def test_the_same_resources_come_out_however_they_are_packed(
    tmp_path: Path, name: str, content: bytes
) -> None:
    assert [e.resource for e in entries(tmp_path, name, content)] == [PATIENT, CONDITION]


def test_inside_a_zip_the_place_names_archive_and_file(tmp_path: Path) -> None:
    (found, _) = entries(tmp_path, "in.zip", zipped(**{"folder/a__json": BUNDLE}))
    assert found.place == "in.zip/a.json, entry 1"


def test_an_empty_bundle_has_no_entries(tmp_path: Path) -> None:
    assert entries(tmp_path, "in.json", b'{"resourceType": "Bundle"}') == []
    assert entries(tmp_path, "in.json", dumped(bundle())) == []


def test_an_unknown_resource_is_passed_on_for_others_to_judge(tmp_path: Path) -> None:
    odd = {"resourceType": "Starship", "id": "1"}
    assert [e.resource for e in entries(tmp_path, "in.json", dumped(odd))] == [odd]


@pytest.mark.parametrize("entry", ["text", 7, None, [], {}, {"resource": []}, {"fullUrl": 3}])
def test_an_entry_without_a_resource_is_passed_on_empty(tmp_path: Path, entry: Any) -> None:
    raw = {"resourceType": "Bundle", "entry": [entry, {"resource": PATIENT}]}
    first, second = entries(tmp_path, "in.json", dumped(raw))
    assert (first.resource, first.full_url) == ({}, "")
    assert second.resource == PATIENT


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("in.json", BUNDLE[:-30], "in.json is not whole JSON (after 1 entries)"),
        ("in.json", BUNDLE[:20], "in.json is not whole JSON"),
        ("in.json", BUNDLE + b"}", "in.json is not whole JSON (after 2 entries)"),
        ("in.json", b"[1, 2]", "is JSON but not FHIR"),
        ("in.json", b'{"name": "value"}', "is JSON but not FHIR"),
        ("in.json", b'{"resourceType": 5}', "is JSON but not FHIR"),
        ("feed.json", b'{"entry": [{"title": "news"}]}', "feed.json is JSON but not FHIR"),
        ("in.json", b'{"resourceType": "List", "entry": [{}]}', "in.json is a List and no Bundle"),
        ("in.json", b"plain words", "in.json is not whole JSON"),
        ("in.json", b"<Bundle/>", "in.json is not whole JSON"),
        ("in.json", b"", "in.json is empty"),
        ("in.json", dumped(PATIENT).decode().encode("utf-16"), "in.json is UTF-16"),
        ("in.json", b'{"resourceType": "Patient", "id": "\xff\xfe"}', "in.json is not"),
        ("in.ndjson", LINES[:-10], "in.ndjson, line 3 is not JSON: line 1, column"),
        ("in.ndjson", b'{"a": 1}\n', "in.ndjson, line 1 is JSON but not FHIR"),
        ("in.ndjson", b"[" * 100_000, "in.ndjson, line 1 is not readable JSON"),
        ("in.ndjson", b"[" + b"9" * 5_000 + b"]", "in.ndjson, line 1 is not readable JSON"),
        ("in.ndjson", b'{"resourceType": "Goal", "v": NaN}', "line 1 is not readable JSON"),
        ("in.json", b'{"resourceType": "Goal", "v": NaN}', "in.json is not whole JSON"),
        ("in.json.gz", gzip.compress(BUNDLE)[:-20], "in.json.gz is cut off or damaged"),
        ("in.json.gz", gzip.compress(BUNDLE[:-30]), "in.json.gz is not whole JSON"),
        ("in.zip", zipped(a__json=BUNDLE)[:-30], "in.zip is cut off or damaged"),
        ("in.zip", zipped(a__json=BUNDLE[:-30]), "in.zip/a.json is not whole JSON"),
        ("in.zip", zipped(a__pdf=b"%PDF"), "in.zip holds no FHIR file"),
    ],
)
def test_what_is_unusable_is_refused_with_file_and_place(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    assert words in refusal(tmp_path, name, content)


def test_a_damaged_byte_inside_a_packed_file_is_found(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(dumped(bundle(*[PATIENT] * 200)), mtime=0))
    packed[-8] ^= 0xFF
    assert "cut off or damaged" in refusal(tmp_path, "in.json.gz", bytes(packed))


def test_a_zip_with_a_password_is_refused_with_a_way_out(tmp_path: Path) -> None:
    packed = bytearray(zipped(a__json=BUNDLE))
    local, central = packed.index(b"PK\x03\x04"), packed.index(b"PK\x01\x02")
    packed[local + 6] |= 1
    packed[central + 8] |= 1
    assert "in.zip/a.json is locked with a password" in refusal(tmp_path, "in.zip", bytes(packed))


def test_absent_files_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="There is no file"):
        list(read_entries(tmp_path / "none.json"))
    with pytest.raises(UnusableInput, match="is a folder"):
        list(read_entries(tmp_path))


@pytest.mark.parametrize("name", ["in.json.gz", "in.zip"])
def test_what_unpacks_to_too_much_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(reader, "MOST_BYTES", 1000)
    content = dumped(bundle(*[PATIENT] * 50))
    packed = gzip.compress(content) if name.endswith("gz") else zipped(a__json=content)
    assert len(packed) < 1000
    assert "more than casefield takes at once" in refusal(tmp_path, name, packed)


def test_one_resource_may_not_be_endless_and_a_bundle_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MOST_SINGLE_BYTES", 100_000)
    endless = PATIENT | {"note": "x" * 200_000}
    assert "larger than" in refusal(tmp_path, "p.json", dumped(endless))
    assert len(entries(tmp_path, "in.json", dumped(bundle(*[PATIENT] * 3000)))) == 3000


def test_a_zip_of_too_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MOST_MEMBERS", 1)
    packed = zipped(a__json=BUNDLE, b__json=BUNDLE)
    assert "more than casefield takes at once" in refusal(tmp_path, "in.zip", packed)


def test_reading_again_gives_the_same(tmp_path: Path) -> None:
    path = put(tmp_path, "in.json.gz", gzip.compress(BUNDLE))
    assert list(read_entries(path)) == list(read_entries(path))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in.json", dumped(bundle(*[PATIENT] * 5000))),
        ("in.ndjson", LINES * 3000),
        ("in.json.gz", gzip.compress(BUNDLE)),
        ("in.zip", zipped(a__json=BUNDLE)),
    ],
)
def test_progress_never_goes_back_by_more_than_the_file_and_ends_at_its_size(
    tmp_path: Path, name: str, content: bytes
) -> None:
    told: list[tuple[int, int]] = []
    list(read_entries(put(tmp_path, name, content), lambda done, of: told.append((done, of))))
    assert {of for _, of in told} == {len(content)}
    assert told[-1] == (len(content), len(content))
    assert all(0 <= done <= of for done, of in told)
    # Few enough to draw: by blocks, not by bytes.
    assert len(told) < 100
    if name.endswith("json"):
        assert told == sorted(told)


def test_entries_arrive_while_the_file_is_still_being_read(tmp_path: Path) -> None:
    content = dumped(bundle(*[PATIENT] * 5000))
    told: list[int] = []
    stream = read_entries(put(tmp_path, "in.json", content), lambda done, _: told.append(done))
    assert next(stream).resource == PATIENT
    assert told[-1] < len(content)
    stream.close()


@given(st.integers(0, len(BUNDLE) - 1))
def test_a_bundle_cut_anywhere_is_never_taken_for_whole(cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        refusal(Path(folder), "in.json", BUNDLE[:cut])


def test_every_synthetic_bundle_is_read_to_its_end(shared_data: Path) -> None:
    files = sorted((shared_data / "fhir-synthea").glob("*.json.gz"))[:12]
    assert files
    for path in files:
        with gzip.open(path) as packed:
            expected = json.load(packed)["entry"]
        found = list(read_entries(path))
        assert len(found) == len(expected)
        assert [e.full_url for e in found] == [e["fullUrl"] for e in expected]
        assert found[0].resource == expected[0]["resource"]
        assert found[-1].resource == expected[-1]["resource"]


def test_message_bundles_are_read(shared_data: Path) -> None:
    files = sorted((shared_data / "fhir-notifications").glob("*.json"))
    assert files
    for path in files:
        kinds = [e.resource.get("resourceType") for e in read_entries(path)]
        assert kinds[0] == "MessageHeader"
        assert "Patient" in kinds
        assert "Encounter" in kinds
