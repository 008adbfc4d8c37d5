"""Two laws on formulas of every kind: what identities rewrite is never refuted, what was changed is never proved.

The pairs, and their labels by values, are those that `benchmarks/solvers.py` counts with; here every run draws others.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.families import Over
from benchmarks.pairs import Pair, pairs
from refine.verifiers.symbolic import plain
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
