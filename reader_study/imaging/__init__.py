"""DICOM in, arrays for the browser out. Pure: no web framework, no database.

Lengths are mm, intensities HU, angles degrees, times ms, positions LPS.
"""

from .ct_volume import CTVolume, build_ct_volume
from .errors import ImagingError
from .media_pack import MediaPack, build_media_pack
from .scan import scan
from .series import CTSeries, CTSlice, Refusal, Scan, XARunFile, shared_isocentre
from .xa_run import AngiographyRun, read_xa_run

__all__ = [
    "AngiographyRun",
    "CTSeries",
    "CTSlice",
    "CTVolume",
    "ImagingError",
    "MediaPack",
    "Refusal",
    "Scan",
    "XARunFile",
    "build_ct_volume",
    "build_media_pack",
    "read_xa_run",
    "scan",
    "shared_isocentre",
]
