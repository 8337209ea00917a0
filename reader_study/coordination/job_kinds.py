"""Every kind of background work there is."""

from reader_study.cohorts.models import SeriesBuild, Upload
from reader_study.segmentation.models import MediaPack, ModelImport, SegmentationJob

KINDS_OF_JOB = (Upload, SeriesBuild, SegmentationJob, MediaPack, ModelImport)
