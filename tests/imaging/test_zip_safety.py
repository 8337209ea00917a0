"""A hostile zip is refused, writes nothing outside its folder and costs nothing."""

import itertools
import random
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from reader_study.imaging.errors import ImagingError
from reader_study.imaging.zip_reading import ZipBudget, unpack_zip

from .synthetic_dicom import write_ct_series

MEBIBYTE = 2**20


def packed(entries: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def directory_start(archive: bytes) -> int:
    return zipfile.ZipFile(BytesIO(archive)).start_dir


def refusal(scan_paths, path: Path, content: bytes) -> str:
    path.write_bytes(content)
    result = scan_paths(path)
    assert not result.ct_series
    (only,) = result.refused
    return only.message


def test_overlapping_entries_are_refused(tmp_path, scan_paths):
    single = packed({"a": b"\0" * 10_000})
    start = directory_start(single)
    entry = single[start : start + 47]
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 500, 500, len(entry) * 500, start, 0)
    bomb = single[:start] + entry * 500 + end
    assert "overlap" in refusal(scan_paths, tmp_path / "bomb.zip", bomb)


def test_a_tightly_packed_bomb_is_not_unpacked(tmp_path, scan_paths):
    message = refusal(scan_paths, tmp_path / "b.zip", packed({"zeros": bytes(20 * MEBIBYTE)}))
    assert message.startswith("b.zip/zeros: packed more tightly than images can be")


def test_an_entry_larger_than_it_says_is_refused(tmp_path, scan_paths):
    archive = bytearray(packed({"a": bytes(range(256)) * 4000}))
    struct.pack_into("<L", archive, directory_start(bytes(archive)) + 24, 10)
    assert "b.zip/a: " in refusal(scan_paths, tmp_path / "b.zip", bytes(archive))


def test_too_many_entries_are_refused(tmp_path, scan_paths, monkeypatch):
    monkeypatch.setattr("reader_study.imaging.zip_reading.MAX_ENTRIES", 3)
    content = packed({str(number): b"x" for number in range(4)})
    assert "a zip of 4 files, more than 3" in refusal(scan_paths, tmp_path / "b.zip", content)


def test_too_much_in_all_is_refused(tmp_path, scan_paths, monkeypatch):
    monkeypatch.setattr("reader_study.imaging.zip_reading.MAX_TOTAL_BYTES", 1000)
    assert "unpacks to" in refusal(scan_paths, tmp_path / "b.zip", packed({"a": bytes(2000)}))


def test_a_damaged_zip_is_refused(tmp_path, scan_paths):
    content = packed({"a": bytes(2000)})
    assert "damaged zip" in refusal(scan_paths, tmp_path / "b.zip", content[:-30])


def test_an_encrypted_entry_is_refused_by_name(tmp_path, scan_paths):
    archive = bytearray(packed({"a.dcm": b"x" * 100}))
    archive[directory_start(bytes(archive)) + 8] |= 1
    message = refusal(scan_paths, tmp_path / "b.zip", bytes(archive))
    assert message.startswith("b.zip/a.dcm: encrypted with a password")


def test_a_link_is_refused_by_name(tmp_path, scan_paths):
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system = 3
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    message = refusal(scan_paths, tmp_path / "b.zip", buffer.getvalue())
    assert message.startswith("b.zip/link: a link")


def test_a_zip_inside_a_zip_is_read(tmp_path, scan_paths):
    slices = write_ct_series(tmp_path / "CT", slices=3)
    inner = packed({path.name: path.read_bytes() for path in slices})
    (tmp_path / "b.zip").write_bytes(packed({"inner.zip": inner, "note.txt": b"hello"}))
    result = scan_paths(tmp_path / "b.zip")
    names = result.ct_series[0].source_names
    assert names == tuple(f"b.zip/inner.zip/{path.name}" for path in slices)
    assert [out.name for out in result.refused] == ["b.zip/note.txt"]


def test_a_third_zip_inside_is_refused_by_name(tmp_path, scan_paths):
    innermost = packed({"b.zip": packed({"a": b"x"})})
    message = refusal(scan_paths, tmp_path / "b.zip", packed({"inner.zip": innermost}))
    assert message.startswith("b.zip/inner.zip/b.zip: a zip inside a zip inside a zip")


def test_zips_inside_a_zip_share_what_it_may_unpack_to(tmp_path, scan_paths, monkeypatch):
    monkeypatch.setattr("reader_study.imaging.zip_reading.LEAST_BUDGET_BYTES", 0)
    monkeypatch.setattr("reader_study.imaging.zip_reading.MAX_RATIO", 20)
    twice = packed({"inner.zip": packed({str(n): bytes(3000) for n in range(9)})})
    assert "allowed for its size" in refusal(scan_paths, tmp_path / "b.zip", twice)


@pytest.mark.parametrize("name", ["../../evil.dcm", "/abs.dcm", "C:\\x\\y.dcm", "a/../../b.dcm"])
def test_an_entry_name_never_becomes_a_path(tmp_path, scan_paths, name):
    slices = write_ct_series(tmp_path / "CT", slices=3)
    before = set(tmp_path.rglob("*"))
    target = tmp_path / "b.zip"
    target.write_bytes(
        packed({f"{i}{name}" if i else name: p.read_bytes() for i, p in enumerate(slices)})
    )
    result = scan_paths(target)
    assert len(result.ct_series[0].slices) == 3
    assert set(tmp_path.rglob("*")) - before == {target}
    assert not Path("/abs.dcm").exists()


def test_direction_marks_in_names_are_made_visible(tmp_path, scan_paths):
    message = refusal(scan_paths, tmp_path / "b.zip", packed({"\u202egpj.exe": b"MZ\x90\0"}))
    assert "\u202e" not in message


def test_what_a_zip_holds_comes_out_whatever_its_size_and_packing(tmp_path):
    chance = random.Random(3)
    contents = {}
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        sizes = (0, 1, 100, 2**20 - 1, 2**20, 2**20 + 1, 3 * 2**20 + 7)
        methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        for number, (size, method) in enumerate(itertools.product(sizes, methods)):
            for kind, content in enumerate((bytes(size), chance.randbytes(size))):
                contents[f"a.zip/{number}-{kind}"] = content
                archive.writestr(f"{number}-{kind}", content, compress_type=method)
    (tmp_path / "out").mkdir()
    budget = ZipBudget(1000, 2**30)
    for entry in unpack_zip(tmp_path / "a.zip", "a.zip", tmp_path / "out", budget):
        assert entry.path is not None
        assert entry.path.read_bytes() == contents.pop(entry.name)
    assert contents == {}


def test_a_zip_damaged_anywhere_gives_messages_and_never_wrong_content(tmp_path):
    chance = random.Random(5)
    content = chance.randbytes(300) * 20
    with zipfile.ZipFile(tmp_path / "whole.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(str(number), content)
    whole = (tmp_path / "whole.zip").read_bytes()
    problems = set()
    for attempt in range(150):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        (tmp_path / "damaged.zip").write_bytes(damaged)
        (out := tmp_path / str(attempt)).mkdir()
        try:
            entries = list(unpack_zip(tmp_path / "damaged.zip", "z", out, ZipBudget(100, 2**30)))
        except ImagingError as error:
            problems.add(str(error))
            continue
        for entry in entries:
            problems.add(entry.problem)
            assert entry.path is None or entry.path.read_bytes() == content
    assert {"", "damaged inside the zip; pack or copy it again"} < problems
