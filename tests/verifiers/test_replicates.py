from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.budget import Budget
from refine.events import Confirmed, Verified
from refine.journal import Journal
from refine.load import load
from refine.replay import reverified
from refine.sandbox.choose import choose
from refine.session import run
from refine.task import Noise
from refine.types import Candidate, Direction, Outcome, Resources, Verdict
from refine.verifiers.replicates import COUNT, MEAN, SD, replicated, seeds
from refine.workers.local import Pool

NOISE = Noise(replicates=6, least=2, z=1.0)


def passing(score: float, **fields: object) -> Outcome:
    return Outcome(verdict=Verdict.PASSED, score=score, **fields)


def test_seeds_are_many_fresh_and_the_candidates_own() -> None:
    one, other = seeds(1, "a", 50), seeds(1, "b", 50)
    assert len(set(one + other + seeds(2, "a", 50))) == 150
    assert seeds(1, "a", 3) == one[:3]
    assert all(0 <= seed < 2**60 for seed in one)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=6), st.sampled_from(["maximize", "minimize"]))
def test_the_score_is_the_pessimistic_end_of_the_mean(scores: list[float], direction: Direction) -> None:
    outcome = replicated(lambda seed: passing(scores[seed]), range(len(scores)), NOISE, direction)
    mean, error = np.mean(scores), np.std(scores, ddof=1) / np.sqrt(len(scores))
    worse = mean - error if direction == "maximize" else mean + error
    assert outcome.score == pytest.approx(worse, abs=1e-6)
    assert outcome.metrics[MEAN] == pytest.approx(mean, abs=1e-6)
    assert outcome.metrics[SD] == pytest.approx(np.std(scores, ddof=1), abs=1e-6)
    assert outcome.metrics[COUNT] == len(scores)


def test_one_that_fails_is_the_whole_outcome() -> None:
    def verify(seed: int) -> Outcome:
        return passing(1.0) if seed < 2 else Outcome(verdict=Verdict.CRASHED, feedback="ZeroDivisionError")

    outcome = replicated(verify, range(5), NOISE, "maximize")
    assert outcome.verdict is Verdict.CRASHED
    assert outcome.feedback == "replicate 3 of 5: ZeroDivisionError"


def test_curves_and_feedback_say_whose_they_are() -> None:
    def verify(seed: int) -> Outcome:
        return passing(float(seed), feedback=f"as {seed}.", curves={"loss": [float(seed)]})

    outcome = replicated(verify, [3, 1, 2], NOISE, "maximize")
    assert outcome.feedback == "(This and the curves are of the worst of 3 replicates.) as 1."
    assert outcome.curves == {"loss": [1.0]}
    assert replicated(passing, [1, 2], NOISE, "maximize").feedback == "", "where nothing is said nothing is told"
    assert replicated(verify, [3], NOISE, "maximize").feedback == "as 3."


def test_racing_stops_what_is_clearly_worse_and_nothing_else() -> None:
    rng = np.random.default_rng(0)
    draws = rng.normal(size=600)

    def asked(mean: float, direction: Direction = "maximize") -> float:
        outcome = replicated(lambda seed: passing(mean + draws[seed]), range(100, 106), NOISE, direction, against=0.0)
        return outcome.metrics[COUNT]

    assert asked(-100.0) == 2
    assert asked(0.5) == 6
    assert asked(100.0) == 6
    assert asked(100.0, "minimize") == 2


def test_metrics_instances_and_what_was_used_are_joined() -> None:
    def verify(seed: int) -> Outcome:
        used = Resources(wall_s=1.0, cpu_s=2.0, memory_mb=10.0 + seed)
        return passing(seed, metrics={"speed": seed}, instances={"a": 2 * seed}, feedback=f"as {seed}", resources=used)

    outcome = replicated(verify, [1, 3], NOISE, "maximize")
    assert outcome.metrics["speed"] == 2.0
    assert outcome.instances == {"a": 4.0}
    said = "(This is of the worst of 2 replicates.) as 1"
    assert outcome.feedback == said, "of the worst one, where there is most to learn"
    assert outcome.resources == Resources(wall_s=2.0, cpu_s=4.0, memory_mb=13.0)


def test_the_winners_curse_is_less_where_scores_are_pessimistic() -> None:
    """200 candidates of equal worth: the best by one lucky draw looks better than the best by its replicates."""
    rng = np.random.default_rng(1)
    lucky = max(rng.normal(size=200))
    curse = max(
        (replicated(lambda _: passing(float(rng.normal())), range(4), NOISE, "maximize").score or 0.0)
        for _ in range(200)
    )
    assert curse < 0.8 * lucky


NOISY = """
import numpy as np
import refine

task = refine.Task("Write f().", seed="def f():\\n    return 1\\n", noise=refine.Noise(replicates=3, confirming=5))

@task.verifier
def verify(candidate):
    return candidate.f() + float(np.random.default_rng(candidate.seed).normal())

task.confirmation(verify)
"""


async def test_a_noisy_task_from_end_to_end(tmp_path: Path) -> None:
    (tmp_path / "noisy.py").write_text(NOISY)
    task = load(str(tmp_path / "noisy.py"))
    result = await asyncio.to_thread(
        lambda: run(task, path=tmp_path / "run.db", budget=Budget(candidates=12), workers=2, sandbox="local")
    )
    with Journal.read(tmp_path / "run.db") as journal:
        events = [fact.event for fact in journal.facts()]
        counts = {
            e.outcome.metrics[COUNT] for e in events if isinstance(e, Verified) and e.outcome and e.outcome.passed
        }
        assert counts <= {2.0, 3.0}
        assert {e.outcome.metrics[COUNT] for e in events if isinstance(e, Confirmed)} == {5.0}
        async with Pool(task, choose("local"), width=1) as pool:
            again = [difference async for difference in reverified(journal, pool, 1)]
            other = await pool.verify(Candidate("def f():\n    return 1\n"), seed=5)
    assert result.best is not None
    assert again
    assert not any(again), "the same seeds give the same scores"
    assert other.metrics[COUNT] == 3.0
