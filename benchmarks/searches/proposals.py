"""Strategies on trial, for `--methods benchmarks.searches.proposals:NAME`; beside the presets, not instead of them."""

from __future__ import annotations

from dataclasses import replace

from refine.archives.topk import TopK
from refine.strategies import Move, Strategy, preset

_CROSS = "Combine what is best in the programs shown into one."
_FRESH = "Try another idea for the part that gains least."


def _greedy(name: str, in_flight: int) -> Strategy:
    """From the best so far; every twentieth ask crosses it, as many begin a part afresh."""
    return replace(
        preset("default"),
        name=name,
        about="one change of the best at a time, now and then a crossing or a fresh start of a part",
        archive=lambda task: TopK(task.direction, size=32, pressure=0.5),
        spec={"kind": "top-k", "size": 32, "pressure": 0.5},
        moves=(
            Move("improve", 0.9, parents=1),
            Move("cross", 0.05, parents=2, say=_CROSS),
            Move("fresh", 0.05, parents=1, say=_FRESH),
        ),
        samples=1,
        in_flight=in_flight,
    )


def greedy() -> Strategy:
    return _greedy("greedy", 1)


def greedy_4() -> Strategy:
    return _greedy("greedy_4", 4)


def greedy_2() -> Strategy:
    return _greedy("greedy_2", 2)
