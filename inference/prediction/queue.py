"""A queue of cases: while the network works on one, the next is read and the last is written."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from inference.errors import InferenceError, PredictionCancelledError
from inference.prediction.model import CaseInWork, Prediction, SegmentationModel
from inference.prediction.watch import Cancelled, Progress
from inference.volumes import Volume

READ_AHEAD = 2
WRITTEN_BEHIND = 2

Case = TypeVar("Case")


@dataclass(frozen=True)
class CaseDone(Generic[Case]):
    """How a case of the queue ended.

    Attributes
    ----------
    case
        As it was given.
    prediction
        The mask and its provenance, written; None after an error.
    error
        What went wrong with this case alone; None if nothing did.
    """

    case: Case
    prediction: Prediction | None
    error: InferenceError | None


@dataclass(frozen=True)
class QueueWork(Generic[Case]):
    """What is done with each case besides segmenting it.

    Attributes
    ----------
    read
        Reads a case; called in a thread.
    write
        Writes its mask; called in a thread.
    progress
        Gives what is called with the share done of a case.
    cancelled
        Asked within each tile whether to stop everything.
    """

    read: Callable[[Case], Volume]
    write: Callable[[Case, Volume, Prediction], None]
    progress: Callable[[Case], Progress] = lambda _: lambda _: None
    cancelled: Cancelled = lambda: False


def predict_queue(
    model: SegmentationModel, cases: Iterable[Case], work: QueueWork[Case]
) -> Generator[CaseDone[Case], None, None]:
    """Segment cases one after the other, reading ahead and writing behind in threads.

    At most `READ_AHEAD` volumes wait for the network and `WRITTEN_BEHIND` masks for the disk. On a
    GPU the threads also prepare the volumes and make the masks. An error ends its own case only.

    Yields
    ------
    CaseDone
        In the order of the cases.

    Raises
    ------
    PredictionCancelledError
        If everything was cancelled.
    """
    waiting = iter(cases)
    with (
        ThreadPoolExecutor(1, thread_name_prefix="read") as readers,
        ThreadPoolExecutor(1, thread_name_prefix="write") as writers,
    ):
        stages = _Stages(model, work)
        ahead: deque[tuple[Case, Future[_InWork]]] = deque()
        behind: deque[tuple[Case, Future[Prediction]]] = deque()
        try:
            while True:
                for case in islice(waiting, READ_AHEAD - len(ahead)):
                    ahead.append((case, readers.submit(stages.begin, case)))
                if not ahead:
                    break
                case, begun = ahead.popleft()
                behind.append((case, _after_network(stages, writers, case, begun)))
                while len(behind) > WRITTEN_BEHIND:
                    yield _done(*behind.popleft())
            while behind:
                yield _done(*behind.popleft())
        finally:
            readers.shutdown(wait=False, cancel_futures=True)


def _computes_beside(model: SegmentationModel) -> bool:
    """Tell whether the threads compute too; on a CPU torch's own threads fill it already."""
    return model.device.type != "cpu"


@dataclass
class _InWork:
    volume: Volume
    case: CaseInWork | None


class _Stages(Generic[Case]):
    """The stages of a case and where each of them runs."""

    def __init__(self, model: SegmentationModel, work: QueueWork[Case]) -> None:
        self._model, self._work = model, work
        self._threads_compute = _computes_beside(model)

    def begin(self, case: Case) -> _InWork:
        volume = self._work.read(case)
        return _InWork(volume, self._prepared(case, volume) if self._threads_compute else None)

    def compute(self, case: Case, begun: _InWork) -> Prediction | CaseInWork:
        in_work = begun.case or self._prepared(case, begun.volume)
        self._model.run_network(in_work)
        return in_work if self._threads_compute else self._model.finish(in_work)

    def end(self, case: Case, volume: Volume, computed: Prediction | CaseInWork) -> Prediction:
        if isinstance(computed, CaseInWork):
            computed = self._model.finish(computed)
        self._work.write(case, volume, computed)
        return computed

    def _prepared(self, case: Case, volume: Volume) -> CaseInWork:
        return self._model.prepare(
            volume.hu,
            volume.spacing_zyx_mm,
            progress=self._work.progress(case),
            cancelled=self._work.cancelled,
        )


def _after_network(
    stages: _Stages[Case], writers: ThreadPoolExecutor, case: Case, begun: Future[_InWork]
) -> Future[Prediction]:
    """Compute a case that was read and hand it to the writers; an error goes into the future."""
    failed: Future[Prediction] = Future()
    unread = begun.exception()
    if unread is not None:
        failed.set_exception(unread)
        return failed
    in_work = begun.result()
    try:
        computed = stages.compute(case, in_work)
    except PredictionCancelledError:
        raise
    except InferenceError as error:
        failed.set_exception(error)
        return failed
    return writers.submit(stages.end, case, in_work.volume, computed)


def _done(case: Case, ended: Future[Prediction]) -> CaseDone[Case]:
    error = ended.exception()
    if isinstance(error, PredictionCancelledError) or not isinstance(error, Exception | None):
        raise error
    if error is None:
        return CaseDone(case, ended.result(), None)
    if not isinstance(error, InferenceError):
        unexpected = InferenceError(f"{type(error).__name__}: {error}")
        unexpected.__cause__ = error
        error = unexpected
    return CaseDone(case, None, error)
