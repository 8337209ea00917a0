"""Decode 12-bit JPEG (Extended, process 4), which pydicom's own use of GDCM leaves out.

GDCM carries the IJG library in a 12-bit build and decodes these frames; pydicom offers no decoder
for them but a GPL one. Importing this module adds it.
"""

from typing import cast

import gdcm
from pydicom.pixels.decoders.base import DecodeRunner, JPEGExtended12BitDecoder
from pydicom.uid import JPEGExtended12Bit

DECODER_DEPENDENCIES = {JPEGExtended12Bit: ("gdcm>=3.0.10",)}


def is_available(uid: str) -> bool:
    """Tell pydicom that this plugin decodes JPEG Extended and nothing else."""
    return uid == JPEGExtended12Bit


def decode_frame(source: bytes, runner: DecodeRunner) -> bytes:
    """Decode one grey-scale frame of 9 to 12 bits."""
    if runner.samples_per_pixel != 1 or runner.bits_allocated != 16:
        raise NotImplementedError("only grey-scale frames of 9 to 12 bits")
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(source)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((runner.columns, runner.rows, 1))
    image.SetDataElement(element)
    grey = gdcm.PhotometricInterpretation.GetPIType(str(runner.photometric_interpretation))
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(grey))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEGExtendedProcess2_4))
    bits = runner.bits_stored
    image.SetPixelFormat(gdcm.PixelFormat(1, 16, bits, bits - 1, runner.pixel_representation))
    decoded = image.GetBuffer()
    if decoded is None:
        raise ValueError("GDCM cannot decode this frame")
    # SWIG hands bytes out as text.
    return cast("str", decoded).encode("utf-8", "surrogateescape")


JPEGExtended12BitDecoder.add_plugin("gdcm 12 bit", (__name__, "decode_frame"))
