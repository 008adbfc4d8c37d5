"""Which loss trains a policy best from preferences? LLM-Squared's search (the one that found DiscoPOP), in small.

The judge trains, never the candidate. It holds the policy, the optimiser, the prompts and the pairs, and asks the
candidate for one thing: its loss and gradient for a batch of log-probabilities. So there is no model to edit, no prompt
to look at, and no weight to have memorised.
"""

from __future__ import annotations

import functools
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import refine
from refine.curves import curves
from refine.errors import MissingExtra

if TYPE_CHECKING:
    from refine.sandbox.cell import Plain
    from refine.verifiers.handle import Handle
    from tasks.preference_loss.preferences import Numbers, Question, Recipe, Slopes, Trained

GOLDEN = Path(__file__).parent / "golden"
SEARCHED = (1.0, 5.0)
"""Betas of the search's sweep."""
CONFIRMED = (0.7, 2.0, 8.0)
"""Those of the confirmation's, none of them seen in the search."""
POOL = 0
"""Seed of the pool that the search's pairs come from: the same for all candidates, so that it is drawn once."""
AUDITED = 8
"""Steps of a training that are asked again in a fresh process."""
LARGEST = 1e15
"""What the optimiser can square and sum in single precision, with room; the exponential loss reaches 1e13."""

task = refine.Task(
    instruction="""
        Find a loss for offline preference optimisation (as DPO, IPO, SLiC) that trains better policies than DPO. Write
        loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta), in
        torch: four float64 tensors (n,) and a float; return the losses (n,), one for each pair, differentiable.

        Each pair is a prompt with a chosen and a rejected response; the tensors hold the log-probabilities of whole
        responses (about -20 to 0) under the policy in training and under the base policy. Usually a loss is a
        function of rho = (policy_chosen - reference_chosen) - (policy_rejected - reference_rejected), but all four are
        there. Statistics of the batch may be used. It must be a pure function of its arguments: no state from call to
        call, no random numbers. Its gradient must be finite, and not zero everywhere.

        A small decoder that puts digits in order, right for 62.6 % of held-out prompts, is trained on 1280 pairs of
        its own responses, 20 % of them with chosen and rejected swapped, by Adam for 60 steps of 64 pairs (its rate
        falls from 5e-4 to 0), once for each beta of 1 and 5. Scored by the greedy accuracy, in %, on prompts that were
        never trained on, at the beta that is best on other prompts; the mean of several seeds less one standard error.
        The champion is confirmed on another problem, other betas and other seeds: accuracy gained over DPO trained
        alike.

        A loss that pulls too hard drifts away from the base policy (see the KL divergence) and forgets how to answer;
        one that lowers the likelihood of the chosen response together with that of the rejected one does too.
    """,
    metric="greedy accuracy on held-out prompts, %; held out: points gained over DPO at its best beta",
    image="torch",
    limits=refine.Limits(seconds=60.0, memory_mb=4096),
    judge_seconds=120.0,
    noise=refine.Noise(replicates=3, least=2, confirming=8),
    features=(
        refine.Feature(name="kl", low=0.01, high=10.0, bins=8, log=True),
        refine.Feature(name="beta", low=0.2, high=5.0, bins=3, log=True),
    ),
    baselines={
        "IPO": (GOLDEN / "ipo.py").read_text(),
        "DiscoPOP": (GOLDEN / "discopop.py").read_text(),
    },
    grammar=refine.Grammar(
        terminals=("x", "chosen", "rejected", "likely", "x / beta", "torch.sigmoid(x)", "torch.sigmoid(-x)"),
        functions=(
            "torch.nn.functional.logsigmoid",
            "torch.sigmoid",
            "torch.exp",
            "torch.relu",
            "torch.tanh",
            "torch.square",
        ),
        constants=(0.05, 0.1, 0.2, 0.5, 0.8, 1.0, 2.0, 20.0),
    ),
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    gate(candidate)
    lab = laboratory()
    recipe = lab.Recipe()
    trained = train(candidate, "sorting", SEARCHED, POOL, recipe)
    return report(best(trained), trained, 100.0 * lab.before(lab.PROBLEMS["sorting"], recipe), sketch(candidate))


@task.confirmation
def confirm(candidate: Handle) -> refine.Outcome:
    """The transfer: points gained over DPO on a problem, betas and pairs that the search never saw. Both are trained on
    the same pairs in the same order, and each is taken at its own best beta.
    """
    gate(candidate)
    recipe = laboratory().Recipe()
    gains, found = {}, {}
    for problem in ("ranks", "sorting"):
        found[problem] = best(train(candidate, problem, CONFIRMED, candidate.seed, recipe))
        gains[problem] = points(found[problem].accuracy - yardstick(problem, candidate.seed, recipe).accuracy)
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=gains["ranks"],
        metrics={"kl": found["ranks"].divergence, "beta": found["ranks"].beta},
        instances={f"{problem}: gain over DPO": gain for problem, gain in gains.items()},
        feedback="; ".join(f"{problem}: {gain:+.1f} points from DPO" for problem, gain in gains.items()) + ".",
    )


