"""Opening a run: a new journal, or an old one taken up again; and the whole of `refine.run`."""

from __future__ import annotations

import asyncio
import itertools
import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from refine import __version__
from refine.budget import Budget, Stop
from refine.errors import JournalError, TaskError, UsageError
from refine.events import Advised, Asked, Confirmed, Fact, Resumed, Started, Verified
from refine.journal import Journal, set_aside
from refine.likeness import NEAR
from refine.loop import Observer, Run
from refine.opinions import Opinions, Patience
from refine.order import AsItComes, AsRecorded
from refine.proposers import Options, Proposer
from refine.proposers.embedding import Embedder
from refine.sandbox import Sandbox
from refine.search import Search, fold
from refine.strategies import Shared, Strategy, preset, usual
from refine.task import Task
from refine.types import Shown
from refine.warm import programs
from refine.workers.local import Pool

EMBEDDED = "mutate"
"""The proposer that needs no model."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to.

    Attributes:
        stop: which rule ended it.
        best: the champion with the outcome that the search saw; None if nothing passed.
        confirmed: champion, seed and baselines on held-out instances (and baselines on the search's).
        search: the final state.
        path: the journal.
    """

    stop: Stop
    best: Shown | None
    confirmed: tuple[Confirmed, ...]
    search: Search
    path: Path


def identity(
    task: Task, strategy: Strategy, seed: int, model: str, sandbox: str, *, secret: str | None = None
) -> Started:
    """The first fact of a new run. Its secret is the only chance in it; a control is given that of its run."""
    return Started(
        refine=__version__,
        task=task.name,
        task_digest=task.digest,
        direction=task.direction,
        metric=task.metric,
        seed=seed,
        strategy=strategy.described(),
        model=model,
        sandbox=sandbox,
        secret=secret or secrets.token_hex(16),
    )


def take_up(path: Path, identity: Started) -> Journal:
    """The journal at `path`, new or to be gone on with.

    A journal in which nothing was verified yet holds nothing to lose and is begun again.

    Raises:
        JournalError: it is the journal of another task, version of the task, seed, strategy or model.
    """
    if not path.exists():
        return Journal.create(path, identity)
    journal = Journal.open(path)
    differs = _difference(journal.started, identity)
    if differs is None:
        journal.append(Resumed(refine=__version__, sandbox=identity.sandbox))
        return journal
    empty = not any(isinstance(fact.event, Verified) for fact in journal.facts())
    journal.close()
    if not empty:
        raise JournalError(f"{path} is another run ({differs}): take another file with -o, or begin anew with --fresh")
    remove(path)
    return Journal.create(path, identity)


