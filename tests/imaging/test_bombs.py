"""Files built to exhaust a server are refused in little time, memory and disk."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, JPEG2000Lossless, RLELossless

from reader_study.imaging import ImagingError
from reader_study.imaging.supervised import SupervisedReader

from .synthetic_dicom import write_ct_series, write_xa_run

MEBIBYTE = 2**20
MEMORY_BYTES = 700 * MEBIBYTE
DISK_BYTES = 80 * MEBIBYTE
CPU_SECONDS = 20.0
SEQUENCE = struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, 0xFFFFFFFF)
ITEM = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
ENDS = struct.pack("<HHIHHI", 0xFFFE, 0xE00D, 0, 0xFFFE, 0xE0DD, 0)
EMPTY_ITEM = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
SEQUENCE_END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


def overlapping_zip(path: Path) -> None:
    """57 KB that declare 10 GB: many entries of a directory name the same packed bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(40 * MEBIBYTE))
    content = path.read_bytes()
    start = zipfile.ZipFile(path).start_dir
    entry = content[start : start + 47]
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 250, 250, len(entry) * 250, start, 0)
    path.write_bytes(content[:start] + entry * 250 + end)


def deflated_bomb(path: Path) -> None:
    """0.8 MB that inflate to 0.8 GB, of which pydicom alone would make 1.66 GB."""
    dataset = pydicom.dcmread(write_xa_run(path, np.zeros((2, 8, 8), np.uint16)))
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.save_as(path)
    content = path.read_bytes()
    meta_end = 144 + struct.unpack_from("<I", content, 140)[0]
    plain = zlib.decompress(content[meta_end:], -zlib.MAX_WBITS)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(plain)
    packed += b"".join(packer.compress(bytes(8 * MEBIBYTE)) for _ in range(100))
    path.write_bytes(content[:meta_end] + packed + packer.flush())


def with_header_bytes(path: Path, inserted: bytes) -> None:
    """Put elements in front of (0008,0008) of a sound file."""
    content = write_xa_run(path).read_bytes()
    meta_end = content.index(struct.pack("<HH", 0x0008, 0x0008))
    path.write_bytes(content[:meta_end] + inserted + content[meta_end:])


def nested(depth: int) -> Callable[[Path], None]:
    return lambda path: with_header_bytes(path, (SEQUENCE + ITEM) * depth + ENDS * depth)


def empty_items(path: Path) -> None:
    """24 MB of 3 M items."""
    with_header_bytes(path, SEQUENCE + EMPTY_ITEM * 3_000_000 + SEQUENCE_END)


def empty_elements(path: Path) -> None:
    """24 MB of 3 M elements of no length."""
    elements = struct.pack("<HH2sH", 0x0007, 0x1001, b"SH", 0) * 3_000_000
    with_header_bytes(path, elements)


def private_elements_in_a_sequence(path: Path) -> None:
    """24 MB of 3 M elements in one item of a private sequence that says how long it is."""
    elements = struct.pack("<HH2sH", 0x0007, 0x1001, b"SH", 0) * 3_000_000
    item = struct.pack("<HHI", 0xFFFE, 0xE000, len(elements)) + elements
    with_header_bytes(path, struct.pack("<HH2sHI", 0x0007, 0x1002, b"SQ", 0, len(item)) + item)


def countless_fragments(path: Path) -> None:
    """24 MB of 3 M empty pieces of compressed pixels."""
    dataset = pydicom.dcmread(write_xa_run(path))
    dataset.file_meta.TransferSyntaxUID = RLELossless
    dataset.PixelData = EMPTY_ITEM * 3_000_000 + SEQUENCE_END
    dataset["PixelData"].is_undefined_length = True
    dataset["PixelData"].VR = "OB"
    dataset.save_as(path)


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (overlapping_zip, "a zip that unpacks to 10 GB, more than"),
        (deflated_bomb, "a DICOM file deflated more tightly than images can be"),
        (nested(300), "a DICOM header nested too deeply to be genuine"),
        (nested(100_000), "a DICOM header nested too deeply to be genuine"),
        (empty_items, "a DICOM header of more than 200,000 elements"),
        (empty_elements, "a DICOM header of more than 200,000 elements"),
        (private_elements_in_a_sequence, "a DICOM header of more than 200,000 elements"),
        (countless_fragments, "a DICOM file of more than 200,000 pieces"),
    ],
)
def test_a_bomb_is_refused_with_a_message_and_costs_little(tmp_path, write, said):
    write_ct_series(tmp_path / "case", slices=3)
    write(tmp_path / "case" / "bomb")
    with Measured(tmp_path / "work") as measured:
        found = measured.reader.scan([tmp_path / "case"], tmp_path / "work")
    assert [out.name for out in found.refused] == ["case/bomb"]
    assert found.refused[0].reason.startswith(said)
    assert len(found.ct_series[0].slices) == 3


def declare_65535_squared(path: Path, syntax: UID | None) -> None:
    """Make a sound file of a few KB claim an image of 65 535 × 65 535."""
    dataset = pydicom.dcmread(path)
    dataset.Rows = dataset.Columns = 65_535
    if syntax:
        dataset.file_meta.TransferSyntaxUID = syntax
        dataset.PixelData = encapsulate([b"\xff\x4f\xff\x51" + bytes(60)])
        dataset["PixelData"].VR = "OB"
    dataset.save_as(path)


