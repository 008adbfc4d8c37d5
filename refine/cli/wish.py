"""What the command line asks of a run, turned into what the engine takes."""

from __future__ import annotations

import itertools
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from refine.budget import Budget
from refine.errors import UsageError
from refine.events import Answered, Asked, Started
from refine.journal import Journal
from refine.proposers import Options, Price
from refine.proposers.cassette import is_cassette
from refine.replay import strategy_of
from refine.session import EMBEDDED, default_budget
from refine.strategies import Shared, Strategy, preset, usual
from refine.task import Task

_ADVICE = 8000
_LIMITS = ("candidates", "usd", "tokens", "seconds", "patience", "chance", "chance_usd", "target")


@dataclass(frozen=True, slots=True)
class Wish:
    """The options of `refine run`, as they were given; None where they were not. `argv` is the whole command line."""

    task: str
    model: Sequence[str] | None = None
    candidates: int | None = None
    usd: float | None = None
    tokens: int | None = None
    seconds: float | None = None
    patience: int | None = None
    chance: float | None = None
    chance_usd: float | None = None
    target: float | None = None
    seed: int | None = None
    strategy: str | None = None
    samples: int | None = None
    in_flight: int | None = None
    workers: int | None = None
    sandbox: str = "auto"
    path: Path | None = None
    warm: Path | None = None
    reflect: int | None = None
    reflection: bool = True
    reflector: str | None = None
    share: str | None = None
    repair: bool | None = None
    advice: str | None = None
    fresh: bool = False
    novelty_model: str | None = None
    novelty: float | None = None
    judge_model: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    reasoning_effort: str | None = None
    price: str | None = None
    api_base: str | None = None
    control: bool = True
    as_json: bool = False
    argv: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(self.model or (EMBEDDED,))

    @property
    def embedded(self) -> bool:
        return self.models == (EMBEDDED,)

    @property
    def recording(self) -> Path | None:
        """The recording that is answered from, if that is all that answers."""
        only = self.models[0] if len(self.models) == 1 else ""
        return Path(only.removeprefix("replay:")) if only.startswith("replay:") else None

    def command(self, *changed: str, fresh: bool = False) -> str:
        """The command line again, with other values for some options."""
        given = _without(self.argv, {name for name in changed if name.startswith("--")} | {"--fresh"})
        return shlex.join(["refine", *given, *changed, *(["--fresh"] if fresh else [])])


def _without(argv: Sequence[str], options: set[str]) -> list[str]:
    kept: list[str] = []
    skip = False
    for word in argv:
        if skip:
            skip = False
        elif word.partition("=")[0] in options:
            skip = "=" not in word and word != "--fresh"
        else:
            kept.append(word)
    return kept


def budget(wish: Wish, task: Task, recorded: Recorded | None) -> Budget:
    """The default budget with each limit replaced that was given; of a recording, just as many as it holds."""
    default = default_budget(EMBEDDED if wish.embedded else "", task)
    limits = {name: getattr(default, name) for name in _LIMITS}
    if recorded is not None:
        limits |= {"candidates": recorded.answered, "patience": None, "target": None}
    limits |= {name: given for name in _LIMITS if (given := getattr(wish, name)) is not None}
    if wish.patience == 0:
        limits["patience"] = None
    try:
        return Budget(**limits)
    except ValidationError as error:
        raise unfit(error) from error


def advice(wish: Wish) -> str | None:
    """The words, or those in the file behind an @. Raises `UsageError`: no such file, too long, nobody who reads it."""
    given = wish.advice
    if given is None:
        return None
    if wish.embedded and given:
        raise UsageError(
            "--advice is for a language model: the built-in proposer reads no words; name one with --model"
        )
    try:
        text = (Path(given[1:]).read_text() if given.startswith("@") else given).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--advice {given}: the file cannot be read as text ({error})") from error
    if len(text) > _ADVICE:
        raise UsageError(f"--advice has {len(text)} characters: every prompt shows it, so {_ADVICE} are the most")
    return text


def options(wish: Wish) -> Options:
    names = ("temperature", "top_p", "max_tokens", "reasoning_effort", "api_base")
    return sampling(wish.price, **{name: getattr(wish, name) for name in names})


def sampling(price: str | None, **given: Any) -> Options:  # noqa: ANN401 - what pydantic checks
    """How to ask, as the command line says it. Raises `UsageError` for what does not fit."""
    try:
        return Options(**given, price=_price(price))
    except ValidationError as error:
        raise unfit(error) from error


def unfit(error: ValidationError) -> UsageError:
    """What is wrong with an option that does not fit."""
    first = error.errors()[0]
    name = str(first["loc"][0])
    option = f"min_{name}" if name.startswith("chance") else name
    return UsageError(f"--{option.replace('_', '-')} {first['input']}: {first['msg'].lower()}")


def _price(text: str | None) -> Price | None:
    if text is None:
        return None
    try:
        prompt, completion = (float(part) for part in text.split(","))
        return Price(prompt=prompt, completion=completion)
    except ValueError as error:  # pydantic's errors are ValueErrors, too
        raise UsageError(f"--price {text}: write two numbers, IN,OUT, in USD for a million tokens: 3,15") from error


def strategy(wish: Wish, task: Task, recorded: Recorded | None) -> Strategy:
    """The one that was named, else the recording's, else the default for the model; with the sizes that were given."""
    if wish.strategy is None and recorded is not None:
        found = strategy_of(recorded.started)
    else:
        found = preset(wish.strategy) if wish.strategy else usual(task, embedded=wish.embedded)
    if wish.reflect and not wish.reflection:
        raise UsageError(f"--reflect {wish.reflect} and --no-reflection exclude each other")
    reflect = found.reflect if wish.reflect is None else wish.reflect
    taught = replace(
        found,
        reflect=reflect if wish.reflection else 0,
        repair=found.repair if wish.repair is None else wish.repair,
    )
    return taught.sized(samples=wish.samples, in_flight=wish.in_flight)


def shared(wish: Wish) -> Shared | None:
    """How several models share the asks; None leaves it to weights, if there are any, and to the strategy."""
    match wish.share:
        case None | "bandit" | "weighted":
            return wish.share
        case _:
            raise UsageError(f"--share {wish.share}: write bandit or weighted")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a recorded run was begun with, and how many completions can be answered from it."""

    started: Started
    answered: int


def recorded(path: Path | None) -> Recorded | None:
    """None where there is no recording, or a cassette, which knows no run. Raises `JournalError`."""
    if path is None or not path.is_file() or is_cassette(path):
        return None
    with Journal.read(path) as journal:
        return Recorded(journal.started, max(1, _answered(journal)))


def _answered(journal: Journal) -> int:
    """Completions asked for until the first ask that was broken off before it was answered."""
    events = [fact.event for fact in journal.facts()]
    answers = Counter(event.ask for event in events if isinstance(event, Answered))
    asks = [event for event in events if isinstance(event, Asked)]
    return sum(ask.samples for ask in itertools.takewhile(lambda ask: answers[ask.ask] >= ask.samples, asks))
