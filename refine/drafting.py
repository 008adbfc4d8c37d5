"""From the state of a search to its next prompt. Pure: ask n draws from `default_rng([seed, n])` and nothing else."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from refine import prompts
from refine.archives import SEEDS
from refine.attempts import Attempt
from refine.extract import remarks
from refine.prompts import Tried
from refine.sandbox.files import declared
from refine.strategies import Move
from refine.task import Task
from refine.types import Candidate, Edit, Prompt, Shown

if TYPE_CHECKING:
    from refine.search import Search


def draft(search: Search, samples: int) -> Prompt:
    """The next ask: the seeds, then what is to be repaired, then lessons when they are due, else a move."""
    number = search.tally.asks
    if number == SEEDS and search.seeds:
        return Prompt(SEEDS, (), (), tuple(range(len(search.seeds))), search.seed)
    if search.attempts.repairs:
        return _repair(search, search.attempts.repairs[0])
    if search.may_reflect():
        return _reflection(search)
    rng = np.random.default_rng([search.seed, number])
    move = search.strategy.move(rng)
    parents = tuple(search.archive.sample(rng, move.parents, number))
    edit = _edit(search, move, parents)
    return Prompt(
        number,
        prompts.messages(_brief(search, move, parents, edit)),
        parents,
        tuple(range(samples)),
        search.seed,
        search.strategy.sampling(number),
        search.task.direction,
        move.name,
        edit,
        model=search.bandit.choose(search.seed, number),
    )


def _edit(search: Search, move: Move, parents: tuple[Shown, ...]) -> Edit:
    """Whole candidates where there is nothing to change yet; and only a program has functions."""
    if not parents or (move.edit == "function" and search.task.language != "python"):
        return "whole"
    return move.edit


def _brief(search: Search, move: Move, parents: tuple[Shown, ...], edit: Edit) -> prompts.Brief:
    strategy = search.strategy
    return prompts.Brief(
        task=search.task,
        parents=parents,
        inspirations=_inspirations(search, move.inspirations, {parent.candidate.id for parent in parents}),
        failures=tuple(attempt.outcome for attempt in search.attempts.near(parent.candidate.id for parent in parents)),
        packages=_packages(search.task),
        known=_known(search),
        history=_latest(search, strategy.history),
        lessons=_taught(search),
        advice=search.advice,
        best=_best(search),
        say=move.say,
        edit=edit,
        characters=strategy.characters,
    )


def _inspirations(search: Search, count: int, shown: set[str]) -> tuple[Shown, ...]:
    """The best of the archive that are not shown already."""
    others = (elite for elite in search.archive if elite.candidate.id not in shown)
    return tuple(itertools.islice(others, count)) if count else ()


def _reflection(search: Search) -> Prompt:
    """An ask for lessons from what was tried since the last one."""
    brief = prompts.Brief(
        task=search.task,
        history=_latest(search, search.strategy.reflect),
        lessons=_taught(search),
        advice=search.advice,
        best=_best(search),
        characters=search.strategy.characters,
    )
    return Prompt(
        search.tally.asks,
        prompts.reflect(brief),
        seed=search.seed,
        params=search.strategy.sampling(search.tally.asks),
        direction=search.task.direction,
        move="reflect",
        wants="lessons",
        model=search.reflector or search.bandit.choose(search.seed, search.tally.asks),
    )


def _repair(search: Search, attempt: Attempt) -> Prompt:
    """One more ask, for one sample: the failing program with its error."""
    return Prompt(
        search.tally.asks,
        prompts.repair(search.task, _shown(search, attempt), search.strategy.characters),
        seed=search.seed,
        params=search.strategy.sampling(search.tally.asks),
        direction=search.task.direction,
        move="repair",
        repairs=attempt.place,
        model=search.bandit.choose(search.seed, search.tally.asks),
    )


def _packages(task: Task) -> tuple[str, ...]:
    """What a program may import from its image beside Python's standard library."""
    preloaded = declared(task.image, "preload") if task.language == "python" else ()
    return tuple(dict.fromkeys(name.partition(".")[0] for name in preloaded))


def _best(search: Search) -> float | None:
    return search.best.outcome.score if search.best else None


def _known(search: Search) -> tuple[Tried, ...]:
    """What was verified before the first proposal, by name."""
    names = {Candidate(text).id: name for name, text in search.task.baselines.items()}
    other = "the seed" if len(search.task.seeds) == 1 else "a seed"
    return tuple(
        Tried(Candidate(search.text(attempt.answer)), attempt.outcome, names.get(str(attempt.candidate), other))
        for attempt in search.attempts.known
    )


def _latest(search: Search, count: int) -> tuple[Tried, ...]:
    """The latest attempts with what their authors said of them beside the program."""
    if not count:
        return ()
    tried = ((_shown(search, attempt), search.text(attempt.answer)) for attempt in search.attempts.tried[-count:])
    return tuple(Tried(shown.candidate, shown.outcome, remarks(answer)) for shown, answer in tried)


def _taught(search: Search) -> tuple[str, ...]:
    return tuple(search.text(name) for _, name in search.lessons)


def _shown(search: Search, attempt: Attempt) -> Shown:
    return Shown(Candidate(search.text(attempt.candidate or attempt.answer)), attempt.outcome)
