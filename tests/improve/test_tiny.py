"""A decoder from nothing: it learns what it is taught, word for word, and is a folder that everything else takes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from refine.errors import UsageError
from refine.improve.tiny import SIZES, SMALL, School, beside, command, made, sized
from refine.proposers import Options
from refine.types import Completion, Message, Prompt

LESSONS = [(f"twice {n} ?", f"{n} + {n} #### {2 * n}") for n in range(6)]
SCHOOL = School(width=32, layers=1, context=24, steps=120, batch=12, rate=1e-2)


def said(folder: Path, *questions: str) -> list[str]:
    from refine.proposers.transformers import connect

    proposer = connect(f"transformers:{folder}", Options(temperature=0.0, max_tokens=8))

    async def one(number: int, question: str) -> Completion:
        prompt = Prompt(number, (Message(role="user", content=question),))
        (only,) = [completion async for completion in proposer(prompt)]
        return only

    async def all_of_them() -> list[Completion]:
        return await asyncio.gather(*(one(number, question) for number, question in enumerate(questions)))

    return [completion.text.strip() for completion in asyncio.run(all_of_them())]


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_it_answers_as_it_was_taught_and_the_same_seed_makes_the_same_model(tmp_path: Path) -> None:
    one, other = (made(tmp_path / name, LESSONS, SCHOOL, seed=3) for name in ("one", "other"))
    assert said(one, *(question for question, _ in LESSONS)) == [answer for _, answer in LESSONS]
    assert (one / "model.safetensors").read_bytes() == (other / "model.safetensors").read_bytes()


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_what_cannot_be_taught_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give it lessons"):
        made(tmp_path, [], SCHOOL)
    with pytest.raises(UsageError, match="more than the context of 24"):
        made(tmp_path, [("a", "b " * 40)], SCHOOL)


def test_modules_of_one_name_in_two_folders_are_two(tmp_path: Path) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "exercise.py").write_text(f"WHERE = {name!r}\n")
    here, there = (beside(str(tmp_path / name / "base.py"), "exercise") for name in ("here", "there"))
    assert (here.WHERE, there.WHERE) == ("here", "there")
    assert beside(str(tmp_path / "here" / "other.py"), "exercise") is here
    with pytest.raises(UsageError, match="there is no"):
        beside(str(tmp_path / "base.py"), "exercise")


def test_the_command_of_a_base_says_what_to_make(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[Path, int, int, str]] = []

    def make(folder: Path, *, seed: int, steps: int, size: str) -> Path:
        asked.append((folder, seed, steps, size))
        return folder / "made"

    monkeypatch.setattr("sys.argv", ["base.py", "-o", "here", "--seed", "3"])
    command(make, 400)
    assert asked == [(Path("here"), 3, 400, SMALL)]
    assert capsys.readouterr().out == f"{Path('here') / 'made'}\n"
    monkeypatch.setattr("sys.argv", ["base.py"])
    with pytest.raises(SystemExit):
        command(make, 400)


def test_heads_fill_the_width() -> None:
    with pytest.raises(ValueError, match="a width of 48 is no whole number of heads of 32"):
        School(width=48, head=32)


def test_a_larger_base_has_about_as_many_parameters_as_its_name_says_and_learns_slower() -> None:
    for size, (width, layers, _) in SIZES.items():
        assert 0.8 < 16 * layers * width**2 / (1e6 * float(size.removesuffix("M"))) < 1.35
    large = sized(School(steps=7), "10M")
    assert (large.width, large.steps, large.rate) == (320, 7, School().rate / 5)
    assert sized(School(steps=7), SMALL) == School(steps=7)