@functools.cache
def laboratory() -> Any:  # noqa: ANN401 - a module that is found by its folder
    """`preferences.py`, which needs torch: loaded by who verifies, not by who reads the task. Raises `MissingExtra`."""
    sys.path.insert(0, str(Path(__file__).parent))
    try:
        return importlib.import_module("preferences")
    except ModuleNotFoundError as error:
        if error.name not in ("torch", "safetensors"):
            raise
        raise MissingExtra(error.name, "torch") from error
    finally:
        sys.path.remove(str(Path(__file__).parent))


# ── the candidate ────────────────────────────────────────────────────────────────────────────────────────────────────


class Questions:
    """Asks the candidate for gradients, step by step, and keeps some of its answers."""

    def __init__(self, candidate: Handle, audited: frozenset[int]) -> None:
        self._candidate = candidate
        self._audited = audited
        self._step = 0
        self._kept: list[tuple[list[Question], list[Slopes]]] = []

    def __call__(self, questions: Sequence[Question]) -> list[Slopes]:
        slopes = asked(self._candidate, questions, f"step {self._step} of the training")
        if self._step in self._audited:
            self._kept.append((list(questions), slopes))
        self._step += 1
        return slopes

    def audit(self, order: Sequence[int]) -> None:
        """Asks the kept questions again, in that order, of a process that was asked nothing before. Raises `Wrong`."""
        ready(self._candidate)
        for place in order:
            questions, slopes = self._kept[place]
            again = asked(self._candidate, questions[::-1], "an earlier question")[::-1]
            same = [np.allclose(a, b, rtol=1e-6, atol=1e-12) for a, b in zip(slopes, again, strict=True)]
            refine.require(
                all(same),
                "loss is no function of its arguments: asked again in a fresh process it answered otherwise. "
                "Keep no state between calls and draw no random numbers",
            )


def ready(candidate: Handle) -> None:
    """A fresh process with the candidate and, beside it, what differentiates its loss."""
    candidate.restart()
    candidate.run("harness.py")


def asked(candidate: Handle, questions: Sequence[Question], when: str) -> list[Slopes]:
    """The gradient of each batch's mean loss. Raises `Wrong`, and whatever the handle raises."""
    answers = candidate.map("slopes", questions)
    return [read(answer, len(ours), when)[1] for answer, (ours, *_) in zip(answers, questions, strict=True)]


def read(answer: Plain, count: int, when: str) -> tuple[float, Slopes]:
    """A mean loss and its gradient out of what came over the wall. Raises `Wrong`."""
    if isinstance(answer, str):
        raise refine.Wrong(f"{when}: {answer[:1000]}")
    plain = isinstance(answer, list) and len(answer) == 3 and type(answer[0]) is float
    refine.require(plain, f"{when}: no loss with its gradient")
    return float(answer[0]), (slope(answer[1], count, when), slope(answer[2], count, when))


def slope(part: Plain, count: int, when: str) -> Numbers:
    shaped = isinstance(part, np.ndarray) and part.shape == (count,) and part.dtype == np.float64
    refine.require(shaped, f"{when}: a gradient of another shape or type")
    refine.require(bool(np.isfinite(part).all()), f"{when}: the gradient is not finite")
    largest = float(np.abs(part).max(initial=0.0))
    refine.require(largest <= LARGEST, f"{when}: an entry of the gradient is {largest:.3g}; at most {LARGEST:g}")
    return np.array(part)  # of our own, and writable


