from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.errors import Fault
from refine.proposers import Proposer
from refine.proposers.mixed import mixed
from refine.types import Completion
from tests.proposers.asking import answers, prompt, take
from tests.proposers.scripted import Scripted


def test_a_proposer_made_of_proposers_is_a_proposer() -> None:
    both = mixed([(Scripted("a"), 0.7), (Scripted("b"), 0.3)])
    assert isinstance(both, Proposer)
    assert both.name == "a=0.7 b=0.3"


async def test_every_sample_is_answered_once_by_the_part_that_was_asked() -> None:
    a, b = Scripted("a"), Scripted("b")
    got = await answers(mixed([(a, 1), (b, 1)]), prompt(range(20), ask=3))
    assert sorted(c.sample for c in got) == list(range(20))
    assert {c.sample for c in got if c.model == "a"} == {sample for _, sample in a.asked}
    assert a.asked
    assert b.asked


@given(st.integers(0, 2**32), st.integers(0, 10**6), st.integers(1, 12), st.integers(0, 12))
async def test_who_is_asked_depends_on_seed_ask_and_sample_alone(seed: int, ask: int, count: int, cut: int) -> None:
    """A resumed run asks for the samples that are missing, and must ask the same parts for them."""
    whole = {c.sample: c.model for c in await answers(_abc(), prompt(range(count), ask=ask, seed=seed))}
    rest = {c.sample: c.model for c in await answers(_abc(), prompt(range(cut, count), ask=ask, seed=seed))}
    assert rest == {sample: model for sample, model in whole.items() if sample >= cut}


async def test_weights_are_shares() -> None:
    got = Counter([c.model for ask in range(300) for c in await answers(_abc(), prompt(range(10), ask=ask))])
    shares = {name: count / 3000 for name, count in got.items()}
    assert shares == pytest.approx({"a": 0.5, "b": 0.3, "c": 0.2}, abs=0.04)


async def test_a_part_that_fails_does_not_lose_what_the_others_were_paid_for() -> None:
    b = Scripted("b", faults={sample: Fault("model", "b is down") for sample in range(20)})
    got: list[Completion] = []
    with pytest.raises(Fault, match="b is down"):
        await take(mixed([(b, 1), (Scripted("a"), 1)]), prompt(range(20)), got)
    assert {c.model for c in got} == {"a"}
    assert len(got) == 20 - len(_asked_of_b())


async def test_price_check_and_close_reach_every_part() -> None:
    parts = [Scripted("a"), Scripted("b", priced=False), Scripted("c", faults={0: Fault("model", "c is down")})]
    three = mixed([(part, 1.0) for part in parts])
    assert not three.price_known()
    assert mixed([(parts[0], 1.0), (parts[2], 1.0)]).price_known()
    with pytest.raises(Fault, match="c is down"):
        await three.check()
    await three.aclose()
    assert [part.closed for part in parts] == [1, 1, 1]


def _abc() -> Proposer:
    return mixed([(Scripted("a"), 5), (Scripted("b"), 3), (Scripted("c"), 2)])


def _asked_of_b() -> list[int]:
    """Which of the 20 samples above go to the first part."""
    both = mixed([(Scripted("b"), 1), (Scripted("a"), 1)])
    return [sample for sample in range(20) if both._pick(prompt(), sample) == 0]


async def test_an_ask_that_names_a_model_goes_there_whole() -> None:
    three = mixed([(Scripted("a"), 1), (Scripted("b"), 1), (Scripted("a"), 1)])
    assert three.models == ("a", "b")
    got = await answers(three, replace(prompt(range(20)), model="b"))
    assert Counter(c.model for c in got) == {"b": 20}
