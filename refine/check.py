"""Whether a task can be trusted, found out before a run: seeds, golden cases, baselines, repeats, sandbox, model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Literal, Protocol

from refine.errors import Fault, TaskError, UsageError
from refine.opinions import About, Opinions, unrecorded
from refine.proposers import Checked, Options
from refine.sandbox import Sandbox
from refine.task import Golden, Task
from refine.types import Candidate, Outcome
from refine.verifiers.judge import Stage
from refine.verifiers.wanted import AskEngine
from refine.workers.local import Pool

_FILES = {"files out of sight", "read-only system"}
"""What one promise is about, though it is tried in two ways."""
_SEED = 7
"""Of the confirmation that is tried twice; a run draws its own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        ok: None where there is nothing to look at.
        blame: whose fault it is if it is not ok: 1 for the task's, 3 for the world's exit code.
    """

    name: str
    ok: bool | None
    detail: str
    blame: Literal["task", "world"] = "task"


def exit_code(findings: Sequence[Finding]) -> int:
    """0 if nothing failed, 3 if the world did, 1 if only the task did."""
    blames = {finding.blame for finding in findings if finding.ok is False}
    return 3 if "world" in blames else 1 if blames else 0


def walls(sandbox: Sandbox) -> Iterator[Finding]:
    """What a sandbox promises, and whether its self-test finds it so."""
    from refine.sandbox.choose import selftest  # noqa: PLC0415 - loads with the sandbox

    unkept = {promise.name for promise in sandbox.promises() if not promise.kept}
    for promise in sandbox.promises():
        yield Finding(f"promise: {promise.name}", True if promise.kept else None, promise.how)
    try:
        for fact in selftest(sandbox):
            promised = fact.name not in unkept and not (fact.name in _FILES and unkept & _FILES)
            found = fact.good if fact.good or promised else None  # what is not promised cannot be broken
            yield Finding(f"self-test: {fact.name}", found, fact.value, "world")
    except Fault as fault:
        yield Finding("sandbox opens", False, str(fault), "world")


async def check(task: Task, sandbox: Sandbox) -> AsyncIterator[Finding]:
    """All findings about a task that imports, each as soon as it is known."""
    yield _limits(task)
    try:
        async with Pool(task, sandbox, width=1) as pool, AsyncExitStack() as stack:
            workers = _Advised(pool, await _judge(task, stack)) if task.judge_model else pool
            async for finding in _verified(task, workers):
                yield finding
    except UsageError as error:
        yield Finding("judge model", False, str(error))
    except Fault as fault:
        yield Finding("judge and sandbox start", False, str(fault), "world")
    except TaskError as error:
        yield Finding("judge starts", False, str(error))


class _Verifies(Protocol):
    async def verify(self, candidate: Candidate, *, stage: Stage = "search", seed: int = 0) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class _Advised:
    """Workers whose verifiers may ask the task's judge model. What it said once it says again."""

    pool: Pool
    ask: AskEngine

    async def verify(self, candidate: Candidate, *, stage: Stage = "search", seed: int = 0) -> Outcome:
        return await self.pool.verify(candidate, stage=stage, seed=seed, ask=self.ask)


async def _judge(task: Task, stack: AsyncExitStack) -> AskEngine:
    from refine.proposers.choose import asked  # noqa: PLC0415 - proposers load when used

    judge = asked(task.judge_model, Options())
    opinions = Opinions(judge, name=judge.name)
    stack.push_async_callback(opinions.aclose)
    return lambda wanted: opinions(wanted, About(), unrecorded)


async def model(task: Task, models: Sequence[str]) -> Finding:
    """Whether the model answers one cheap request."""
    from refine.proposers.choose import connect  # noqa: PLC0415 - proposers load when used

    name = " ".join(models)
    try:
        proposer = connect(list(models), Options(), task)
    except UsageError as error:
        return Finding(f"model {name}", False, str(error), "world")
    try:
        if isinstance(proposer, Checked):
            await proposer.check()
            return Finding(f"model {name}", True, "answers")
        return Finding(f"model {name}", True, "needs no connection")
    except Fault as fault:
        return Finding(f"model {name}", False, str(fault), "world")
    finally:
        await proposer.aclose()