def gate(candidate: Handle) -> None:
    """Milliseconds before the training: shape, dtype, finite losses, a gradient that is finite and not zero."""
    ready(candidate)
    rng = np.random.default_rng(0)
    spreads = [(beta, drift) for beta in (0.05, 1.0, 6.0) for drift in (0.0, 1.0, 2.0)]
    slopes = asked(candidate, [batch(rng, *spread) for spread in spreads], "before the training, random logps")
    flat = all(max(np.abs(ours).max(), np.abs(theirs).max()) < 1e-12 for ours, theirs in slopes)
    refine.require(not flat, "before the training: the gradient is zero for all log-probabilities: nothing can learn")


def batch(rng: np.random.Generator, beta: float, drift: float) -> Question:
    """Log-probabilities of 16 pairs that drifted by about `drift` from the reference's; none above 0."""
    chosen, rejected = -rng.gamma(2.0, 1.5, (2, 16))
    ours, theirs = np.minimum(np.stack([chosen, rejected]) + drift * rng.normal(size=(2, 16)), -1e-4)
    return ours, theirs, chosen, rejected, beta


def sketch(candidate: Handle) -> str:
    """The mean loss and its slope against rho at beta 1, half of rho on either response, as JSON; "" where there is
    none.
    """
    rho = np.linspace(-8.0, 8.0, 65)
    base = np.full(8, -6.0)
    try:
        questions = [(base + r / 2, base - r / 2, base, base, 1.0) for r in rho]
        found = [read(answer, 8, "") for answer in candidate.map("slopes", questions)]
    except refine.Wrong:  # losses that need pairs that differ
        return ""
    values, slopes = [value for value, _ in found], [float((a - b).sum() / 2) for _, (a, b) in found]
    lines = {"loss": {"label": "loss", "values": values}, "gradient": {"label": "slope", "values": slopes}}
    axis = {"label": "log-ratio rho, beta 1", "values": rho.tolist()}
    return json.dumps({"title": "The loss of one pair", "x": axis, "lines": lines})


# ── the trainings ────────────────────────────────────────────────────────────────────────────────────────────────────


def train(candidate: Handle, problem: str, betas: Sequence[float], pool: int, recipe: Recipe) -> list[Trained]:
    """Trains with the candidate, once for each beta, on pairs of the pool of that seed, and audits its answers."""
    lab, rng = laboratory(), np.random.default_rng([candidate.seed, 5])
    questions = Questions(candidate, frozenset(rng.choice(recipe.steps, AUDITED, replace=False).tolist()))
    ready(candidate)
    rule = lab.PROBLEMS[problem]
    pairs = lab.drawn(lab.pool(rule, pool, recipe.asked), candidate.seed, recipe)
    trained: list[Trained] = lab.train(rule, pairs, betas, questions, candidate.seed, recipe=recipe)
    questions.audit(rng.permutation(AUDITED).tolist())
    return trained


def yardstick(problem: str, seed: int, recipe: Recipe) -> Trained:
    """DPO at its best beta, on the pool and the pairs of that seed."""
    lab = laboratory()
    rule = lab.PROBLEMS[problem]
    pairs = lab.drawn(lab.pool(rule, seed, recipe.asked), seed, recipe)
    return best(lab.train(rule, pairs, CONFIRMED, lab.dpo, seed, recipe=recipe))


def best(trained: Sequence[Trained]) -> Trained:
    """That of the beta that is best on other prompts than the test's."""
    return max(trained, key=lambda one: one.chosen_by)


def points(share: float) -> float:
    return round(100.0 * share, 9)


def report(chosen: Trained, trained: Sequence[Trained], base: float, drawing: str) -> refine.Outcome:
    """Accuracies in per cent, divergences in nats."""
    each = ", ".join(f"beta {t.beta:g}: {points(t.accuracy):.1f} % at KL {t.divergence:.2f}" for t in trained)
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=points(chosen.accuracy),
        metrics={"kl": chosen.divergence, "beta": chosen.beta},
        features={"kl": chosen.divergence, "beta": chosen.beta},
        instances={f"beta {t.beta:g}": points(t.accuracy) for t in trained},
        feedback=f"{each}. The base policy: {base:.1f} %.",
        curves=curves({f"beta {t.beta:g}": [points(share) for share in t.course] for t in trained}, group="accuracy"),
        artifacts={"plot/loss": drawing} if drawing else {},
    )
