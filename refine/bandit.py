"""Which model to ask next: a bandit over those that were named, by improvement per cost.

Each ask goes to one model, drawn by Thompson sampling (Thompson 1933), which stays sound while many answers are still
under way (Chapelle and Li 2011). The reward is ShinkaEvolve's idea of a relative improvement (Lange et al. 2025): how
much better than the best program shown, and nothing where it is not. The state is a fold; drawing is pure.
"""

from __future__ import annotations

import statistics
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from refine.attempts import Place
from refine.events import Answered, Asked
from refine.types import Direction

WINDOW = 200
"""Verdicts that count, the latest of all models together: what a model was worth at the start says little later, and
one that was not asked for so long is tried again (a sliding window, Garivier and Moulines 2011)."""
PRIOR = 4.0
"""Verdicts at all models' common rate that each model begins with."""
_STREAM = 0x6D6F64
"""Keeps these draws apart from those of the ask's move and parents."""
_LARGEST = 1e300  # of a gain: twice as much can still be added


@dataclass(frozen=True, slots=True)
class Trial:
    """One sample that a model was asked for.

    Attributes:
        bar: the best score that its prompt showed, or the record where it showed none; None before anything passed.
        gain: by how much it was better than `bar`, in units of the score; 0 where it was not, or did not pass.
        usd, seconds: what the answer cost; None where that is not known.
    """

    place: Place
    model: str
    bar: float | None = None
    gain: float = 0.0
    usd: float | None = None
    seconds: float | None = None


@dataclass(slots=True)
class Bandit:
    """What is known about `models`. With less than two there is nothing to choose, and `choose` says "".

    The state is a function of the set of what came back, not of its order.
    """

    models: tuple[str, ...]
    direction: Direction
    asks: dict[str, int] = field(default_factory=dict)
    trials: list[Trial] = field(default_factory=list)
    """The latest `WINDOW` that are verified, by ask and sample."""
    pending: dict[Place, Trial] = field(default_factory=dict)

    def asked(self, event: Asked, bar: float | None) -> None:
        if event.model not in self.models:
            return
        self.asks[event.model] = self.asks.get(event.model, 0) + 1
        for sample in range(event.samples if event.wants == "candidates" else 0):
            self.pending[event.ask, sample] = Trial((event.ask, sample), event.model, bar)

    def answered(self, event: Answered) -> None:
        place = (event.ask, event.sample)
        if place in self.pending:
            usd = event.usage.usd if event.usage else None
            self.pending[place] = replace(self.pending[place], usd=usd, seconds=event.seconds)

    def verified(self, place: Place, score: float | None) -> None:
        """`score` is None for whatever did not pass, and for a repeat."""
        trial = self.pending.pop(place, None)
        if trial is None:
            return
        insort(self.trials, replace(trial, gain=self._gain(score, trial.bar)), key=lambda each: each.place)
        if len(self.trials) > WINDOW:
            del self.trials[0]

    def dropped(self, place: Place) -> None:
        self.pending.pop(place, None)

    def _gain(self, score: float | None, bar: float | None) -> float:
        if score is None or bar is None:
            return 0.0
        return min(max(0.0, score - bar if self.direction == "maximize" else bar - score), _LARGEST)

    def choose(self, seed: int, ask: int) -> str:
        """The model for ask number `ask`: each of them once, then by a draw from what is known of each."""
        if len(self.models) < 2:
            return ""
        for model in self.models:
            if model not in self.asks:
                return model
        rng = np.random.default_rng([seed, ask, _STREAM])
        worths, costs = self._worths(), self.costs()
        drawn = {model: float(rng.beta(*worths[model])) / costs[model] for model in self.models}
        return max(self.models, key=drawn.__getitem__)

    def _worths(self) -> dict[str, tuple[float, float]]:
        """For each model the two parameters of a Beta distribution over its mean reward.

        The prior is worth `PRIOR` verdicts at the rate of all models together. Rewards between 0 and 1 count as so much
        of a success (Agrawal and Goyal 2012).
        """
        rewarded = rewards([trial.gain for trial in self.trials])
        common = (sum(rewarded) + 0.5) / (len(rewarded) + 1)
        found = {}
        for model in self.models:
            own = [reward for reward, trial in zip(rewarded, self.trials, strict=True) if trial.model == model]
            won = sum(own)
            found[model] = (PRIOR * common + won, PRIOR * (1 - common) + len(own) - won)
        return found

    def costs(self) -> dict[str, float]:
        """What one answer of each model costs on average: dollars where every answer had a price above 0, else seconds
        where every answer was timed, else 1. A model without an answer yet is taken to be as cheap as the cheapest.
        """
        for unit in ("usd", "seconds"):
            known = {model: self._spent(model, unit) for model in self.models}
            means = [mean for mean in known.values() if mean is not None]
            if means and min(means) > 0:
                return {model: min(means) if mean is None else mean for model, mean in known.items()}
        return dict.fromkeys(self.models, 1.0)

    def _spent(self, model: str, unit: str) -> float | None:
        """The mean over the model's answers; 0 if it is not known of one of them, None if there are none."""
        spent = [getattr(trial, unit) for trial in self.trials if trial.model == model]
        if not spent:
            return None
        return 0.0 if None in spent else statistics.fmean(spent)


def rewards(gains: Sequence[float]) -> list[float]:
    """Gains as rewards from 0 to 1: gain / (gain + the median of the gains above 0), so that the score's scale does not
    matter and a usual improvement is worth 1/2.
    """
    good = [gain for gain in gains if gain > 0]
    usual = statistics.median(good) if good else 1.0
    return [gain / (gain + usual) for gain in gains]
