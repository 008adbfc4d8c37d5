"""Real judges in real processes: what a verifier may do to them, and what they see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from refine.errors import Fault, TaskError
from refine.load import load
from refine.sandbox.choose import choose
from refine.types import Candidate, Verdict
from refine.verifiers.wanted import Said, Wanted
from refine.workers import local
from refine.workers.local import Pool

TASK = """
import os, sys, time
import refine

task = refine.Task("Write f().", seed="def f():\\n    return 1\\n", judge_seconds=3, limits=refine.Limits(seconds=2))

@task.verifier
def verify(candidate):
    print("judging", candidate.id)
    what = candidate.text.split()[0]
    if what == "hang":
        time.sleep(60)
    if what == "exit":
        os._exit(3)
    if what == "raise":
        raise ValueError("a bug of the verifier")
    if what == "pid":
        return float(os.getpid())
    if what == "environment":
        return refine.Outcome(verdict="passed", score=float(len(os.environ)), feedback=" ".join(os.environ))
    if what == "sockets":
        links = [f"/proc/self/fd/{fd}" for fd in os.listdir("/proc/self/fd")]
        return float(sum("socket" in os.readlink(link) for link in links if os.path.exists(link)))
    return candidate.f()

@task.confirmation
def confirm(candidate):
    return candidate.seed
"""


@pytest.fixture
async def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pool]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-judges")
    (tmp_path / "mine.py").write_text(TASK)
    async with Pool(load(str(tmp_path / "mine.py")), choose("local"), width=2, log=tmp_path / "run.log") as pool:
        yield pool


GOOD = Candidate("def f():\n    return 7\n")


async def test_many_at_once_are_served_by_a_few(pool: Pool) -> None:
    candidates = [Candidate(f"def f():\n    return {n}\n") for n in range(20)]
    outcomes = await asyncio.gather(*map(pool.verify, candidates))
    assert [outcome.score for outcome in outcomes] == [float(n) for n in range(20)]
    assert all(outcome.resources.cpu_s > 0 for outcome in outcomes)


@pytest.mark.parametrize(
    ("text", "message"),
    [("hang", "did not end within 3 s"), ("exit", "exit status 3"), ("raise", "ValueError: a bug of the verifier")],
)
async def test_a_verifiers_failure_is_a_fault_and_the_next_candidate_is_served(
    pool: Pool, text: str, message: str
) -> None:
    with pytest.raises(Fault, match=message) as caught:
        await pool.verify(Candidate(text))
    assert caught.value.where == "verifier"
    assert (await pool.verify(GOOD)).score == 7.0


async def test_a_judge_sees_no_key_and_two_sockets(pool: Pool) -> None:
    outcome = await pool.verify(Candidate("environment"))
    assert "PATH" in outcome.feedback
    assert "OPENAI_API_KEY" not in outcome.feedback
    assert (await pool.verify(Candidate("sockets"))).score == 2.0


async def test_a_confirmation_gets_the_secret_seed(pool: Pool) -> None:
    assert (await pool.verify(GOOD, stage="held-out", seed=12345)).score == 12345.0


async def test_what_the_verifier_prints_goes_to_the_log(pool: Pool, tmp_path: Path) -> None:
    await pool.verify(GOOD)
    await pool.aclose()
    assert f"judging {GOOD.id}" in (tmp_path / "run.log").read_text()


async def test_a_cancelled_question_does_not_answer_the_next_one(pool: Pool) -> None:
    slow = asyncio.create_task(pool.verify(Candidate("def f():\n    import time\n    time.sleep(1)\n    return 1\n")))
    await pool.verify(GOOD)  # the slow one is on its way to the other judge by now
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    assert [(await pool.verify(GOOD)).score for _ in range(3)] == [7.0] * 3


async def test_a_judge_is_replaced_after_its_share_by_one_that_is_warm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "_RECYCLED_AFTER", 5)
    monkeypatch.setattr(local, "_AHEAD", 2)
    (tmp_path / "mine.py").write_text(TASK)
    log = tmp_path / "run.log"
    async with Pool(load(str(tmp_path / "mine.py")), choose("local"), width=1, log=log) as pool:
        judges = [float((await pool.verify(Candidate("pid"))).score or 0) for _ in range(12)]
    assert [judges.count(pid) for pid in dict.fromkeys(judges)] == [5, 5, 2]
    assert not [pid for pid in set(judges) if psutil.pid_exists(int(pid))]


async def test_after_a_doubt_the_next_judge_starts_at_once(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(TASK)
    async with Pool(load(str(tmp_path / "mine.py")), choose("local"), width=1, log=tmp_path / "run.log") as pool:
        first = (await pool.verify(Candidate("pid"))).score
        with pytest.raises(Fault):
            await pool.verify(Candidate("exit"))
        assert pool._spare is not None
        assert (await pool.verify(Candidate("pid"))).score != first
        assert pool._spare is None


async def test_a_spare_that_nobody_needed_is_ended(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(TASK)
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    async with Pool(load(str(tmp_path / "mine.py")), choose("local"), width=1, log=tmp_path / "run.log") as pool:
        with pytest.raises(Fault):
            await pool.verify(Candidate("exit"))
    assert {child.pid for child in psutil.Process().children(recursive=True)} == before


async def test_a_candidate_that_never_returns_is_a_timeout(pool: Pool) -> None:
    outcome = await pool.verify(Candidate("def f():\n    while True: pass\n"))
    assert outcome.verdict is Verdict.TIMEOUT


async def test_a_task_that_only_the_engine_can_import_says_so(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("import os\nassert 'REFINE_JUDGE' not in os.environ, 'not here'\n" + TASK)
    with pytest.raises(TaskError, match="did not start: .*not here"):
        async with Pool(load(str(tmp_path / "mine.py")), choose("local"), width=1, log=tmp_path / "run.log"):
            pass


ASKING = """
import refine
from refine.types import Message
from refine.verifiers.wanted import Wanted

