"""The candidate's reward, asked over the wall: arrays out, arrays back, and nothing believed.

The simulator, the optimiser, the policy and the fitness stay here. What a candidate can do is to answer, and it is held
to be a function of the transition: early and at the end a sample of all that it was asked is asked again in another
company and order, of a fresh process. What remembers, counts, looks at its neighbours or draws lots says something else
then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from refine.errors import Wrong, require
from refine.verifiers.reward.worlds import Numbers, State

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle
    from refine.verifiers.reward.training import Parts

LARGEST = 1e6
"""A reward beyond this, up or down, says that something explodes."""
MOST_PARTS = 12
KEPT = 24
"""Transitions of each batch that are asked again."""
EARLY = 2
"""After so many batches the first audit: what is no function of the transition costs a moment, not a training."""
_NAME = 40
_AGREES, _ROUNDED = 1e-6, 1e-12
"""Of the spread of what was paid, and of each reward: sums of a batch may be rounded in another order. More of a
reward's size would be too much: behind a large constant a clock could hide."""


class Asked:
    """A reward as `train` wants it, by asking the candidate; remembers a sample of what was paid."""

    def __init__(self, candidate: Handle, rng: np.random.Generator) -> None:
        self._candidate = candidate
        self._rng = rng
        self._kept: list[tuple[State, Numbers, State, Numbers]] = []
        self._names: frozenset[str] | None = None

    def __call__(self, state: State, action: Numbers, next_state: State) -> tuple[Numbers, Parts]:
        """Totals and components. Raises Wrong, or the handle's CandidateError."""
        total, parts = self._answer(state, action, next_state)
        some = self._rng.choice(len(total), min(KEPT, len(total)), replace=False)
        self._kept.append((_rows(state, some), action[some], _rows(next_state, some), total[some]))
        if len(self._kept) == EARLY:
            self.audit()
        return total, parts

    def audit(self) -> None:
        """Asks again. Raises Wrong where a fresh process pays another reward for the same transition."""
        order = self._rng.permutation(sum(len(kept[3]) for kept in self._kept))
        before, actions, after, totals = zip(*self._kept, strict=True)
        state, next_state = _rows(_joined(before), order), _rows(_joined(after), order)
        action, paid = np.concatenate(actions)[order], np.concatenate(totals)[order]
        self._candidate.restart()
        total, _ = self._answer(state, action, next_state)
        unlike = ~(np.abs(total - paid) <= _AGREES * np.std(paid) + _ROUNDED * np.abs(paid))
        if unlike.any():
            worst = int(np.argmax(np.abs(total - paid)))
            raise Wrong(
                f"the reward is no function of the transition: for {int(unlike.sum())} of {len(paid)} transitions it "
                f"paid something else when it was asked again in a fresh process ({paid[worst]:.6g} in training, then "
                f"{total[worst]:.6g}). It must not count, remember, draw lots or look at other rows of the batch."
            )

    def _answer(self, state: State, action: Numbers, next_state: State) -> tuple[Numbers, Parts]:
        answer = self._candidate.call("reward", dict(state), action, dict(next_state))
        total, parts = believed(answer, len(action))
        if self._names is None:
            self._names = frozenset(parts)
        require(frozenset(parts) == self._names, "the components have other names than in an earlier batch")
        return total, parts


def believed(answer: Any, count: int) -> tuple[Numbers, Parts]:  # noqa: ANN401 - whatever the candidate answered
    """An answer as totals (count,) and components, each (count,). Raises Wrong."""
    form = "reward must return (total, {component: values})"
    require(isinstance(answer, list) and len(answer) == 2, f"{form}, not {type(answer).__name__}")
    total, parts = answer
    require(isinstance(parts, Mapping), f"{form}: the second is {type(parts).__name__}")
    require(len(parts) <= MOST_PARTS, f"at most {MOST_PARTS} components, not {len(parts)}")
    for name in parts:
        named = len(name) <= _NAME and name.isidentifier()  # it is shown in prompts
        require(named, f"name a component with at most {_NAME} letters, digits and underscores")
    return _numbers("total", total, count), {
        name: _numbers(f"component {name}", values, count, spread=True) for name, values in parts.items()
    }


def _numbers(what: str, values: Any, count: int, *, spread: bool = False) -> Numbers:  # noqa: ANN401 - as above
    """`count` finite float64; with `spread`, one number may stand for all. Raises Wrong."""
    if spread and type(values) in (int, float, bool):
        values = [values] * count
    try:
        array = np.asarray(values)
    except ValueError as error:  # nested lists of different lengths
        raise Wrong(f"{what} is no array: return one number per transition") from error
    if spread and array.ndim == 0 and array.dtype.kind in "iufb":
        array = np.full(count, array)
    kind = type(values).__name__
    require(array.dtype.kind in "iufb", f"{what} is {kind} of {array.dtype}, not an array of numbers")
    require(array.shape == (count,), f"{what} has shape {array.shape}: return one number per transition, ({count},)")
    numbers = array.astype(np.float64)
    require(bool(np.isfinite(numbers).all()), f"{what} holds a number that is not finite")
    largest = float(np.abs(numbers).max(initial=0.0))
    require(
        largest <= LARGEST, f"{what} explodes: it reaches {largest:.3g}; at most {LARGEST:g}, up or down, is allowed"
    )
    return numbers


def _rows(state: State, rows: Any) -> State:  # noqa: ANN401 - indices
    return {name: values[rows] for name, values in state.items()}


def _joined(states: Sequence[State]) -> State:
    return {name: np.concatenate([state[name] for state in states]) for name in states[0]}
