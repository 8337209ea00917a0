"""Choose what decodes each compression; importing this module makes pydicom use nothing else.

JPEG beyond the 8-bit kind and JPEG-LS are decoded here, by the libraries behind imagecodecs
(libjpeg-turbo, CharLS): pydicom's plugins leave 12-bit JPEG out, and GDCM takes three times as long
for lossless frames.
"""

from collections.abc import Callable
from typing import Any

from imagecodecs import jpeg8_decode, jpegls_decode
from numpy.typing import NDArray
from pydicom.pixels.decoders.base import DecodeRunner, get_decoder
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

_HERE = "imagecodecs"
_PLUGINS = {
    JPEGBaseline8Bit: "pillow",
    **dict.fromkeys([JPEG2000Lossless, JPEG2000], "pylibjpeg"),
    **dict.fromkeys([HTJ2KLossless, HTJ2KLosslessRPCL, HTJ2K], "pylibjpeg"),
    RLELossless: "pydicom",
}
_DECODED_HERE: dict[UID, Callable[[bytes], NDArray[Any]]] = {
    **dict.fromkeys([JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1], jpeg8_decode),
    **dict.fromkeys([JPEGLSLossless, JPEGLSNearLossless], jpegls_decode),
}
DECODER_DEPENDENCIES = dict.fromkeys(_DECODED_HERE, ("imagecodecs",))


def is_available(uid: str) -> bool:
    """Tell pydicom which transfer syntaxes are decoded here."""
    return uid in _DECODED_HERE


def decode_frame(source: bytes, runner: DecodeRunner) -> bytes:
    """Decode one frame into samples as large as the header says, colour by pixel.

    Raises
    ------
    ValueError
        If the frame is damaged, or not of the size that the header declares.
    """
    decoded = _DECODED_HERE[runner.transfer_syntax](source)
    if decoded.size != runner.rows * runner.columns * runner.samples_per_pixel:
        raise ValueError(f"a frame of {decoded.shape}, which the header does not say")
    runner.set_option("planar_configuration", 0)
    return decoded.astype(f"<u{runner.bits_allocated // 8}", copy=False).tobytes()


def _choose() -> None:
    for syntax in _DECODED_HERE:
        get_decoder(syntax).add_plugin(_HERE, (__name__, decode_frame.__name__))
    for syntax, chosen in {**_PLUGINS, **dict.fromkeys(_DECODED_HERE, _HERE)}.items():
        decoder = get_decoder(syntax)
        for plugin in decoder.available_plugins:
            if plugin != chosen:
                decoder.remove_plugin(plugin)


_choose()
