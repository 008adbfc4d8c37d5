"""Two laws on formulas and on final answers of every kind: what says the same is never refuted, what was changed is
never proved.

The pairs, and their labels by values, are those that `benchmarks/solvers.py` counts with; here every run draws others.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.answers import KINDS, answers
from benchmarks.families import Over
from benchmarks.pairs import Pair, pairs
from refine.verifiers.answers import Proved, Refuted
from refine.verifiers.symbolic import plain, same_answer
from refine.verifiers.symbolic.claims import answered
from refine.verifiers.symbolic.domain import Domain, Integer, Real, positive

OVER: dict[Over, Domain] = {"real": Real(), "positive": positive(), "natural": Integer(1)}


def said(pair: Pair) -> set[str]:
    """Proved, refuted, undecided, or wrong or fault where a text is refused."""
    domains = plain.written({name: OVER[kind] for name, kind in pair.over.items()})
    reply = answered({"claim": "equals", "statement": pair.left, "candidate": pair.right, "domains": domains})
    assert isinstance(reply, dict)
    return set(reply)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6))
def test_rewritten_is_never_refuted_and_changed_never_proved(seed: int) -> None:
    for pair in pairs(seed, 6):
        assert ("refuted" if pair.equal else "proved") not in said(pair), pair


def test_nearly_all_is_decided() -> None:
    drawn = list(pairs(1, 36))
    decided = [("proved" if pair.equal else "refuted") in said(pair) for pair in drawn]
    assert sum(decided) >= 0.95 * len(drawn)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6))
def test_an_answer_that_says_the_same_is_never_refuted_and_another_never_proved(seed: int) -> None:
    for pair in answers(seed, len(KINDS) + 1):
        wrong = Refuted if pair.same else Proved
        assert not isinstance(same_answer(pair.given, pair.expected), wrong), pair
        assert not isinstance(same_answer(pair.expected, pair.given), wrong), pair


def test_nearly_all_answers_are_decided() -> None:
    drawn = list(answers(1, 3 * (len(KINDS) + 1)))
    decided = [isinstance(same_answer(a.given, a.expected), Proved if a.same else Refuted) for a in drawn]
    assert len({a.kind for a in drawn}) == len(KINDS) + 1
    assert sum(decided) >= 0.98 * len(drawn)


def test_the_same_seed_gives_the_same_answers() -> None:
    assert list(answers(7, 40)) == list(answers(7, 40))
    assert list(answers(7, 40)) != list(answers(8, 40))
