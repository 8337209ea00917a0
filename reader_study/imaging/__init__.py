"""DICOM in, arrays for the browser out. Pure: no web framework, no database.

Lengths are mm, intensities HU, angles degrees, times ms, positions LPS. What makes meshes is in
``media_pack``, which the process that reads untrusted files does without.
"""

from .ct_volume import CTVolume, build_ct_volume
from .errors import ImagingError
from .gates import Gate, SeriesRefusedError, Verdict
from .scan import scan
from .series import CTSeries, CTSlice, Refusal, Scan, XARunFile, shared_isocentre
from .xa_run import AngiographyRun, read_xa_run

__all__ = [
    "AngiographyRun",
    "CTSeries",
    "CTSlice",
    "CTVolume",
    "Gate",
    "ImagingError",
    "Refusal",
    "Scan",
    "SeriesRefusedError",
    "Verdict",
    "XARunFile",
    "build_ct_volume",
    "read_xa_run",
    "scan",
    "shared_isocentre",
]
