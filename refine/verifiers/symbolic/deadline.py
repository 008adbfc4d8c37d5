"""A step of a proof that may never end gets so many CPU seconds.

The timer counts CPU time, so that what a step may try does not depend on what else the machine does. It cannot
interrupt a single long call into C: for that a question's own deadline ends the whole worker.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_AGAIN = 0.05  # seconds; an exception can be lost in a destructor, so it is raised again until it arrives


class OutOfTime(BaseException):
    """Not an `Exception`, so that no library takes it for a failure of its own and goes on."""


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Raises `OutOfTime` inside of the block once it has used so much CPU time. Only the main thread can be timed;
    elsewhere there is no limit. Not to be nested.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _ended)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _ended(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise OutOfTime