def remove(path: Path) -> None:
    """Deletes a journal and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _difference(had: Started, have: Started) -> str | None:
    """What makes two runs different, in words, or None."""
    fields = ("task", "model", "models", "reflector", "seed", "strategy", "embedder", "novelty", "warm", "judge")
    for name in fields:
        words = {
            "models": "list of models",
            "warm": "warm start",
            "embedder": "embedding model",
            "judge": "judge model",
        }.get(name, name)
        if getattr(had, name) != getattr(have, name):
            old, new = getattr(had, name), getattr(have, name)
            return f"its {words} is {_named(old)}, not {_named(new)}"
    return "the task's files have changed since" if had.task_digest != have.task_digest else None


def _named(value: object) -> object:
    if isinstance(value, tuple):
        return f"{len(value)} program(s)" if value else "none"
    return value.get("name") if isinstance(value, dict) else "none" if value in ("", None) else value


def default_budget(model: str, task: Task) -> Budget:
    """2 000 candidates for the embedded proposer, 200 for a model, half of it without an improvement is convergence; or
    what the task says, for either.
    """
    own = task.budget.model_dump(exclude_unset=True) if task.budget else {}
    candidates = own.get("candidates") or (2000 if model == EMBEDDED else 200)
    return Budget(**({"candidates": candidates, "patience": max(1, candidates // 2), "target": task.target} | own))


def run(
    task: Task,
    *,
    model: str | Sequence[str] = EMBEDDED,
    path: str | Path | None = None,
    seed: int = 0,
    strategy: Strategy | str | None = None,
    budget: Budget | None = None,
    options: Options | None = None,
    workers: int | None = None,
    sandbox: Sandbox | str = "auto",
    warm: str | Path | None = None,
    reflector: str | None = None,
    novelty_model: str | None = None,
    novelty: float | None = None,
    advice: str | None = None,
    judge: str | None = None,
    observe: Observer | None = None,
    interrupts: Callable[[Run], None] | None = None,
) -> Result:
    """Searches, from the beginning or from where the journal at `path` ends, until the budget is used.

    Args:
        task: what to search for; it must live in a file.
        model: a `--model` text, or several; with weights ("name=0.7") each answers its share, without the strategy
            says how they share the asks.
        path: the journal, by default `runs/NAME.db`.
        seed: of all chance in the search.
        strategy: a preset or its name; by default the `usual` one, `evolve` for the embedded proposer and `default` for
            a model.
        budget: where it ends; by default `default_budget`.
        options: how to ask the model.
        workers: judge processes, by default one for each CPU that this process may use.
        sandbox: "auto" (the strongest that works here), "docker", "local" or "none", or one that is made.
        warm: programs to begin with beside the task's seeds: another run's journal, a folder, or a file.
        reflector: a `--model` text for who writes lessons, if it is not `model`.
        novelty_model: an embedding model as litellm names it; what is too like an elite is not verified.
        novelty: the cosine above which it is, by default `refine.likeness.NEAR`.
        advice: what you ask for, in words; prompts show it from here on. None leaves what they showed before.
        judge: a `--model` text for the judge model, if it is not the task's `judge_model`.
        observe: is called with every fact and the state after it.
        interrupts: is given the `Run` once it goes, to call its `interrupt()` later.

    Raises:
        TaskError: the task is at fault. Fault: the world is. JournalError: the journal is another run's.
        UsageError: something that was named does not exist.
    """
    if os.environ.get("REFINE_JUDGE"):
        raise TaskError('a judge imports this file: put refine.run(...) under `if __name__ == "__main__":`')
    models = (model,) if isinstance(model, str) else tuple(model)
    where = Path(path) if path is not None else Path("runs") / f"{task.name}.db"
    begin = Path(warm) if warm is not None else None
    asked = options or Options()
    plan = Plan(models, where, seed, strategy, budget, asked, workers or _cpus(), sandbox, warm=begin)
    plan = replace(plan, reflector=reflector, embedder=novelty_model, novelty=novelty, advice=advice, judge=judge)
    return asyncio.run(carry_out(task, plan, observe or _nobody, interrupts or _never))


@dataclass(frozen=True, slots=True)
class Plan:
    """What `run` is told, with its defaults filled in.

    `warm` is where programs to begin with come from: a journal, a folder or a file; `fresh` moves a journal that is
    there aside; `secret` is that of the run whose control this is; `reflector` writes the lessons; `shared` is how
    several models share the asks, if not as the strategy says; `embedder` tells what is too like an elite, above the
    cosine `novelty`; `judge` is asked for opinions, if it is not the task's own judge model; `advice` is a person's, in
    words.
    """

    models: tuple[str, ...]
    path: Path
    seed: int
    strategy: Strategy | str | None
    budget: Budget | None
    options: Options
    workers: int
    sandbox: Sandbox | str
    fresh: bool = False
    secret: str | None = None
    warm: Path | None = None
    reflector: str | None = None
    shared: Shared | None = None
    embedder: str | None = None
    novelty: float | None = None
    advice: str | None = None
    judge: str | None = None


async def carry_out(task: Task, plan: Plan, observe: Observer, interrupts: Callable[[Run], None]) -> Result:
    """`run`, for a program that has an event loop of its own."""
    from refine.proposers.choose import connect  # noqa: PLC0415 - proposers load when used
    from refine.proposers.roles import Roles  # noqa: PLC0415 - as above
    from refine.sandbox.choose import choose  # noqa: PLC0415 - so do sandboxes

    assert task.verify is not None
    async with AsyncExitStack() as stack:
        proposer = connect(plan.models, plan.options, task)
        reflector = connect((plan.reflector,), plan.options, task) if plan.reflector else None
        asked = Roles(proposer, {"lessons": reflector}) if reflector else proposer
        stack.push_async_callback(asked.aclose)
        sandbox = choose(plan.sandbox, image=task.image) if isinstance(plan.sandbox, str) else plan.sandbox
        stack.callback(sandbox.close)
        strategy = _shared(_strategy(plan.strategy, proposer, task), plan)
        budget = plan.budget or default_budget(proposer.name, task)
        _affordable(asked, budget)
        embedder, near = _novelty(plan, proposer)
        if embedder is not None:
            stack.push_async_callback(embedder.aclose)
            _affordable(embedder, budget)
        judge, judges = _judge(plan, task, proposer)
        if judge is not None:
            stack.push_async_callback(judge.aclose)
            _affordable(judge, budget)
        models, writes = _who(proposer, reflector)
        first = identity(task, strategy, plan.seed, proposer.name, sandbox.describe(), secret=plan.secret)
        warm = programs(plan.warm) if plan.warm else ()
        begun: dict[str, object] = {"options": plan.options.over({}), "warm": tuple(candidate.id for candidate in warm)}
        begun |= {"embedder": embedder.name, "novelty": near} if embedder else {}
        first = first.model_copy(update=begun | {"models": models, "reflector": writes, "judge": judges})
        if plan.fresh and plan.path.exists():
            set_aside(plan.path)
        journal = stack.enter_context(take_up(plan.path, first))
        chosen = Search(
            task, strategy, seed=plan.seed, warm=warm, models=models, reflector=writes, novelty=near, texts=journal.text
        )
        search = fold(chosen, journal.facts())
        _advise(plan, proposer, journal, search)
        pool = Pool(task, sandbox, width=plan.workers, log=plan.path.with_suffix(".log"))
        await stack.enter_async_context(pool)
        opinions = _opinions(judge, judges, journal, _recorded(proposer), budget)
        one = Run(search, journal, asked, pool, budget, observe, _order(proposer), embedder, opinions)
        interrupts(one)
        stop = await one.go()
        return Result(stop, search.best, confirmed(journal), search, plan.path)


def _advise(plan: Plan, proposer: Proposer, journal: Journal, search: Search) -> None:
    """Journals what a person asks for in words, if it is not what prompts show already. A recorded run that is repeated
    begins with the advice that it began with.
    """
    text = plan.advice
    if text is None and not search.tally.asks:
        before = itertools.takewhile(lambda fact: not isinstance(fact.event, Asked), _recorded(proposer) or ())
        text = next((fact.event.text for fact in before if isinstance(fact.event, Advised)), None)
    if text is not None and text != search.advice:
        search.apply(journal.append(Advised(text=text)))


def confirmed(journal: Journal) -> tuple[Confirmed, ...]:
    """The last confirmation of each name on each kind of instances."""
    last = {(f.event.name, f.event.on): f.event for f in journal.facts() if isinstance(f.event, Confirmed)}
    return tuple(last.values())


def _strategy(strategy: Strategy | str | None, proposer: Proposer, task: Task) -> Strategy:
    if isinstance(strategy, Strategy):
        return strategy
    return preset(strategy) if strategy else usual(task, embedded=proposer.name == EMBEDDED)


def _shared(strategy: Strategy, plan: Plan) -> Strategy:
    """The strategy with the rule by which the models share the asks: weights that are given hold."""
    from refine.proposers.choose import weighed  # noqa: PLC0415 - proposers load when used

    if plan.shared == "bandit" and weighed(plan.models):
        raise UsageError("weights and --share bandit exclude each other: leave the weights out, or the option")
    fixed = len(plan.models) > 1 and weighed(plan.models)
    return replace(strategy, models="weighted" if fixed else plan.shared or strategy.models)


def _who(proposer: Proposer, reflector: Proposer | None) -> tuple[tuple[str, ...], str]:
    """The models to choose among, and who writes the lessons; as they were where a recorded run is repeated."""
    recorded = _recorded(proposer)
    began = recorded[0].event if recorded else None
    if isinstance(began, Started):
        return began.models, reflector.name if reflector else began.reflector
    models: tuple[str, ...] = getattr(proposer, "models", ())
    return models, reflector.name if reflector else ""


def _novelty(plan: Plan, proposer: Proposer) -> tuple[Embedder | None, float]:
    """Who embeds, and the similarity that is too much; a recorded run that is repeated brings its embeddings."""
    from refine.proposers.embedding import Recorded, connect  # noqa: PLC0415 - loads when used

    recorded = _recorded(proposer)
    began = recorded[0].event if recorded else None
    near = plan.novelty
    if recorded and isinstance(began, Started) and began.embedder and plan.embedder in (None, began.embedder):
        return Recorded(began.embedder, recorded), near if near is not None else began.novelty or NEAR
    embedder = connect(plan.embedder, plan.options) if plan.embedder else None
    if near is not None and embedder is None:
        raise UsageError(f"--novelty {near:g} compares embeddings: name who makes them with --novelty-model")
    return embedder, NEAR if near is None else near


def _judge(plan: Plan, task: Task, proposer: Proposer) -> tuple[Proposer | None, str]:
    """The judge model and its name; a recorded run that is repeated brings its opinions, and needs no model."""
    from refine.proposers.choose import asked  # noqa: PLC0415 - proposers load when used

    recorded = _recorded(proposer)
    began = recorded[0].event if recorded else None
    if isinstance(began, Started) and began.judge and plan.judge in (None, began.judge):
        return None, began.judge
    spec = plan.judge or task.judge_model
    judge = asked(spec, Options(price=plan.options.price, api_base=plan.options.api_base)) if spec else None
    return judge, judge.name if judge else ""


def _opinions(
    judge: Proposer | None, name: str, journal: Journal, recorded: tuple[Fact, ...] | None, budget: Budget
) -> Opinions | None:
    """None where nobody is to be asked."""
    if not name:
        return None
    known, seed, patience = journal.facts(), journal.started.seed, Patience(budget.faults)
    return Opinions(judge, name=name, known=known, recorded=recorded or (), seed=seed, patience=patience)


def _recorded(proposer: Proposer) -> tuple[Fact, ...] | None:
    """The facts of the journal that it answers from."""
    recorded: tuple[Fact, ...] | None = getattr(proposer, "recorded", None)
    return recorded


def _order(proposer: Proposer) -> AsItComes | AsRecorded:
    """A proposer that answers from a recorded journal brings that journal's order with it."""
    recorded = _recorded(proposer)
    return AsItComes() if recorded is None else AsRecorded(recorded)


def _affordable(proposer: Proposer | Embedder, budget: Budget) -> None:
    """Raises `UsageError` for a budget in dollars and a model without a price: it could never be kept."""
    price_known: Callable[[], bool] = getattr(proposer, "price_known", lambda: True)
    if (budget.usd is not None or budget.chance_usd is not None) and not price_known():
        raise UsageError(
            f"{proposer.name} has no known price, so a budget in dollars cannot be kept: "
            "state one with --price PROMPT,COMPLETION (usd per million tokens), or use --tokens"
        )


def _cpus() -> int:
    return len(os.sched_getaffinity(0))


def _nobody(_fact: Fact, _search: Search) -> None: ...


def _never(_run: Run) -> None: ...
