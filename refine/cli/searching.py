"""`refine run`: the search, the control beside it, and what they came to."""

from __future__ import annotations

import asyncio
import copy
import itertools
import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from refine import load
from refine.budget import Budget, Tally
from refine.cli import results, terminal
from refine.cli import wish as wishes
from refine.cli.interrupts import Interrupts
from refine.cli.progress import Progress
from refine.cli.wish import Wish
from refine.errors import RefineError
from refine.events import Resumed, Started
from refine.journal import Journal
from refine.loop import Run
from refine.report.history import read
from refine.report.summary import summary
from refine.sandbox.choose import STRONGEST_FIRST, choose
from refine.session import Plan, Result, carry_out
from refine.strategies import preset
from refine.task import Task

_INTERRUPTED = 130


def execute(wish: Wish) -> int:
    """Runs, shows what came of it, and gives the exit code."""
    task = load.load(wish.task)
    assert task.verify is not None  # a task without a verifier raises its error here, before anything starts
    plan, err = planned(wish, task), terminal.err()
    had = 0 if wish.fresh else _verified(plan.path)
    with Interrupts(lambda text: err.print(text, style="bold yellow")) as interrupts:
        try:
            result = _searched(task, plan, err, "search", lambda run: _heard(run, interrupts, err, plan, had))
            control = _control(task, plan, result, err, interrupts) if _wanted(wish, result) else None
        except KeyboardInterrupt:
            err.print(f"left; all that was answered is in {plan.path}. To go on: {wish.command()}", soft_wrap=True)
            return _INTERRUPTED
    _show(wish, task, result, control)
    return _ended(wish, plan, result, had, err)


def planned(wish: Wish, task: Task) -> Plan:
    """Raises `UsageError` for options that name nothing or do not fit together."""
    recorded = wishes.recorded(wish.recording)
    seed = wish.seed if wish.seed is not None else recorded.started.seed if recorded else 0
    return Plan(
        models=wish.models,
        path=wish.path or Path("runs") / f"{task.name}.db",
        seed=seed,
        strategy=wishes.strategy(wish, task, recorded),
        budget=wishes.budget(wish, task, recorded),
        options=wishes.options(wish),
        workers=wish.workers or _cpus(),
        sandbox=wish.sandbox,
        fresh=wish.fresh,
        warm=wish.warm,
        reflector=wish.reflector,
        shared=wishes.shared(wish),
        embedder=wish.novelty_model,
        novelty=wish.novelty,
        judge=wish.judge_model,
        advice=wishes.advice(wish),
    )


def _searched(task: Task, plan: Plan, err: Console, label: str, ready: Callable[[Run], None]) -> Result:
    assert plan.budget is not None, "planned() made one"
    if plan.sandbox == "none" and label == "search":
        from refine.sandbox.none import WARNING  # noqa: PLC0415 - only where it is true

        err.print(WARNING, style="bold red", soft_wrap=True)
    progress = Progress(err, label, plan.budget)
    with ExitStack() as stack:

        def begin(run: Run) -> None:
            ready(run)
            stack.enter_context(progress)  # after the header, which would disturb it

        return asyncio.run(carry_out(task, plan, progress.observe, begin))


def _heard(run: Run, interrupts: Interrupts, err: Console, plan: Plan, had: int) -> None:
    interrupts.watch(run)
    _header(run, err, plan, had)


def _header(run: Run, err: Console, plan: Plan, had: int) -> None:
    notice = getattr(run.proposer, "notice", "")
    where = [fact.event.sandbox for fact in run.journal.facts() if isinstance(fact.event, Started | Resumed)]
    state = f"goes on, {had} candidates verified before" if had else "new"
    lines = [
        *([notice] if notice else []),
        f"task      {run.search.task.name}: {run.search.task.metric}, {run.search.task.direction}",
        *_judge(run),
        f"model     {_models(run)}, strategy {run.search.strategy.name}, seed {run.search.seed}",
        f"sandbox   {where[-1]} ({_why(str(plan.sandbox), where[-1], run.search.task.image)})",
        f"journal   {run.journal.path} ({state})",
        *_own_budget(run.search.task, plan),
    ]
    err.print("\n".join(lines), markup=False, soft_wrap=True)


def _own_budget(task: Task, plan: Plan) -> list[str]:
    """Where the run ends, if the task says so and not a default that all tasks have."""
    if task.budget is None or plan.budget is None:
        return []
    return [f"budget    {plan.budget.in_words()} (the task's own where no option says otherwise)"]


def _judge(run: Run) -> list[str]:
    return [f"judge     {run.opinions.name}: its opinions are scores, judged and not verified"] if run.opinions else []


def _models(run: Run) -> str:
    """Who proposes, how several share the asks, and who else writes."""
    shared = " (bandit)" if len(run.search.bandit.models) > 1 else ""
    lessons = f", lessons by {run.search.reflector}" if run.search.reflector else ""
    return f"{run.proposer.name}{shared}{lessons}"


