"""Tell text that stands in a program from text that was made while it ran."""

import logging
from collections.abc import Iterator
from inspect import currentframe
from types import FrameType


class ConstantText(str):
    """Text that a programmer wrote."""

    __slots__ = ()


LEFT_OUT = ConstantText("(text made while running, left out)")


def constant_text(record: logging.LogRecord) -> ConstantText:
    """Return the record's message as it stands in the program that logs it, without arguments.

    A message is taken only if it is a constant of one of the functions that are running, or of
    one of their modules: a programmer wrote it. A message that was put together may hold anything,
    as an f-string, or an exception's text, which quotes what it stumbled over.
    """
    message = record.msg
    if isinstance(message, str) and any(_holds(frame, message) for frame in _running()):
        return ConstantText(message.strip())
    return LEFT_OUT


def _running() -> Iterator[FrameType]:
    frame = currentframe()
    # Not this module itself: its own names hold the message just now.
    while frame is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    while frame is not None:
        yield frame
        frame = frame.f_back


def _holds(frame: FrameType, text: str) -> bool:
    if any(isinstance(constant, str) and constant == text for constant in frame.f_code.co_consts):
        return True
    return any(value is text for value in list(frame.f_globals.values()))