task = refine.Task("Write f().", seed="def f():\\n    return 1\\n", judge_seconds=2, limits=refine.Limits(seconds=1))

@task.verifier
def verify(candidate):
    f = candidate.f()
    first = candidate.ask_model(Wanted(messages=(Message(role="user", content=candidate.text),), draws=2))
    second = candidate.ask_model(Wanted(messages=(Message(role="user", content=first[1].text),)))
    return f + float(second[0].text) + 10 * len(first)
"""


@pytest.fixture
async def asking(tmp_path: Path) -> AsyncIterator[Pool]:
    (tmp_path / "asks.py").write_text(ASKING)
    async with Pool(load(str(tmp_path / "asks.py")), choose("local"), width=1, log=tmp_path / "run.log") as pool:
        yield pool


async def test_a_verifier_asks_the_engine_and_its_own_deadline_stands_still(asking: Pool) -> None:
    heard: list[tuple[str, int]] = []

    async def ask(wanted: Wanted) -> tuple[Said, ...]:
        heard.append((wanted.messages[0].content, wanted.draws))
        await asyncio.sleep(1.2)  # twice: more than the judge has for all
        return tuple(Said(text=str(100 * len(heard) + draw)) for draw in range(wanted.draws))

    assert (await asking.verify(GOOD, ask=ask)).score == 7 + 200 + 20
    assert heard == [(GOOD.text, 2), ("101", 1)]


async def test_a_model_that_fails_ends_the_verification_and_another_judge_goes_on(asking: Pool) -> None:
    async def fails(_wanted: Wanted) -> tuple[Said, ...]:
        raise Fault("model", "no key")

    async def answers(wanted: Wanted) -> tuple[Said, ...]:
        return (Said(text="1"),) * wanted.draws

    with pytest.raises(Fault, match="no key") as failed:
        await asking.verify(GOOD, ask=fails)
    assert failed.value.where == "model"
    assert (await asking.verify(GOOD, ask=answers)).score == 28


async def test_a_verifier_that_asks_nobody_in_particular_is_told_what_to_do(asking: Pool) -> None:
    with pytest.raises(Fault, match="--judge-model says who is asked") as failed:
        await asking.verify(GOOD)
    assert not failed.value.retry
