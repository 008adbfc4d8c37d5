from __future__ import annotations

import json

import pytest

from refine import strategies
from refine.errors import UsageError
from refine.strategies import Strategy, names, preset


@pytest.mark.parametrize("name", names())
def test_a_preset_says_all_that_shapes_an_ask(name: str) -> None:
    described = preset(name).described()
    assert described["name"] == name
    assert {"archive", "moves", "samples", "in_flight", "params", "history", "repair"} <= described.keys()
    assert json.loads(json.dumps(described)) == preset(name).described()


def test_sizes_fit_together() -> None:
    wide = preset("default").sized(samples=64)
    assert (wide.samples, wide.in_flight) == (64, 64)
    narrow = preset("default").sized(in_flight=1)
    assert narrow.in_flight == narrow.samples, "one ask fits in, or nothing could ever be asked"
    generation, stream = preset("eureka"), preset("default").sized(in_flight=16)
    assert generation.sized(samples=4).in_flight == 4, "what waits for a whole batch still does"
    assert stream.sized(samples=4).in_flight == 16, "what does not wait, does not begin to"


def test_the_control_is_the_same_search_but_for_selection() -> None:
    evolve, drift = preset("evolve").described(), preset("drift").described()
    assert evolve.pop("archive") != drift.pop("archive")
    assert {**evolve, "name": ""} == {**drift, "name": ""}


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(UsageError, match="there is no strategy 'evolv'; there are: default, evolve, drift"):
        preset("evolv")


def mine() -> Strategy:
    return preset("default").sized(samples=7)


def test_a_function_of_ones_own_is_a_strategy(monkeypatch: pytest.MonkeyPatch) -> None:
    assert preset("tests.test_strategies:mine").samples == 7
    monkeypatch.setattr(strategies, "_plugged", lambda: {"plugged": lambda: mine})
    assert "plugged" in names()
    assert preset("plugged").samples == 7


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("tests.test_strategies:nobody", "cannot be loaded: .*nobody"),
        ("no.such.module:f", "cannot be loaded"),
        ("tests.test_strategies:json", "must be a function that returns one"),
        ("builtins:dict", "is a dict: it must be a function that returns one"),
    ],
)
def test_what_is_no_strategy_is_said(name: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        preset(name)
