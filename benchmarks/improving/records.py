"""One benchmark of one seed: its folder, its rounds, and the JSON lines that they leave."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refine.distill.samples import Sample
from refine.improve.exercise import Exercise
from refine.improve.methods import surveyed
from refine.improve.rounds import Method, Round, Rules, Setting, improve, stop
from refine.improve.serving import transformers
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

    `arms` are those that are wanted; all where none is named.
    """

    output: Path
    what: str
    family: str
    seed: int
    rounds: int
    arms: tuple[str, ...] = ()

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


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []


def base(bench: Bench, also: Also, make: Callable[[Path], Path]) -> None:
    """Makes the base where it is not there; what `also` finds of it is the line of round 0."""
    if not (bench.base / "config.json").is_file():
        make(bench.base)
    if not bench.has("base", 0):
        bench.write("base", 0, also(bench.base, bench.folder / "base"))


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
    folder = bench.folder / arm.name
    if arm.alike:
        share(bench.folder / arm.alike / "round-1", folder / "round-1")
    done: list[Round] = []
    begun = time.process_time()

    def observe(one: Round) -> None:
        nonlocal begun
        if not bench.has(arm.name, one.number):
            bench.write(arm.name, one.number, found(one, time.process_time() - begun))
        done.append(one)
        begun = time.process_time()

    def found(one: Round, used: float) -> dict[str, Any]:
        now = folder / f"round-{one.number}"
        told = one.model_dump(mode="json", exclude_none=True, exclude={"number", "stop"})
        told |= {"would_stop": stop(one, done, Rules()), "cpu_s": round(used, 1)}
        return told | arm.also(now / "model", now)

    improve(
        arm.exercise,
        bench.base,
        folder,
        arm.method,
        ENDLESS.model_copy(update={"rounds": arm.rounds}),
        connect=transformers,
        seed=1000 * bench.seed,
        observe=observe,
    )


def share(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in SHARED:
        if (source / name).is_file() and not (target / name).exists():
            shutil.copyfile(source / name, target / name)


def setting(exercise: Exercise, model: Path, folder: Path) -> Setting:
    folder.mkdir(parents=True, exist_ok=True)
    return Setting(exercise, transformers(model), folder, 7)


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
    return surveyed(plan, setting(exercise, model, folder), "held-out", verify)
