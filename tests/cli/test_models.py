"""Several models and a reflector by the command line: run, show, replay, and what does not fit together."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from refine.events import Answered, Asked, Verified
from refine.journal import Journal
from tests.stub_model import Stub

Refine = Callable[..., int]
Captured = pytest.CaptureFixture[str]
NONE = ("--sandbox", "none", "--workers", 1, "--no-control")
TEAM = ("-m", "hosted_vllm/a", "-m", "hosted_vllm/b", "--reflector", "hosted_vllm/c", "--reflect", 5)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSTED_VLLM_API_KEY", "sk-stub")


def told(capsys: Captured) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_run_with_several_models_its_table_and_its_replay(refine: Refine, capsys: Captured, doubles: str) -> None:
    with Stub() as stub:
        sizes = ("--candidates", 24, "--samples", 2, "--in-flight", 4, "--api-base", stub.url)
        assert refine("run", doubles, *TEAM, *sizes, *NONE, "--json", "-o", "a.db") == 0
        one, asked = told(capsys), len(stub.requests)
        assert refine("run", doubles, "--model", "replay:a.db", *NONE, "--json", "-o", "b.db") == 0
        two = told(capsys)
        assert len(stub.requests) == asked, "a replay asks nobody"
    assert (two["curve"], two["counts"], two["models"]) == (one["curve"], one["counts"], one["models"])
    by = {row["model"]: row for row in one["models"]}
    assert by.keys() == {"hosted_vllm/a", "hosted_vllm/b", "hosted_vllm/c"}
    assert by["hosted_vllm/c"]["answers"] == by["hosted_vllm/c"]["lessons"] > 1
    assert by["hosted_vllm/a"]["recently"] + by["hosted_vllm/b"]["recently"] == pytest.approx(1)
    assert all(row["seconds"] > 0 for row in by.values())
    assert refine("replay", "a.db", doubles) == 0
    assert refine("show", "a.db") == 0
    shown = capsys.readouterr().out
    assert "lessons   by hosted_vllm/c" in shown
    assert "of the last quarter" in shown
    with Journal.read(Path("a.db")) as journal:
        events = [fact.event for fact in journal.facts()]
    asks = {event.ask: event.model for event in events if isinstance(event, Asked)}
    assert all(event.model == asks[event.ask] for event in events if isinstance(event, Answered) and event.ask)


def test_weights_are_shares_and_no_bandits(refine: Refine, capsys: Captured, doubles: str) -> None:
    with Stub() as stub:
        mix = ("-m", "hosted_vllm/a=0.5", "-m", "hosted_vllm/b=0.5", "--api-base", stub.url)
        assert refine("run", doubles, *mix, "--candidates", 9, *NONE, "--json", "-o", "a.db") == 0
        assert told(capsys)["strategy"]["models"] == "weighted"
        assert refine("run", doubles, *mix, "--share", "bandit", *NONE) == 2
    assert "weights and --share bandit exclude each other" in capsys.readouterr().err


def test_another_reflector_is_another_run(refine: Refine, capsys: Captured, doubles: str) -> None:
    with Stub() as stub:
        command = ("run", doubles, *TEAM, "--api-base", stub.url, *NONE, "--candidates", 6, "-o", "a.db")
        assert refine(*command) == 0
        assert refine(*command, "--reflector", "hosted_vllm/d") == 1
    assert "its reflector is hosted_vllm/c, not hosted_vllm/d" in capsys.readouterr().err


def test_a_run_ends_by_its_chance_and_says_so(refine: Refine, capsys: Captured, doubles: str) -> None:
    with Stub(always="garbage") as stub:
        command = ("-m", "hosted_vllm/a", "--api-base", stub.url, "--min-chance", 0.09, "--samples", 1)
        assert refine("run", doubles, *command, "--in-flight", 1, *NONE, "-o", "a.db") == 0
    said = capsys.readouterr()
    assert "ended (converged): the chance that a candidate improves is 0.0833, under 0.09" in said.out
    assert "0 improvements in the last 5 candidates" in said.out
    assert "--min-chance 0.0417" in said.err


def test_improvements_per_dollar_need_a_price(refine: Refine, capsys: Captured, doubles: str) -> None:
    with Stub() as stub:
        assert refine("run", doubles, "-m", "hosted_vllm/a", "--api-base", stub.url, "--min-chance-usd", 1) == 2
    assert "has no known price" in capsys.readouterr().err


EMBED = ("--novelty-model", "openai/text-embedding-3-small", "--novelty", 0.9999)


def test_near_duplicates_are_shown_and_replayed_without_the_models(
    refine: Refine, capsys: Captured, doubles: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-stub")
    with Stub() as stub:
        model = ("-m", "openai/gpt-4o-mini", "--api-base", stub.url, *EMBED)
        # the stub's embedding counts letters, and its programs differ in digits alone: all are too like the seed
        assert refine("run", doubles, *model, "--candidates", 8, *NONE, "--json", "-o", "a.db") == 0
        one, asked = told(capsys), len(stub.requests)
        assert refine("run", doubles, "--model", "replay:a.db", *NONE, "--json", "-o", "b.db") == 0
        two = told(capsys)
        assert len(stub.requests) == asked, "a replay embeds nothing"
        other = ("--novelty", 0.5)
        assert refine("run", doubles, *model[:-2], *other, "--candidates", 8, *NONE, "-o", "a.db") != 0
        assert "its novelty is 0.9999, not 0.5" in capsys.readouterr().err
    assert (two["counts"], two["spend"]) == (one["counts"], one["spend"])
    assert one["counts"]["repeats"] == 7
    assert 0 < one["counts"]["too_alike"] <= 7
    assert {row["model"] for row in one["spend"]} == {"openai/gpt-4o-mini", "openai/text-embedding-3-small"}
    assert refine("replay", "a.db", doubles) == 0
    with Journal.read(Path("a.db")) as journal:
        events = [fact.event for fact in journal.facts()]
    name = next(event.candidate for event in events if isinstance(event, Verified) and event.alike)
    capsys.readouterr()
    assert refine("show", "a.db", name) == 0
    shown = capsys.readouterr().out
    assert "not verified, rejected as near-duplicate of" in shown
    assert refine("show", "a.db", name, "--json") == 0
    assert told(capsys)["alike"]["similarity"] > 0.9999
    assert refine("show", "a.db") == 0
    assert f"{one['counts']['too_alike']} of them too like another" in capsys.readouterr().out


def test_a_similarity_without_a_model_is_refused(refine: Refine, capsys: Captured, doubles: str) -> None:
    assert refine("run", doubles, "--novelty", 0.9, *NONE) == 2
    assert "--novelty-model" in capsys.readouterr().err
