"""A race between two programs: what its numbers mean, and that nothing but being faster makes a candidate faster.

Time is asserted only where one program does nothing and the other a lot, or sleeps.
"""

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.errors import CandidateError, TaskError, Wrong
from refine.types import Verdict
from refine.verifiers.speed import interval
from tests.verifiers.conftest import Handles

NOTHING = "def f(n): return n\n"
SLEEPS = "import time\ndef f(n):\n    time.sleep(0.03)\n    return n\n"
ITEMS = [(1,), (2,)]


def test_the_faster_one_is_named_with_its_answers_and_the_references(candidate: Handles) -> None:
    result = candidate(NOTHING).race(SLEEPS, "f", ITEMS, repeats=6)
    assert result.ratio > 3
    assert result.high >= result.ratio >= result.low > 1
    assert result.confidence == 1 - 2 / 2**6
    assert result.reference.least >= 0.06 > result.candidate.median
    assert result.reference.median >= result.reference.least
    assert result.answers == result.expected == [1, 2]
    lost = candidate(SLEEPS).race(NOTHING, "f", ITEMS, repeats=6)
    assert lost.high < 1 / 3


# ---- cheats ---------------------------------------------------------------------------------------------------------

PATCHED = """
import time, sys
sleep = time.sleep
for name in ("time", "perf_counter", "monotonic", "process_time", "perf_counter_ns", "monotonic_ns"):
    setattr(time, name, lambda: 0.0)
time.sleep = lambda seconds: None
def f(n):
    sleep(0.03)
    return n
"""
AT_IMPORT = "import time\ntime.sleep(0.06)\ndef f(n): return n\n"


@pytest.mark.parametrize("cheat", [PATCHED, AT_IMPORT], ids=["a patched clock", "work at import"])
def test_time_is_the_judges_from_loading_on(candidate: Handles, cheat: str) -> None:
    result = candidate(cheat).race(NOTHING, "f", ITEMS, repeats=6)
    assert result.candidate.least >= 0.06
    assert result.high < 1 / 3


def test_nothing_is_remembered_from_one_repeat_to_the_next(candidate: Handles) -> None:
    keeps = """
import os
marks = ["/tmp/mark", "/dev/shm/mark"]
def f(n):
    known = any(map(os.path.exists, marks)) or hasattr(os, "mark")
    os.mark = True
    for mark in marks:
        open(mark, "w").close()
    return known
"""
    assert candidate(keeps).race(NOTHING, "f", [(1,)], repeats=6).answers == [False]


def test_a_process_of_before_is_not_there(candidate: Handles) -> None:
    one = candidate("import os\nseen = []\ndef f(n):\n    seen.append(n)\n    return seen\n")
    assert one.f(7) == [7]
    assert one.race(NOTHING, "f", [(1,)], repeats=6).answers == [[1]]
    assert one._cell is None  # none of its processes ran beside the race
    assert one.f(8) == [8]


def test_helpers_are_refused(candidate: Handles) -> None:
    forks = """
import os
def f(n):
    made = 0
    for _ in range(4):
        if not os.fork():
            os._exit(0)
        made += 1
    return made
"""
    with pytest.raises(CandidateError) as caught:
        candidate(forks).race(NOTHING, "f", ITEMS, repeats=6)
    assert caught.value.verdict is Verdict.CRASHED
    threads = """
import threading, time
def f(n):
    for _ in range(4):
        threading.Thread(target=time.sleep, args=(9,)).start()
"""
    with pytest.raises(CandidateError, match="can't start new thread"):
        candidate(threads).race(NOTHING, "f", ITEMS, repeats=6)


def test_one_processor_is_all_there_is_and_stays_so(candidate: Handles) -> None:
    frees = """
import os
def f(n):
    try:
        os.sched_setaffinity(0, range(64))
    except OSError as error:
        return [error.errno, len(os.sched_getaffinity(0))]
    return [0, len(os.sched_getaffinity(0))]
"""
    assert candidate(frees).race(NOTHING, "f", [(1,)], repeats=6).answers == [[1, 1]]


def test_right_once_and_fast_otherwise_is_wrong(candidate: Handles) -> None:
    moody = "import os\ndef f(n): return os.urandom(8)\n"
    with pytest.raises(Wrong, match="answers differently when asked again"):
        candidate(moody).race(NOTHING, "f", ITEMS, repeats=6)


# ---- failures -------------------------------------------------------------------------------------------------------


def test_a_candidate_that_fails_gets_its_verdict_and_its_bill(candidate: Handles) -> None:
    one = candidate("def f(n): return 1 // 0")
    with pytest.raises(CandidateError, match="ZeroDivisionError"):
        one.race(NOTHING, "f", ITEMS)
    assert one._end()[0].cpu_s > 0


def test_a_reference_that_fails_is_the_tasks_fault(candidate: Handles) -> None:
    with pytest.raises(TaskError, match=r"(?s)the reference program failed: crashed: .*ZeroDivisionError"):
        candidate(NOTHING).race("def f(n): return 1 // 0", "f", ITEMS)


def test_too_few_repeats_are_refused(candidate: Handles) -> None:
    with pytest.raises(TaskError, match="6 or more"):
        candidate(NOTHING).race(NOTHING, "f", ITEMS, repeats=5)


# ---- the interval ---------------------------------------------------------------------------------------------------


def test_the_interval_of_nine_is_the_second_from_each_end() -> None:
    low, high, coverage = interval([9.0, 1, 8, 2, 7, 3, 6, 4, 5])
    assert (low, high) == (2, 8)
    assert coverage == pytest.approx(1 - 2 * (1 + 9) / 512)
    assert interval([3.0, 1.0, 2.0]) == (1.0, 3.0, 0.75)


@given(st.lists(st.floats(0.1, 10), min_size=6, max_size=40))
def test_the_interval_holds_the_median_and_keeps_its_word(values: list[float]) -> None:
    low, high, coverage = interval(values)
    assert low <= statistics.median(values) <= high
    assert 0.95 <= coverage < 1
    tighter = interval(values, confidence=coverage + (1 - coverage) / 2)
    assert tighter[0] <= low
    assert high <= tighter[1]


def test_it_covers_as_often_as_it_says() -> None:
    """10 000 draws of 9 from a skewed law whose median is known; the rate is binomial with deviation 0.002."""
    rng = random.Random(0)
    median = math.log(2)
    hits = 0
    for _ in range(10_000):
        low, high, coverage = interval([rng.expovariate(1) for _ in range(9)])
        hits += low <= median <= high
    assert abs(hits / 10_000 - coverage) < 0.01
