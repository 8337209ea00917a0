"""Store a DICOM file's pixels in another transfer syntax, with the libraries at hand."""

from pathlib import Path

import gdcm
import imagecodecs
import numpy as np
import pydicom
from pydicom.encaps import encapsulate
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

ACCEPTED = [
    ImplicitVRLittleEndian, ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian,
    RLELossless, JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless,
    JPEGLosslessSV1, JPEGLSLossless, JPEGLSNearLossless, JPEG2000Lossless, JPEG2000,
    HTJ2KLossless, HTJ2KLosslessRPCL, HTJ2K,
]  # fmt: skip
LOSSY = {JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless, JPEG2000, HTJ2K}
_ENCODED_BY_GDCM = {
    JPEGBaseline8Bit: gdcm.TransferSyntax.JPEGBaselineProcess1,
    JPEGLossless: gdcm.TransferSyntax.JPEGLosslessProcess14,
    JPEGLosslessSV1: gdcm.TransferSyntax.JPEGLosslessProcess14_1,
    JPEGLSLossless: gdcm.TransferSyntax.JPEGLSLossless,
    JPEGLSNearLossless: gdcm.TransferSyntax.JPEGLSNearLossless,
    JPEG2000Lossless: gdcm.TransferSyntax.JPEG2000Lossless,
    JPEG2000: gdcm.TransferSyntax.JPEG2000,
    RLELossless: gdcm.TransferSyntax.RLELossless,
}


def store_as(path: Path, syntax: UID) -> None:
    """Rewrite an uncompressed Explicit VR Little Endian file in another transfer syntax."""
    if syntax in _ENCODED_BY_GDCM:
        _change_with_gdcm(path, syntax)
        return
    dataset = pydicom.dcmread(path)
    if syntax in (HTJ2KLossless, HTJ2KLosslessRPCL, HTJ2K, JPEGExtended12Bit):
        frames = dataset.pixel_array.reshape(-1, dataset.Rows, dataset.Columns)
        dataset.PixelData = encapsulate([_encoded(frame, dataset, syntax) for frame in frames])
        dataset["PixelData"].VR = "OB"
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.save_as(
        path,
        enforce_file_format=True,
        little_endian=True,
        implicit_vr=syntax == ImplicitVRLittleEndian,
    )


def _encoded(frame: np.ndarray, dataset: pydicom.Dataset, syntax: UID) -> bytes:
    if syntax == JPEGExtended12Bit:
        return bytes(imagecodecs.jpeg8_encode(frame, level=98, bitspersample=dataset.BitsStored))
    return bytes(imagecodecs.htj2k_encode(frame, reversible=syntax != HTJ2K))


def _change_with_gdcm(path: Path, syntax: UID) -> None:
    reader = gdcm.ImageReader()
    reader.SetFileName(str(path))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(_ENCODED_BY_GDCM[syntax]))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(path))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()
    assert pydicom.dcmread(path, stop_before_pixels=True).file_meta.TransferSyntaxUID == syntax
