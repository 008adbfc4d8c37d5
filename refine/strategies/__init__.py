"""Strategies: who the parents are, what the prompt shows, how many to ask for. Each is a preset of the one loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib import import_module
from importlib.metadata import entry_points
from typing import Literal

import numpy as np

from refine.archives import Archive
from refine.errors import UsageError
from refine.task import Task
from refine.types import Edit, Json

GROUP = "refine.strategies"
"""Entry points of other packages' strategies: each a function without arguments that returns a Strategy."""
GENERATIONS = 10
"""At least so many in a first run of a task that has a budget of its own."""


Shared = Literal["bandit", "weighted"]
"""How several models share the asks: by what they did so far (`refine.bandit`), or each sample by fixed weights."""


@dataclass(frozen=True, slots=True)
class Move:
    """One way to ask. A strategy has one, or several of which every ask draws one by weight.

    Attributes:
        name: what the journal calls it.
        parents: candidates drawn from the archive; the best of them is the one to improve.
        inspirations: the archive's best, shown beside the parents.
        edit: how the model answers: with a whole program ("whole"), or for the parent with SEARCH/REPLACE blocks
            ("diff") or with one function that replaces the one of that name ("function").
        say: what the prompt asks for, beyond improving the program.
    """

    name: str = "improve"
    weight: float = 1.0
    parents: int = 2
    inspirations: int = 0
    edit: Edit = "whole"
    say: str = ""

    def described(self) -> dict[str, Json]:
        sizes: dict[str, Json] = {"parents": self.parents, "inspirations": self.inspirations, "weight": self.weight}
        return {"name": self.name, **sizes, "edit": self.edit, "say": self.say}


@dataclass(frozen=True, slots=True)
class Strategy:
    """A preset.

    Attributes:
        name: what `--strategy` and the journal call it.
        about: one line for people.
        archive: makes the archive for a task; `spec` tells its parameters to the journal.
        moves: ways to ask.
        samples: completions asked for by one prompt.
        in_flight: completions asked for and not yet verified, at most. With `in_flight == samples` each ask sees all
            outcomes of the one before: a generation barrier, and the same run every time for the same seed.
        history: earlier proposals listed in a prompt with their scores, the latest last.
        failures: of the latest failures, how many a prompt shows.
        burn_in: whether the task's baselines are verified with its seeds, before the first proposal; all of these then
            stand in every prompt with what was measured.
        repair: whether a candidate that crashes, or an answer that cannot be read, gets one more ask with its error.
        reflect: after so many verdicts the model is asked for lessons, which the prompts show from then on; 0: never.
        lessons: of these, how many, the latest.
        models: how several models share the asks, where no weights are given.
        temperatures: one for each ask, in turn; none: the model's own.
        characters: of one prompt's text; what is cut first is said in `refine.prompts`.
        params: sampling parameters for the model.
    """

    name: str
    about: str
    archive: Callable[[Task], Archive]
    spec: dict[str, Json]
    moves: tuple[Move, ...] = (Move(),)
    samples: int = 4
    in_flight: int = 16
    history: int = 0
    failures: int = 3
    burn_in: bool = False
    repair: bool = False
    reflect: int = 0
    lessons: int = 2
    models: Shared = "bandit"
    temperatures: tuple[float, ...] = ()
    characters: int = 60_000
    params: dict[str, Json] = field(default_factory=dict)

    def described(self) -> dict[str, Json]:
        """What the journal records: all that shapes an ask."""
        sizes: dict[str, Json] = {"samples": self.samples, "in_flight": self.in_flight}
        shown: dict[str, Json] = {"history": self.history, "failures": self.failures, "characters": self.characters}
        learnt: dict[str, Json] = {"repair": self.repair, "reflect": self.reflect, "lessons": self.lessons}
        asked: dict[str, Json] = {"temperatures": list(self.temperatures), "params": self.params, "models": self.models}
        moves: list[Json] = [dict(move.described()) for move in self.moves]
        known: dict[str, Json] = (
            {"burn_in": True} if self.burn_in else {}
        )  # left out: journals from before it know none
        return {"name": self.name, "archive": self.spec, "moves": moves, **sizes, **shown, **learnt, **asked, **known}

    def sized(self, *, samples: int | None = None, in_flight: int | None = None) -> Strategy:
        """The same strategy with other sizes. `in_flight` holds one ask's samples at least, and unless it is given no
        more where it held no more: a strategy that learns from all of a batch before the next one keeps doing so.
        """
        n = self.samples if samples is None else samples
        kept = n if self.in_flight == self.samples else self.in_flight
        return replace(self, samples=n, in_flight=max(n, kept if in_flight is None else in_flight))

    def move(self, rng: np.random.Generator) -> Move:
        """The move of an ask. A strategy with one move draws nothing."""
        if len(self.moves) == 1:
            return self.moves[0]
        weights = np.array([move.weight for move in self.moves])
        return self.moves[int(rng.choice(len(self.moves), p=weights / weights.sum()))]

    def sampling(self, ask: int) -> dict[str, Json]:
        """The sampling parameters of an ask."""
        if not self.temperatures:
            return dict(self.params)
        return {"temperature": self.temperatures[ask % len(self.temperatures)], **self.params}


def names() -> tuple[str, ...]:
    """The presets, then what other packages bring."""
    return (*_presets(), *sorted(_plugged()))


def preset(name: str) -> Strategy:
    """A strategy by name, to be sized if need be: `refine.preset("default").sized(samples=8)`.

    `name` is one of `names()`, or "MODULE:FUNCTION" for a function of one's own that returns a Strategy.

    Raises:
        UsageError: there is none of that name, or what it names returns no Strategy.
    """
    made = _maker(name)()
    if not isinstance(made, Strategy):
        raise UsageError(f"the strategy {name!r} is a {type(made).__name__}: it must be a function that returns one")
    return made


def usual(task: Task, *, embedded: bool) -> Strategy:
    """What a run uses that names no strategy: `evolve` for the embedded proposer, `default` for a model.

    A task that says where a first run ends is a slow one: its candidates are shared out among generations, since one or
    two would learn nothing from what was verified.
    """
    if not embedded:
        return preset("default")
    found, budget = preset("evolve"), task.budget
    if budget is None or budget.candidates is None:
        return found
    return found.sized(samples=min(found.samples, max(1, budget.candidates // GENERATIONS)))


def _maker(name: str) -> Callable[[], object]:
    presets, plugged = _presets(), _plugged()
    if name in presets:
        return presets[name]
    try:
        if name in plugged:
            return _callable(name, plugged[name]())
        if ":" in name:
            module, _, function = name.partition(":")
            return _callable(name, getattr(import_module(module), function))
    except (ImportError, AttributeError) as error:
        raise UsageError(f"the strategy {name!r} cannot be loaded: {error}") from error
    raise UsageError(f"there is no strategy {name!r}; there are: {', '.join(names())}")


def _callable(name: str, found: object) -> Callable[[], object]:
    if not callable(found):
        raise UsageError(f"the strategy {name!r} is a {type(found).__name__}: it must be a function that returns one")
    return found


def _presets() -> dict[str, Callable[[], Strategy]]:
    from refine.strategies.presets import PRESETS  # noqa: PLC0415 - they are made of what is defined here

    return PRESETS


def _plugged() -> dict[str, Callable[[], object]]:
    return {entry.name: entry.load for entry in entry_points(group=GROUP)}
