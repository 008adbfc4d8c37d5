from __future__ import annotations

import pytest

from refine.errors import UsageError
from refine.strategies import names, preset


@pytest.mark.parametrize("name", names())
def test_a_preset_says_all_that_shapes_an_ask(name: str) -> None:
    described = preset(name).described()
    assert described["name"] == name
    assert {"archive", "parents", "samples", "in_flight", "params"} <= described.keys()
    assert preset(name).described() == described


def test_sizes_fit_together() -> None:
    wide = preset("default").sized(samples=64)
    assert (wide.samples, wide.in_flight) == (64, 64)
    narrow = preset("default").sized(in_flight=1)
    assert narrow.in_flight == narrow.samples, "one ask fits in, or nothing could ever be asked"


def test_the_control_is_the_same_search_but_for_selection() -> None:
    evolve, drift = preset("evolve"), preset("drift")
    assert (evolve.parents, evolve.samples, evolve.in_flight) == (drift.parents, drift.samples, drift.in_flight)
    assert evolve.spec != drift.spec


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(UsageError, match="there is no strategy 'evolv'; there are: default, evolve, drift"):
        preset("evolv")
