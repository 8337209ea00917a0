"""Pictures of series that an earlier release took in, which kept none."""

from reader_study.cohorts.arrays import load_ct_volume, load_xa_run, stored_array
from reader_study.cohorts.models import Series, SeriesKind
from reader_study.cohorts.series_store import save_preview
from reader_study.imaging.previews import preview_of_run, preview_of_volume


def late_pictures(series: Series) -> str:
    """Picture the volume or run of a series; returns the name under which they are stored."""
    name = stored_array(series)
    if series.kind == SeriesKind.NCCT:
        preview = preview_of_volume(load_ct_volume(name))
    else:
        preview = preview_of_run(load_xa_run(name))
    return save_preview(preview.pictures, preview.thumbnail)
