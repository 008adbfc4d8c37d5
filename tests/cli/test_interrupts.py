from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from refine.budget import Budget
from refine.cli.interrupts import Interrupts
from refine.loop import Run
from refine.search import Search
from refine.session import identity, take_up
from refine.strategies import preset
from tests.fakes import Counts, Scores, toy


def test_before_a_run_it_just_leaves() -> None:
    with pytest.raises(KeyboardInterrupt), Interrupts(lambda _: None):
        os.kill(os.getpid(), signal.SIGINT)


def test_afterwards_all_is_as_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts(lambda _: None):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


async def test_first_finishes_what_is_in_flight_and_second_leaves(tmp_path: Path) -> None:
    task, said = toy(tmp_path), list[str]()
    strategy = preset("default")
    with (
        take_up(tmp_path / "run.db", identity(task, strategy, 0, "counts", "none")) as journal,
        Interrupts(said.append) as interrupts,
    ):
        search = Search(task, strategy, texts=journal.text)
        run = Run(search, journal, Counts(), Scores(), Budget(candidates=1000, unreadable=1000))
        interrupts.watch(run)

        def pressing(_fact: object, state: Search) -> None:
            if state.tally.verified == 10 and not interrupts.pressed:
                os.kill(os.getpid(), signal.SIGINT)

        run.observe = pressing
        stop = await run.go()
        assert stop.reason == "interrupted"
        assert search.tally.outstanding == 0
        assert 10 <= search.tally.verified < 1000
        assert "Ctrl-C again" in said[0]
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
