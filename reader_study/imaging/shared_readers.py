"""A few reading processes for threads that work side by side."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from .supervised import SupervisedReader


class SharedReaders:
    """Lends each reading process to one thread at a time; a context manager.

    Whoever borrows has to be done before the block ends, which ends the processes.
    """

    def __init__(self, count: int) -> None:
        self._readers = [SupervisedReader() for _ in range(count)]
        self._idle: SimpleQueue[SupervisedReader] = SimpleQueue()
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        for reader in self._readers:
            self._idle.put(self._ends.enter_context(reader))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._ends.close()

    def start(self) -> None:
        """Start all processes now, that they be ready when they are needed."""
        for reader in self._readers:
            reader.start()

    @contextmanager
    def lend(self) -> Iterator[SupervisedReader]:
        """Lend a process for the length of a block, as soon as one is idle."""
        reader = self._idle.get()
        try:
            yield reader
        finally:
            self._idle.put(reader)
