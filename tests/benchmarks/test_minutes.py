"""A benchmark of so many minutes stops between two steps, says what is left, and goes on from there."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks import improve
from benchmarks.improving import records
from benchmarks.improving.clock import Clock, TimeUpError
from benchmarks.improving.records import Arm, Bench, asked, base, run, setting
from refine.distill.rows import Row
from refine.distill.train import Recipe
from refine.improve import rounds
from refine.improve.exercise import Exercise
from refine.improve.methods import lmsi
from refine.improve.serving import Connect
from refine.questions import Question, checked
from refine.types import Completion, Prompt


def questions(first: int, last: int) -> tuple[Question, ...]:
    return tuple(Question(text=f"{n} + {n}?", answer=str(2 * n)) for n in range(first, last))


EXERCISE = Exercise("sums", questions(0, 5), questions(5, 12))


class World:
    """Stands in for models and their training; `late` names a folder at whose first answer the time is up."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.late = ""
        self.recipes: list[Recipe] = []
        self.open: list[str] = []

    @contextmanager
    def serving(self, by: str, first: Path, *, lora: int | None, rounds: int) -> Iterator[Connect]:
        del by, first, lora, rounds
        yield lambda model: Adds(self, model)

    def train(self, _base: Path, _rows: Sequence[Row], out: Path, recipe: Recipe) -> None:
        self.recipes.append(recipe)
        self.make(out)

    def make(self, folder: Path) -> Path:
        folder.mkdir(parents=True)
        (folder / "config.json").write_text("{}")
        return folder


class Adds:
    def __init__(self, world: World, model: Path) -> None:
        self.name = str(model)
        self._world, self._model = world, model
        world.open.append(self.name)

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        if self._world.late and self._world.late in self.name:
            self._world.clock.until = -math.inf
        number = int(prompt.messages[-1].content.split(maxsplit=1)[0])
        for sample in prompt.samples:
            yield Completion(sample=sample, text=f"#### {2 * number}", model=self.name)

    async def aclose(self) -> None:
        if self.name in self._world.open:
            self._world.open.remove(self.name)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(records, "serving", made.serving)
    monkeypatch.setattr(rounds, "train", made.train)
    return made


def bench(world: World, folder: Path, **rest: Any) -> Bench:
    return Bench(folder, "lmsi", "sums", 3, 2, clock=world.clock, **rest)


def arm(world: World) -> Arm:
    def also(model: Path, folder: Path) -> dict[str, Any]:
        said = asked(EXERCISE, model, folder, EXERCISE.held_out, checked, samples=2, temperature=1.0)
        return {"asked": len(said)}

    return Arm("vote", EXERCISE, lmsi(samples=3, recipe=Recipe(rate=1e-3)), 2, also)


def lines(bench: Bench) -> list[tuple[str, int]]:
    return [(row["arm"], row["round"]) for row in records.read(bench.lines)]


def test_nothing_is_begun_when_the_time_is_up(world: World, tmp_path: Path) -> None:
    world.clock.until = -math.inf
    one = bench(world, tmp_path)
    base(one, lambda _model, _folder: {}, world.make)
    run(one, arm(world))
    assert world.clock.left == [(3, "base", 0), (3, "vote", 1), (3, "vote", 2)]
    assert not one.base.exists()
    assert lines(one) == []


@pytest.mark.parametrize("late", ["base", "round-1/model", "round-2/model"])
def test_a_stop_in_the_middle_is_gone_on_from(world: World, tmp_path: Path, late: str) -> None:
    one, world.late = bench(world, tmp_path), late
    world.make(one.base)
    run(one, arm(world))
    stopped = lines(one)
    assert world.clock.left == [(3, "vote", number) for number in (1, 2) if ("vote", number) not in stopped]
    assert world.clock.left
    world.late, world.clock.until, world.clock.left = "", math.inf, []
    run(one, arm(world))
    assert lines(one) == [("vote", 1), ("vote", 2)]
    assert world.clock.left == []
    assert len(world.recipes) == 2  # no round was trained twice
    assert world.open == []


def test_a_base_is_whole_or_not_there(world: World, tmp_path: Path) -> None:
    one = bench(world, tmp_path)

    def breaks(folder: Path) -> Path:
        world.make(folder)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        base(one, lambda _model, _folder: {}, breaks)
    assert not one.base.exists()
    base(one, lambda model, _folder: {"there": model.is_dir()}, world.make)
    assert records.read(one.lines) == [{"seed": 3, "arm": "base", "round": 0, "there": True}]


def test_a_larger_base_is_trained_by_smaller_steps_and_adapters_where_they_are_wanted(
    world: World, tmp_path: Path
) -> None:
    for name, rest in (("small", {}), ("large", {"size": "10M", "lora": 16})):
        one = bench(world, tmp_path / name, **rest)
        world.make(one.base)
        run(one, arm(world))
    assert [(recipe.rate, recipe.lora) for recipe in world.recipes[::2]] == [(1e-3, None), (2e-4, 16)]


def test_what_is_measured_beside_asks_the_same_models_as_the_rounds(world: World, tmp_path: Path) -> None:
    one = bench(world, tmp_path)
    with one.connecting(1):
        assert isinstance(setting(EXERCISE, tmp_path, tmp_path / "work").model, Proxy)
    world.clock.until = -math.inf
    with pytest.raises(TimeUpError), one.connecting(1):
        pass


Proxy = type(Clock().watching(lambda model: Adds(World(), model))(Path()))


@pytest.mark.torch
def test_the_last_line_says_what_is_left_and_a_file_where_it_ran(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def bench(one: Bench) -> None:
        assert (one.size, one.serve, one.lora, one.rounds) == ("10M", "vllm", 8, 2)
        base(one, lambda _model, _folder: {}, world.make)

    monkeypatch.setitem(improve.WHAT, "lmsi", (bench, "sums"))
    call = ["lmsi", "--size", "10M", "--serve", "vllm", "--lora", "8", "--rounds", "2", "--seeds", "2", "--first", "4"]
    for minutes, left in (("0", [4, 5]), ("5", [])):
        monkeypatch.setattr(sys, "argv", ["improve.py", *call, "--minutes", minutes, "-o", str(tmp_path)])
        improve.main()
        said = json.loads(capsys.readouterr().out)
        assert said == {"left": [{"seed": seed, "arm": "base", "round": 0} for seed in left]}
    told = [json.loads(line) for line in (tmp_path / "machines.jsonl").read_text().splitlines()]
    assert [one["call"][:1] for one in told] == [["lmsi"], ["lmsi"]]
    assert all(one["machine"] and one["seconds"] > 0 for one in told)
