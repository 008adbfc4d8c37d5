from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from refine.budget import Budget
from refine.cli.wish import Wish, advice, budget, options, recorded, shared, strategy
from refine.errors import UsageError
from refine.strategies import Strategy, preset
from tests.fakes import toy
from tests.recorded import record


def test_each_limit_replaces_its_default(tmp_path: Path) -> None:
    task = toy(tmp_path)
    task.target = 7.0
    plain = budget(Wish("t"), task, None)
    assert (plain.candidates, plain.patience, plain.target, plain.usd) == (2000, 1000, 7.0, None)
    lm = budget(Wish("t", model=["openai/x"], usd=2.0), task, None)
    assert (lm.candidates, lm.patience, lm.target, lm.usd) == (200, 100, 7.0, 2.0)
    assert budget(Wish("t", candidates=50), task, None).patience == 1000
    assert budget(Wish("t", patience=0), task, None).patience is None


def test_a_tasks_own_budget_stands_where_no_option_does(tmp_path: Path) -> None:
    task = toy(tmp_path)
    task.target, task.budget = 7.0, Budget(candidates=60, seconds=900)
    for model in (None, ["openai/x"]):
        own = budget(Wish("t", model=model), task, None)
        assert (own.candidates, own.patience, own.target, own.seconds) == (60, 30, 7.0, 900)
    given = budget(Wish("t", candidates=500, patience=0, seconds=60), task, None)
    assert (given.candidates, given.patience, given.seconds) == (500, None, 60)
    assert given.in_words() == "500 candidates, 60 s, target 7"
    task.budget = Budget(patience=5)
    assert budget(Wish("t"), task, None).in_words() == "2000 candidates, 5 without an improvement, target 7"
    assert Budget().in_words() == "no limit"


def test_what_is_out_of_range_names_its_option(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--usd 0"):
        budget(Wish("t", usd=0.0), toy(tmp_path), None)
    with pytest.raises(UsageError, match="--top-p 0"):
        options(Wish("t", top_p=0.0))


@pytest.mark.parametrize("price", ["1", "1,2,3", "a,b", "-1,2", ""])
def test_a_price_is_two_numbers(price: str) -> None:
    with pytest.raises(UsageError, match="write two numbers"):
        options(Wish("t", price=price))


def test_options_are_passed_on() -> None:
    made = options(Wish("t", temperature=0.5, max_tokens=9, price="3,15", api_base="http://x"))
    assert made.price is not None
    assert (made.temperature, made.max_tokens, made.price.completion, made.api_base) == (0.5, 9, 15.0, "http://x")


async def test_a_recording_is_repeated_as_it_was(tmp_path: Path) -> None:
    task = toy(tmp_path)
    path = await record(task, tmp_path / "run.db", strategy=preset("evolve").sized(samples=3), candidates=25)
    wish = Wish("t", model=[f"replay:{path}"])
    had = recorded(wish.recording)
    assert had is not None
    assert strategy(wish, task, had).described() == had.started.strategy
    allowed = budget(wish, task, had)
    assert (allowed.candidates, allowed.patience) == (25, None)
    assert budget(Wish("t", model=wish.model, candidates=9), task, had).candidates == 9


def test_no_recording_where_others_answer() -> None:
    assert recorded(Wish("t").recording) is None
    assert recorded(Wish("t", model=["replay:none.db"]).recording) is None
    assert Wish("t", model=["replay:a.db", "mutate"]).recording is None


def test_the_default_strategy_is_the_models(tmp_path: Path) -> None:
    task = toy(tmp_path)
    assert strategy(Wish("t"), task, None).name == "evolve"
    assert strategy(Wish("t", model=["openai/x"]), task, None).name == "default"
    sized = strategy(Wish("t", strategy="drift", samples=5, in_flight=2), task, None)
    assert (sized.name, sized.samples, sized.in_flight) == ("drift", 5, 5)


def test_a_short_run_has_several_generations_still(tmp_path: Path) -> None:
    task = toy(tmp_path)
    task.budget = Budget(candidates=60)
    assert (strategy(Wish("t"), task, None).samples, strategy(Wish("t"), task, None).in_flight) == (6, 6)
    assert strategy(Wish("t", candidates=9), task, None).samples == 6, "else a run could not go on with a larger budget"
    assert strategy(Wish("t", strategy="evolve"), task, None).samples == 32, "a preset that is named is that preset"
    assert strategy(Wish("t", model=["openai/x"]), task, None).described() == preset("default").described()
    task.budget = Budget(candidates=5)
    assert strategy(Wish("t"), task, None).samples == 1
    task.budget = Budget(seconds=60)
    assert strategy(Wish("t"), task, None).samples == 32


def test_the_command_again_with_other_values() -> None:
    wish = Wish("t", argv=("run", "my task", "--candidates", "5", "--fresh", "--usd=3"))
    assert wish.command() == "refine run 'my task' --candidates 5 --usd=3"
    assert wish.command("--candidates", "9") == "refine run 'my task' --usd=3 --candidates 9"
    assert wish.command("--usd", "6") == "refine run 'my task' --candidates 5 --usd 6"
    assert wish.command(fresh=True).endswith("--usd=3 --fresh")


def test_lessons_can_be_left_out(tmp_path: Path) -> None:
    task = toy(tmp_path)
    assert strategy(Wish("t", reflect=9), task, None).reflect == 9
    assert strategy(Wish("t", reflection=False), task, None).reflect == 0
    assert strategy(Wish("t", strategy="tests.cli.test_wish:teaching"), task, None).reflect == 20
    assert strategy(Wish("t", strategy="tests.cli.test_wish:teaching", reflection=False), task, None).reflect == 0
    with pytest.raises(UsageError, match="--reflect 9 and --no-reflection exclude each other"):
        strategy(Wish("t", reflect=9, reflection=False), task, None)


def teaching() -> Strategy:
    return replace(preset("default"), reflect=20)


def test_how_models_share_the_asks() -> None:
    assert shared(Wish("t")) is None
    assert shared(Wish("t", share="bandit")) == "bandit"
    with pytest.raises(UsageError, match="--share evenly: write bandit or weighted"):
        shared(Wish("t", share="evenly"))


def test_a_chance_is_a_limit_under_the_name_of_its_option(tmp_path: Path) -> None:
    made = budget(Wish("t", chance=0.01, chance_usd=2.0), toy(tmp_path), None)
    assert (made.chance, made.chance_usd) == (0.01, 2.0)
    with pytest.raises(UsageError, match="--min-chance 1.5"):
        budget(Wish("t", chance=1.5), toy(tmp_path), None)
    with pytest.raises(UsageError, match="--min-chance-usd 0.0"):
        budget(Wish("t", chance_usd=0.0), toy(tmp_path), None)


def test_advice_is_words_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("say.md").write_text("Pay for smooth motion.\n")
    asked = Wish("toy", model=["manual"])
    assert advice(asked) is None
    assert advice(replace(asked, advice=" Up. ")) == "Up."
    assert advice(replace(asked, advice="@say.md")) == "Pay for smooth motion."
    assert advice(replace(asked, advice="")) == ""
    assert advice(Wish("toy", advice="")) == "", "taking it back needs no model that reads"


@pytest.mark.parametrize(
    ("words", "model", "says"),
    [
        ("@nowhere.md", ["manual"], "--advice @nowhere.md: the file cannot be read"),
        ("x" * 8001, ["manual"], "8001 characters"),
        ("Up.", None, "reads no words"),
    ],
)
def test_advice_that_nobody_could_read_is_refused(words: str, model: list[str] | None, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        advice(Wish("toy", model=model, advice=words))