def test_an_image_of_65535_squared_without_the_bytes_is_refused(tmp_path):
    path = write_xa_run(tmp_path / "huge.dcm")
    declare_65535_squared(path, None)
    with Measured(tmp_path / "work") as measured:
        found = measured.reader.scan([path], tmp_path / "work")
    assert "cut short" in found.refused[0].reason


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, RLELossless])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_compressed_run_of_65535_squared_is_refused(tmp_path, syntax, bits):
    frames = np.zeros((2, 8, 8), np.uint8 if bits == 8 else np.uint16)
    path = write_xa_run(tmp_path / "huge.dcm", frames, bits=bits)
    declare_65535_squared(path, syntax)
    with Measured(tmp_path / "work") as measured:
        (run,) = measured.reader.scan([path], tmp_path / "work").xa_runs
        with pytest.raises(ImagingError, match=r"huge\.dcm: unpacks to .* GB of pixels"):
            measured.reader.read_xa_run(run)


def test_a_frame_just_below_the_limit_in_a_tiny_file_is_refused(tmp_path):
    path = write_xa_run(tmp_path / "huge.dcm", np.zeros((2, 8, 8), np.uint8), bits=8)
    dataset = pydicom.dcmread(path)
    dataset.Rows = dataset.Columns = 19_000
    dataset.file_meta.TransferSyntaxUID = RLELossless
    dataset.PixelData = encapsulate([bytes(100), bytes(100)])
    dataset["PixelData"].VR = "OB"
    dataset.save_as(path)
    with Measured(tmp_path / "work") as measured:
        (run,) = measured.reader.scan([path], tmp_path / "work").xa_runs
        with pytest.raises(ImagingError, match="declares far more pixels than its data can hold"):
            measured.reader.read_xa_run(run)


def test_a_ct_series_of_65535_squared_slices_is_refused(tmp_path):
    for path in write_ct_series(tmp_path / "ct", slices=4):
        declare_65535_squared(path, JPEG2000Lossless)
    with Measured(tmp_path / "work") as measured:
        (series,) = measured.reader.scan([tmp_path / "ct"], tmp_path / "work").ct_series
        with pytest.raises(ImagingError, match="65535 × 65535 × 4 voxels is more than a head"):
            measured.reader.build_ct_volume(series)


def test_pixels_too_unequal_to_turn_upright_are_refused(tmp_path):
    elements = {"PixelSpacing": [50.0, 0.0001]}
    write_ct_series(tmp_path / "ct", slices=4, in_plane_deg=40.0, elements=elements)
    with Measured(tmp_path / "work") as measured:
        (series,) = measured.reader.scan([tmp_path / "ct"], tmp_path / "work").ct_series
        with pytest.raises(ImagingError, match="voxels is more than a head CT has"):
            measured.reader.build_ct_volume(series)


class Measured:
    """A reader whose use of memory, time and disk is checked when it is done."""

    def __init__(self, work: Path) -> None:
        self._work = work
        self.reader = SupervisedReader()

    def __enter__(self) -> "Measured":
        self._work.mkdir()
        self._own_memory = self._peak_bytes("self")
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        process = self.reader._process
        peak = self._peak_bytes(str(process.pid)) if process and kind is None else 0
        cpu = self._cpu_seconds(process.pid) if process and kind is None else 0
        self.reader.__exit__(None, None, None)
        if kind is None:
            unpacked = sum(path.stat().st_size for path in self._work.rglob("*") if path.is_file())
            assert process is not None, "the reading process was not started"
            assert peak < MEMORY_BYTES
            assert cpu < CPU_SECONDS
            assert unpacked < DISK_BYTES
            assert self._peak_bytes("self") - self._own_memory < 64 * MEBIBYTE

    @staticmethod
    def _peak_bytes(process: str) -> int:
        status = Path(f"/proc/{process}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    @staticmethod
    def _cpu_seconds(process: int) -> float:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100


def test_a_length_far_beyond_the_file_is_damage_not_a_want_of_memory(tmp_path):
    path = tmp_path / "long.dcm"
    with_header_bytes(path, struct.pack("<HH2sHI", 0x0008, 0x0000, b"OB", 0, 0xFFFFFFF0))
    with Measured(tmp_path / "work") as measured:
        (refused,) = measured.reader.scan([path], tmp_path / "work").refused
    assert "no SOP class" in refused.reason or "damaged" in refused.reason


def test_a_file_too_large_to_be_one_image_is_refused_unread(tmp_path):
    path = write_xa_run(tmp_path / "large.dcm")
    with path.open("r+b") as file:
        file.truncate(3 * 2**30)  # sparse: it takes no room
    with Measured(tmp_path / "work") as measured:
        (refused,) = measured.reader.scan([path], tmp_path / "work").refused
    assert refused.message == (
        "large.dcm: a DICOM file of 3.2 GB, more than 2.0 GB; export a shorter series."
    )
