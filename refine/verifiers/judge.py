"""The judge process: runs the user's verifier, away from the engine and away from the candidate.

    python -m refine.verifiers.judge ENGINE_FD CONTROL_FD TASK_FILE TASK_NAME

It has two sockets and nothing else: one to the engine (a JSON line for each job and each verdict) and the sandbox
slot's control socket. Its environment holds no key, and its memory is capped. What the verifier prints goes to the
run's log. When the engine's socket closes, it ends.
"""

from __future__ import annotations

import math
import numbers
import os
import resource
import socket
import sys
import traceback
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from refine.errors import CandidateError, Fault, RefineError, Where, Wrong
from refine.sandbox.cell import Slots
from refine.task import Task, Verifier
from refine.types import Candidate, Frozen, Outcome, Verdict
from refine.verifiers import replicates
from refine.verifiers.handle import Handle
from refine.verifiers.wanted import AskModel, Said, Told, Wanted

Stage = Literal["search", "held-out"]
_EVIDENCE_CHARS = 4000


class Job(Frozen):
    """What the engine sends."""

    text: str
    stage: Stage = "search"
    seed: int = 0
    against: float | None = None
    """Where the score is noisy: the one to beat."""
    replicates: int | None = None
    """Where the score is noisy: just so many replicates, instead of the task's."""


class Failure(Frozen):
    """A Fault on its way to the engine."""

    where: Where
    message: str
    retry: bool = True


class Reply(Frozen):
    """What the judge answers: one of the first two, or before that, as often as its verifier likes, what it wants to
    know, to which the engine answers with a line of `Told`.
    """

    outcome: Outcome | None = None
    failure: Failure | None = None
    wanted: Wanted | None = None


def judge(task: Task, slots: Slots, job: Job, ask: AskModel | None = None) -> Outcome:
    """The outcome of one candidate.

    Raises:
        Fault: the sandbox failed (`where="sandbox"`), or the verifier raised what it should not, or returned what is
            no score (`where="verifier"`).
    """
    verifier = task.verify if job.stage == "search" else task.confirm
    if verifier is None:
        raise Fault("verifier", f"task {task.name} has no @task.confirmation", retry=False)

    def once(seed: int) -> Outcome:
        candidate = Candidate(job.text)
        return _once(verifier, Handle(candidate, slots, task.limits, seed=seed, folder=task.folder, ask=ask))

    if task.noise is None:
        return once(job.seed)
    usual = task.noise.replicates if job.stage == "search" else task.noise.confirming
    own = "" if task.noise.paired else Candidate(job.text).id
    drawn = replicates.seeds(job.seed, own, job.replicates or usual)
    return replicates.replicated(once, drawn, task.noise, task.direction, job.against)


def _once(verifier: Verifier, handle: Handle) -> Outcome:
    try:
        outcome = _judged(verifier, handle)
    finally:
        used, output = handle._end()  # noqa: SLF001 - ending is the judge's business, not the verifier's
    return outcome.model_copy(update={"resources": used, "output": outcome.output or output})


def _judged(verifier: Verifier, handle: Handle) -> Outcome:
    try:
        result = verifier(handle)
    except Wrong as wrong:
        return Outcome(verdict=Verdict.WRONG, feedback=_bounded(str(wrong)))
    except CandidateError as error:
        return Outcome(verdict=error.verdict, feedback=_bounded(error.evidence))
    except RefineError:
        raise
    except Exception as error:
        raise Fault("verifier", f"the verifier raised {_located(error)}") from error
    return _scored(result)


def _scored(result: object) -> Outcome:
    """A verifier's result as an Outcome. Raises `Fault` for what is no result at all."""
    if isinstance(result, Outcome):
        return result
    if isinstance(result, bool) or not isinstance(result, numbers.Real):
        what = "nothing" if result is None else f"{type(result).__name__} {result!r:.80}"
        raise Fault(
            "verifier", f"the verifier returned {what}; return a finite number or refine.Outcome, or raise refine.Wrong"
        )
    try:
        score = float(result)
    except OverflowError:  # an integer beyond the largest float
        score = math.inf
    if not math.isfinite(score):
        return Outcome(verdict=Verdict.WRONG, feedback=f"the score would be {score}, which is no number to compare")
    return Outcome(verdict=Verdict.PASSED, score=score)


def _located(error: BaseException) -> str:
    """The error in one line, with the line of the task's file where it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if f"{os.sep}refine{os.sep}" not in f.filename] or list(frames)
    at = f" at {Path(own[-1].filename).name}:{own[-1].lineno} `{own[-1].line}`" if own else ""
    return f"{type(error).__name__}: {str(error)[:300]}{at}"


def _bounded(text: str) -> str:
    return text if len(text) <= _EVIDENCE_CHARS else text[:_EVIDENCE_CHARS] + " [...]"


def answer(task: Task, slots: Slots, line: str, ask: AskModel | None = None) -> Reply:
    """The reply to one job; a Fault is a reply too."""
    try:
        return Reply(outcome=judge(task, slots, Job.model_validate_json(line), ask))
    except Fault as fault:
        return Reply(failure=Failure(where=fault.where, message=str(fault), retry=fault.retry))
    except (RefineError, ValidationError) as error:  # the task's own fault: a missing harness, a second verifier
        return Reply(failure=Failure(where="verifier", message=str(error), retry=False))


def _send(engine: socket.socket, reply: Reply) -> None:
    engine.sendall(reply.model_dump_json(exclude_defaults=True).encode() + b"\n")


def main(argv: list[str]) -> int:
    from refine.load import load_file  # noqa: PLC0415 - imports the user's code: only here, in this process

    engine = socket.socket(fileno=int(argv[0]))
    control = socket.socket(fileno=int(argv[1]))
    os.set_inheritable(engine.fileno(), False)
    os.set_inheritable(control.fileno(), False)
    os.environ["REFINE_JUDGE"] = "1"
    task = load_file(argv[2], argv[3])
    limit = task.judge_memory_mb * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    slots = Slots(control)
    with engine, engine.makefile("r", encoding="utf-8") as jobs:
        engine.sendall(b'"ready"\n')

        def ask(wanted: Wanted) -> tuple[Said, ...]:
            _send(engine, Reply(wanted=wanted))
            return Told.model_validate_json(jobs.readline()).said

        for line in iter(jobs.readline, ""):
            reply = answer(task, slots, line, ask)
            _send(engine, reply)
            if reply.failure is not None and reply.failure.where == "sandbox":
                return 0  # the slot is in doubt: the engine opens a fresh one
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