def _why(asked: str, taken: str, image: str) -> str:
    """Why this sandbox: it was named, or what is wrong here with those that are stronger."""
    if asked != "auto":
        return "as named"
    wrong = []
    for name in itertools.takewhile(lambda name: not taken.startswith(name), STRONGEST_FIRST):
        try:
            choose(name, image).close()
        except RefineError as error:
            wrong.append(f"{name}: {error}")
    return "auto; " + (" | ".join(wrong) or "the strongest that there is")


# ── the control ──────────────────────────────────────────────────────────────────────────────────────────────────────


def control_path(path: Path) -> Path:
    return path.with_name(f"{path.stem}.control{path.suffix or '.db'}")


def _wanted(wish: Wish, result: Result) -> bool:
    return wish.control and wish.embedded and result.stop.good and result.search.strategy.name != "drift"


def _control(task: Task, plan: Plan, result: Result, err: Console, interrupts: Interrupts) -> Result:
    """As many candidates, the same seed and sandbox, without selection: what the search would find by chance alone.

    Only for the embedded proposer: a language model's control would have to be paid for. Confirmed on the very
    instances on which the run's champion is.
    """
    assert plan.budget is not None, "planned() made one"
    strategy, own = preset("drift"), result.search.strategy
    with Journal.read(plan.path) as journal:
        secret = journal.started.secret
    path = control_path(plan.path)
    beside = replace(
        plan,
        path=path,
        strategy=strategy.sized(samples=own.samples, in_flight=own.in_flight),
        budget=plan.budget.model_copy(
            update=dict.fromkeys(("patience", "chance", "chance_usd", "target", "seconds"))
            | {"candidates": result.search.tally.asked}
        ),
        fresh=path.exists() and not _belongs(path, secret),
        secret=secret,
        embedder=None,
        novelty=None,
    )
    about = f"control   the same number of candidates without selection, in {path} (--no-control leaves it out)"
    err.print(about, markup=False, soft_wrap=True)
    alone = copy.copy(task)
    alone.baselines = {}  # they stand in the run's own journal already
    return _searched(alone, beside, err, "control", interrupts.watch)


def _belongs(path: Path, secret: str) -> bool:
    """Whether the control at `path` is that of the run with this secret."""
    with Journal.read(path) as journal:
        return journal.started.secret == secret


# ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _show(wish: Wish, task: Task, result: Result, control: Result | None) -> None:
    with ExitStack() as stack:
        history = read(stack.enter_context(Journal.read(result.path)))
        other = read(stack.enter_context(Journal.read(control.path))) if control else None
        if wish.as_json:
            terminal.print_json(summary(history, other, task.references))
        else:
            results.print_run(terminal.out(), history, other, task)


def _ended(wish: Wish, plan: Plan, result: Result, had: int, err: Console) -> int:
    reason = result.stop.reason
    if reason in ("faults", "unreadable"):
        err.print(f"refine: error: {result.stop.detail}", markup=False, soft_wrap=True)
        err.print(f"to go on: {wish.command()}", markup=False, soft_wrap=True)
        return 3
    if reason == "interrupted":
        err.print(f"to go on: {wish.command()}", markup=False, soft_wrap=True)
        return _INTERRUPTED
    if had and result.search.tally.verified == had:
        err.print("this run had ended already, and its budget leaves no more to do", markup=False, soft_wrap=True)
    err.print(f"to go on: {_further(wish, plan, result)}", markup=False, soft_wrap=True)
    err.print(f"to begin anew: {wish.command(fresh=True)}", markup=False, soft_wrap=True)
    return 0


def _further(wish: Wish, plan: Plan, result: Result) -> str:
    """The command whose budget is larger where this one ended."""
    allowed, tally = plan.budget, result.search.tally
    assert allowed is not None, "planned() made one"
    match result.stop.reason:
        case "usd":
            return wish.command("--usd", f"{2 * (allowed.usd or tally.usd):g}")
        case "tokens":
            return wish.command("--tokens", str(2 * (allowed.tokens or tally.tokens)))
        case "seconds":
            return wish.command("--seconds", f"{2 * (allowed.seconds or tally.seconds):g}")
        case "converged":
            return wish.command(*_longer(allowed, tally))
        case "target":
            return wish.command("--target", "BETTER")
        case _:
            return wish.command("--candidates", str(2 * max(allowed.candidates or 1, tally.asked)))


def _longer(allowed: Budget, tally: Tally) -> tuple[str, str]:
    """The option of the rule by which it converged, with half or twice its value."""
    if allowed.patience is not None and tally.since_best >= allowed.patience:
        return "--patience", str(2 * tally.since_best)
    if allowed.chance is not None and tally.chance.each < allowed.chance:
        return "--min-chance", f"{tally.chance.each / 2:.3g}"
    return "--min-chance-usd", f"{(tally.chance.per_usd or 0) / 2:.3g}"


def _verified(path: Path) -> int:
    """How many candidates the journal at `path` holds; 0 if there is none."""
    if not path.is_file():
        return 0
    with Journal.read(path) as journal:
        return len(read(journal).verified)


def _cpus() -> int:
    return len(os.sched_getaffinity(0))
