"""Take the series of an upload in with several of them under way at once.

While one series is de-identified and stored, others are built and examined. Only this
thread speaks to the database, and it writes the rows in the order of the series.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from reader_study.cohorts.intake.incoming import Incoming
from reader_study.cohorts.intake.series_intake import Built, add_series, build, examine
from reader_study.cohorts.models import Case, MessageLevel, Upload
from reader_study.cohorts.series.pictures import TextAndPictures
from reader_study.cohorts.series.store import StoredDicom, keep_dicom, staging_folder
from reader_study.cohorts.study_keys import pseudonym
from reader_study.cohorts.uploads.messages import say
from reader_study.imaging.deidentification import Pseudonym
from reader_study.imaging.errors import ImagingError
from reader_study.imaging.series import CTSeries
from reader_study.imaging.shared_readers import SharedReaders

AT_ONCE = 2
SERIES_AHEAD = 4


@dataclass(frozen=True)
class _Begun:
    """A series that lacks nothing but its examination and its row."""

    case: Case
    incoming: Incoming
    stored: StoredDicom
    built: Built
    examined: Future[TextAndPictures]


def take_in(
    upload: Upload,
    series: Sequence[tuple[Case, Incoming]],
    readers: SharedReaders,
    progress: Callable[[float], None],
) -> None:
    """Store, build and add every series; one that is refused is named and the rest goes in.

    Parameters
    ----------
    series
        Those of a case one after the other.
    progress
        Called with the share done, 0 to 1.
    """
    begun: deque[_Begun] = deque()
    with _threads() as storing, _threads() as examining:
        ahead = _stored_ahead(series, readers, storing)
        for number, (case, incoming, stored) in enumerate(ahead):
            while begun and (len(begun) == AT_ONCE or _must_wait(case, incoming, begun)):
                _add(upload, begun.popleft())
            try:
                in_store = stored.result()
                with readers.lend() as reader:
                    built = build(case, incoming, reader)
            except ImagingError as error:
                say(upload, MessageLevel.ERROR, incoming.name, f"not stored: {error}.")
            else:
                examined = examining.submit(examine, built)
                begun.append(_Begun(case, incoming, in_store, built, examined))
            progress((number + 1) / len(series))
        for one in begun:
            _add(upload, one)


def _must_wait(case: Case, incoming: Incoming, begun: deque[_Begun]) -> bool:
    """A CT is built only where no CT of the case before it was: their rows tell."""
    return isinstance(incoming.found, CTSeries) and any(one.case == case for one in begun)


def _add(upload: Upload, begun: _Begun) -> None:
    examined = begun.examined.result()
    add_series(upload, begun.case, begun.incoming, begun.stored, begun.built, examined)


def _stored_ahead(
    series: Sequence[tuple[Case, Incoming]], readers: SharedReaders, threads: ThreadPoolExecutor
) -> Iterator[tuple[Case, Incoming, Future[StoredDicom]]]:
    """Yield each series with its stored files to be, which are made some series ahead."""

    def store(incoming: Incoming, stand_ins: Pseudonym) -> StoredDicom:
        with staging_folder() as folder, readers.lend() as reader:
            staged = folder / "dicom.zip"
            return keep_dicom(staged, reader.deidentify_series(incoming.files, staged, stand_ins))

    ahead: deque[tuple[Case, Incoming, Future[StoredDicom]]] = deque()
    for case, incoming in series:
        ahead.append((case, incoming, threads.submit(store, incoming, pseudonym(case))))
        if len(ahead) > SERIES_AHEAD:
            yield ahead.popleft()
    yield from ahead


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    """Threads that begin nothing more once the block ends."""
    threads = ThreadPoolExecutor(max_workers=AT_ONCE)
    try:
        yield threads
    finally:
        threads.shutdown(cancel_futures=True)
