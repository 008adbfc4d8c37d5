"""Candidates for archives, and the law that all of them keep."""

from collections.abc import Callable
from random import Random

import numpy as np
from hypothesis import strategies as st

from refine.archives import Added, Archive, wants
from refine.types import Candidate, Outcome, Shown, Verdict


def shown(score: float, text: str = "", metrics: dict[str, float] | None = None, **instances: float) -> Shown:
    outcome = Outcome(verdict=Verdict.PASSED, score=score, instances=instances, metrics=metrics or {})
    return Shown(Candidate(text or f"x = {score}"), outcome)


def ids(archive: Archive) -> list[str]:
    return [s.candidate.id for s in archive]


ENTRIES = st.lists(
    st.builds(
        lambda score, text, a, b, m: shown(score, f"{text}{score}{a}{b}{m}", {"m": m}, a=a, b=b),
        *(st.integers(0, 4), st.text("ab", max_size=3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)),
    ),
    max_size=30,
)


def the_order_makes_no_difference(make: Callable[[], Archive], entries: list[Shown], random: Random) -> Archive:
    """Adds them in two orders; returns one of the two equal archives."""
    asks = {s.candidate.id: 1 + number for number, s in enumerate(entries)}
    shuffled = list(entries)
    random.shuffle(shuffled)
    one, other = make(), make()
    for s in entries:
        wanted = wants(one, s.outcome.score or 0.0, asks[s.candidate.id])
        assert one.add(s, asks[s.candidate.id]) is Added.REFUSED or wanted
    for s in shuffled:
        other.add(s, asks[s.candidate.id])
    assert ids(one) == ids(other)
    assert len(one) == len(ids(one)) == len(set(ids(one)))
    drawn = [archive.sample(np.random.default_rng(3), 3, 7) for archive in (one, other)]
    assert drawn[0] == drawn[1]
    assert {s.candidate.id for s in drawn[0]} <= set(ids(one))
    return one