def _limits(task: Task) -> Finding:
    limits = task.limits
    words = (
        f"{limits.seconds:g} s, {limits.memory_mb} MiB, {limits.processes} processes; judge {task.judge_seconds:g} s"
    )
    fits = limits.seconds < task.judge_seconds
    return Finding(
        "limits", fits, words if fits else f"{words}: the judge would be killed before the candidate times out"
    )


async def _verified(task: Task, pool: _Verifies) -> AsyncIterator[Finding]:
    if not task.seeds:
        yield Finding("seed", None, "the task has none: a language model begins from the instruction")
    for number, seed in enumerate(task.seeds):
        yield await _passes(f"seed {number}" if len(task.seeds) > 1 else "seed", pool, seed)
    for seed in task.seeds[:1]:
        yield await _repeats("same score twice", pool, seed, "search")
        if task.confirm is not None:
            yield await _repeats("confirmation repeats", pool, seed, "held-out")
    if task.confirm is None:
        yield Finding("confirmation", None, "no @task.confirmation: the table will have no held-out score")
    if not task.golden:
        yield Finding(
            "golden cases", None, "none: add golden/cases.toml with one that passes, one that fails, one that cheats"
        )
    for case in task.golden:
        yield await _golden(case, task, pool)
    for name, text in task.baselines.items():
        yield await _passes(f"baseline {name}", pool, Candidate(text))


async def _passes(name: str, pool: _Verifies, candidate: Candidate) -> Finding:
    outcome = await _outcome(pool, candidate)
    if isinstance(outcome, Finding):
        return _named(outcome, name)
    return Finding(name, outcome.passed, _words(outcome))


async def _repeats(name: str, pool: _Verifies, candidate: Candidate, stage: Stage) -> Finding:
    """Verifies the same candidate twice with the same seed: the scores must be equal to the last bit."""
    outcomes = [await _outcome(pool, candidate, stage) for _ in range(2)]
    for outcome in outcomes:
        if isinstance(outcome, Finding):
            return _named(outcome, name)
    one, two = (outcome for outcome in outcomes if isinstance(outcome, Outcome))
    if stage == "held-out" and not one.passed:
        return Finding(name, False, f"the seed does not pass it: {_words(one)}")
    if (one.verdict, one.score) == (two.verdict, two.score):
        return Finding(name, True, _words(one))
    return Finding(name, False, f"{_words(one)}, then {_words(two)}: seed all chance from candidate.seed")


async def _golden(case: Golden, task: Task, pool: _Verifies) -> Finding:
    name = f"golden {case.name} ({case.kind})"
    outcome = await _outcome(pool, Candidate(case.text))
    if isinstance(outcome, Finding):
        return _named(outcome, name)
    return Finding(name, *judged(case, outcome, task))


def judged(case: Golden, outcome: Outcome, task: Task) -> tuple[bool, str]:
    """Whether a golden case's outcome is what it must be, and why."""
    found = _words(outcome)
    if case.kind == "pass" and case.score is not None and outcome.score is not None:
        near = abs(outcome.score - case.score) <= case.tolerance
        return near, found if near else f"{found}, but it must be {case.score:.12g} within {case.tolerance:g}"
    if case.kind == "pass":
        return outcome.passed, found
    if outcome.score is None:
        right = case.verdict in (None, outcome.verdict)
        return right, found if right else f"{found}, but it must be {case.verdict}"
    bound = case.no_better_than
    if case.kind == "cheat" and bound is not None:
        gains = task.better(outcome.score, bound)
        return not gains, f"{found}: {'it gains, the bound is' if gains else 'no better than'} {bound:.12g}"
    return False, f"{found}, but it must {f'be {case.verdict}' if case.verdict else 'not pass'}"


async def _outcome(pool: _Verifies, candidate: Candidate, stage: Stage = "search") -> Outcome | Finding:
    try:
        return await pool.verify(candidate, stage=stage, seed=_SEED if stage == "held-out" else 0)
    except Fault as fault:
        return Finding("", False, str(fault), "task" if fault.where == "verifier" else "world")


def _named(finding: Finding, name: str) -> Finding:
    return Finding(name, finding.ok, finding.detail, finding.blame)


def _words(outcome: Outcome) -> str:
    if outcome.score is not None:
        return f"score {outcome.score:.12g}"
    return f"{outcome.verdict}: {' '.join(outcome.feedback.split()) or 'it says no more'}"
