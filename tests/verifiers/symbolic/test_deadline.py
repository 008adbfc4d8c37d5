"""Steps with a limit on their CPU time."""

from __future__ import annotations

import contextlib
import signal
import threading

import pytest

from refine.verifiers.symbolic.deadline import OutOfTime, cpu_limit


def forever() -> None:
    count = 0
    while True:
        count += 1


def test_a_step_that_never_ends_is_ended() -> None:
    with pytest.raises(OutOfTime), cpu_limit(0.05):
        forever()


def swallowing() -> None:
    with contextlib.suppress(Exception):  # as a library does
        forever()


def test_an_exception_handler_does_not_swallow_the_end() -> None:
    with pytest.raises(OutOfTime), cpu_limit(0.05):
        swallowing()


def test_a_step_in_time_leaves_nothing_behind() -> None:
    before = signal.getsignal(signal.SIGPROF)
    with cpu_limit(5):
        pass
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGPROF) is before


def test_outside_of_the_main_thread_there_is_no_limit() -> None:
    done: list[bool] = []

    def step() -> None:
        with cpu_limit(0.001):
            done.append(signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0))

    thread = threading.Thread(target=step)
    thread.start()
    thread.join()
    assert done == [True]
