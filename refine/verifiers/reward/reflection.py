"""What a training says about its reward, for the next prompt: Eureka's reward reflection (Ma et al. 2023), in figures.

The curves themselves are `Outcome.curves`; the sentences here say what no single curve shows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from refine.curves import curves
from refine.verifiers.reward.training import Trained, Training, Watched
from refine.verifiers.reward.worlds import Numbers

_LITTLE = 0.1
"""A correlation below this, up or down, is none."""


def told(trained: Trained) -> dict[str, list[float]]:
    """The curves: each component per step, fitness and episode length, means over the policy's rollouts.

    Fitness and length are left out where they are the same at every checkpoint: they are no components that a prompt's
    advice could be about, and `sentences` says it.
    """
    moments = trained.checkpoints
    parts = {name: [float(moment.parts[name].mean()) for moment in moments] for name in moments[0].parts}
    progress = {
        "fitness": [float(moment.fitness.mean()) for moment in moments],
        "episode_length": [float(moment.lengths.mean()) for moment in moments],
    }
    moved = {name: values for name, values in progress.items() if max(values) > min(values)}
    return curves(parts, group="reward") | curves(moved)


def correlations(tried: Sequence[Watched]) -> dict[str, float]:
    """Pearson's correlation of each component (mean per step of a rollout) with the rollout's fitness, over all
    rollouts of the perturbed policies; 0 where one of them does not vary.
    """
    if not tried:
        return {}
    fitness = np.concatenate([each.fitness for each in tried])
    names = list(tried[0].parts)
    return {name: correlation(np.concatenate([each.parts[name] for each in tried]), fitness) for name in names}


def correlation(a: Numbers, b: Numbers) -> float:
    """Pearson's, of two samples (n,); 0 where one of them does not vary."""
    apart = a - a.mean(), b - b.mean()
    spread = float(np.sqrt((apart[0] ** 2).sum() * (apart[1] ** 2).sum()))
    scale = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((apart[0] * apart[1]).sum()) / spread if spread > 1e-9 * scale else 0.0


def sentences(trained: Trained) -> str:
    """Whether fitness moved at all; how components go with it, strongest first, and what that means."""
    seen = [float(moment.fitness.mean()) for moment in trained.checkpoints]
    found = correlations(trained.tried)
    ranked = sorted(found, key=lambda name: -abs(found[name]))
    said = ", ".join(f"{name} {found[name]:+.2f}" for name in ranked)
    against = [name for name in ranked if found[name] < -_LITTLE]
    idle = [name for name in ranked if abs(found[name]) <= _LITTLE]
    return " ".join(
        [
            *([f"Fitness was {seen[0]:.4g} at every checkpoint: nothing was learnt."] if len(set(seen)) == 1 else []),
            f"Correlation of each component with fitness over {_count(trained)} training rollouts: {said or 'none'}.",
            *([f"More of {', '.join(against)} went with less fitness."] if against else []),
            *([f"Unrelated to fitness so far: {', '.join(idle)}."] if idle else []),
        ]
    )


def given_up(training: Training, trained: Trained) -> str:
    """A sentence where the training was hopeless, else nothing."""
    if len(trained.tried) == training.iterations:
        return ""
    return (
        f"Stopped early at checkpoint {len(trained.checkpoints)}, update {len(trained.tried)} of {training.iterations}:"
        f" none of the {_count(trained)} rollouts so far reached a fitness of {training.bar:g}, the task's bar. "
    )


def _count(trained: Trained) -> int:
    return sum(len(each.fitness) for each in trained.tried)
