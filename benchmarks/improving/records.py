"""One benchmark of one seed: its folder, its rounds, and the JSON lines that they leave."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.improving.clock import Clock, TimeUpError
from refine.distill.samples import Sample
from refine.distill.train import Recipe
from refine.improve.exercise import Exercise
from refine.improve.rounds import Method, improve
from refine.improve.serving import Connect, serving, transformers
from refine.improve.setting import Setting, surveyed
from refine.improve.stopping import Round, Rules, stop
from refine.improve.tiny import SMALL, slower
from refine.questions import Question, Verify
from refine.survey import Plan
from refine.types import Json

ENDLESS = Rules(rounds=1, patience=1000, diversity=0, judgement=0, fall=1)
"""Nothing ends the rounds but their number: a benchmark looks beyond."""
SHARED = ("before.db", "before-unrelated.db", "survey.db", "judgements.db")

Also = Callable[[Path, Path], dict[str, Any]]
"""What else is measured, of a model's folder, in a folder to work in."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Where it works, what, on which exercise, with which seed, for how many rounds.

    Attributes:
        arms: those that are wanted; all where none is named.
        size: of the base, one of `refine.improve.tiny.SIZES`.
        serve: who answers for the models, and `lora`: the rank of adapters, None for all weights.
        clock: when it stops.
    """

    output: Path
    what: str
    family: str
    seed: int
    rounds: int
    arms: tuple[str, ...] = ()
    size: str = SMALL
    serve: str = "transformers"
    lora: int | None = None
    clock: Clock = field(default_factory=Clock)

    @property
    def folder(self) -> Path:
        return self.output / f"{self.what}-{self.seed}"

    @property
    def base(self) -> Path:
        return self.output / f"base-{self.family}-{self.seed}"

    @property
    def lines(self) -> Path:
        return self.output / f"{self.what}.jsonl"

    def wants(self, arm: str) -> bool:
        return not self.arms or arm in self.arms

    def has(self, arm: str, number: int) -> bool:
        return any((row["seed"], row["arm"], row["round"]) == (self.seed, arm, number) for row in read(self.lines))

    def write(self, arm: str, number: int, found: dict[str, Any]) -> None:
        row = {"seed": self.seed, "arm": arm, "round": number, **found}
        self.lines.parent.mkdir(parents=True, exist_ok=True)
        with self.lines.open("a") as file:
            file.write(json.dumps(row) + "\n")

    @contextmanager
    def unless_late(self, arm: str, numbers: Iterable[int]) -> Iterator[None]:
        """Ends what is inside when the time is up, and notes which lines of `arm` are missing then."""
        try:
            yield
        except TimeUpError:
            self.clock.left += [(self.seed, arm, number) for number in numbers if not self.has(arm, number)]

    @contextmanager
    def connecting(self, rounds: int) -> Iterator[Connect]:
        """What connects the models of an arm; `setting` takes the same. Raises `TimeUpError`."""
        self.clock.check()
        with serving(self.serve, self.base, lora=self.lora, rounds=rounds) as connect:
            token = _CONNECT.set(self.clock.watching(connect))
            try:
                yield _CONNECT.get()
            finally:
                _CONNECT.reset(token)

    def recipe(self, own: Recipe) -> Recipe:
        """`own` is for the small base: a wider one learns by smaller steps (Yang et al. 2022, Tensor Programs V)."""
        return own.model_copy(update={"rate": own.rate * slower(self.size), "lora": self.lora})


_CONNECT: ContextVar[Connect] = ContextVar("connect", default=transformers)
"""Who answers for the models of the arm that runs; what an arm measures beside is called with folders alone."""


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []


def base(bench: Bench, also: Also, make: Callable[[Path], Path]) -> None:
    """Makes the base where it is not there; what `also` finds of it is the line of round 0."""
    if bench.has("base", 0):
        return
    with bench.unless_late("base", [0]), bench.connecting(0):
        if not (bench.base / "config.json").is_file():
            whole(bench.base, make)
        bench.write("base", 0, also(bench.base, bench.folder / "base"))


def whole(folder: Path, make: Callable[[Path], Path]) -> None:
    """Makes a model that is in `folder` as a whole or not at all."""
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    make(unfinished).rename(folder)


@dataclass(frozen=True, slots=True)
class Arm:
    """A way to go on from the base, for `rounds` rounds; `also` is measured of each new model.

    Its first survey is that of the arm `alike`, which asked the same model the same.
    """

    name: str
    exercise: Exercise
    method: Method
    rounds: int
    also: Also
    alike: str = ""


def run(bench: Bench, arm: Arm) -> None:
    """Runs what is not recorded yet."""
    wanted = range(1, arm.rounds + 1)
    if not bench.wants(arm.name) or all(bench.has(arm.name, number) for number in wanted):
        return
    with bench.unless_late(arm.name, wanted), bench.connecting(arm.rounds) as connect:
        if arm.alike:
            share(bench.folder / arm.alike / "round-1", bench.folder / arm.name / "round-1")
        improve(
            arm.exercise,
            bench.base,
            bench.folder / arm.name,
            dataclasses.replace(arm.method, recipe=bench.recipe(arm.method.recipe)),
            ENDLESS.model_copy(update={"rounds": arm.rounds}),
            connect=connect,
            seed=1000 * bench.seed,
            observe=recorder(bench, arm),
        )


def recorder(bench: Bench, arm: Arm) -> Callable[[Round], None]:
    """Writes the line of each round, where there is none yet."""
    done: list[Round] = []
    begun = time.process_time()

    def observe(one: Round) -> None:
        nonlocal begun
        if not bench.has(arm.name, one.number):
            bench.write(arm.name, one.number, found(one, time.process_time() - begun))
        done.append(one)
        begun = time.process_time()

    def found(one: Round, used: float) -> dict[str, Any]:
        now = bench.folder / arm.name / f"round-{one.number}"
        told = one.model_dump(mode="json", exclude_none=True, exclude={"number", "stop"})
        told |= {"would_stop": stop(one, done, Rules()), "cpu_s": round(used, 1)}
        return told | arm.also(now / "model", now)

    return observe


def share(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in SHARED:
        if (source / name).is_file() and not (target / name).exists():
            shutil.copyfile(source / name, target / name)


def setting(exercise: Exercise, model: Path, folder: Path) -> Setting:
    folder.mkdir(parents=True, exist_ok=True)
    return Setting(exercise, _CONNECT.get()(model), folder, 7)


def asked(
    exercise: Exercise,
    model: Path,
    folder: Path,
    questions: tuple[Question, ...],
    verify: Verify,
    *,
    samples: int,
    temperature: float,
) -> list[Sample]:
    """Samples of held-out questions."""
    params: dict[str, Json] = {"temperature": temperature, "max_tokens": exercise.tokens}
    plan = Plan(questions, samples=samples, params=params, seed=7, in_flight=64)
    now = setting(exercise, model, folder)
    try:
        return surveyed(plan, now, "held-out", verify)
    finally:
        asyncio.run(now.model.aclose())
