from __future__ import annotations

from dataclasses import replace

import pytest

from refine.errors import Fault
from refine.proposers import Proposer
from refine.proposers.mixed import mixed
from refine.proposers.roles import Roles
from tests.proposers.asking import answers, prompt
from tests.proposers.scripted import Scripted


async def test_lessons_are_asked_of_the_reflector_and_of_nobody_else() -> None:
    proposer, reflector = Scripted("a"), Scripted("b")
    both = Roles(proposer, {"lessons": reflector})
    assert isinstance(both, Proposer)
    assert both.name == "a"
    assert [c.model for c in await answers(both, prompt(ask=1))] == ["a"]
    assert [c.model for c in await answers(both, replace(prompt(ask=2), wants="lessons", model="b"))] == ["b"]
    assert (proposer.asked, reflector.asked) == ([(1, 0)], [(2, 0)])


async def test_price_check_and_close_reach_both() -> None:
    proposer, reflector = Scripted("a"), Scripted("b", priced=False, faults={0: Fault("model", "b is down")})
    both = Roles(proposer, {"lessons": reflector})
    assert not both.price_known()
    assert Roles(proposer, {"lessons": Scripted("c")}).price_known()
    with pytest.raises(Fault, match="b is down"):
        await both.check()
    await both.aclose()
    assert (proposer.closed, reflector.closed) == (1, 1)


async def test_a_mix_behind_it_still_answers_by_name() -> None:
    both = Roles(mixed([(Scripted("a"), 1), (Scripted("b"), 1)]), {"lessons": Scripted("c")})
    got = await answers(both, replace(prompt(range(6)), model="b"))
    assert {c.model for c in got} == {"b"}
