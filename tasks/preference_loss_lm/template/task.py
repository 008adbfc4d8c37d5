"""Which loss trains this language model best from preferences? `preference_loss`, larger: by TRL, on a model, pairs and
questions of your own, named in `settings.json` beside this file.

The judge trains, never the candidate: it holds model, optimiser, pairs and questions, and asks the candidate for its
loss's gradient with respect to log-probabilities. The questions to it, the gate and the audit are `preference_loss`'s.
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
from pydantic import Field

import refine
from refine.curves import curves
from refine.errors import MissingExtra
from refine.load import load
from refine.questions import Question, apart, questions
from refine.types import Frozen

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

HERE = Path(__file__).parent
SMALL: Any = sys.modules[load("preference_loss").verify.__module__]
"""The task whose wall, gate and audit these are."""
CONFIRMING, CHOOSING = 0.3, 0.5
"""Questions are told apart by their digests, 0 to 1: below the first they confirm; below the second a beta is chosen by
them; the others score.
"""


class Settings(Frozen):
    """What `make.py` writes. Paths are absolute; `digests` says what was in them."""

    base: str
    pairs: str
    questions: str
    digests: dict[str, str]
    betas: tuple[float, ...]
    confirmed: tuple[float, ...]
    steps: int = Field(ge=1)
    batch: int = Field(ge=1)
    rate: float = Field(gt=0)
    tokens: int = Field(ge=8)
    answer: int = Field(ge=1)
    replicates: int = Field(ge=2)
    seconds: float = Field(gt=0)


SETTINGS = Settings.model_validate_json((HERE / "settings.json").read_text())
DIGESTS = {**SETTINGS.digests, "preference_loss": SMALL.task.digest}
"""Of what shapes an outcome and is not in this folder; in the instruction they are part of the task's own digest."""

task = refine.Task(
    instruction=f"""
        Find a loss for offline preference optimisation (as DPO, IPO, SLiC) that trains better policies than DPO. Write
        loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta), in
        torch: four float64 tensors (n,) and a float; return the losses (n,), one for each pair, differentiable.

        Each pair is a prompt with a chosen and a rejected response; the tensors hold the log-probabilities of whole
        responses under the policy in training and under the base policy. Usually a loss is a function of
        rho = (policy_chosen - reference_chosen) - (policy_rejected - reference_rejected), but all four are there.
        Statistics of the batch may be used. It must be a pure function of its arguments: no state from call to call, no
        random numbers. Its gradient must be finite, and not zero everywhere.

        The causal language model {Path(SETTINGS.base).name} is trained on pairs by AdamW for {SETTINGS.steps} steps of
        {SETTINGS.batch} (its rate falls from {SETTINGS.rate:g} to 0), once for each beta of
        {", ".join(f"{beta:g}" for beta in SETTINGS.betas)}. Scored by the share of held-out questions that its greedy
        answer answers rightly, in %, at the beta that is best on other questions; the mean of several seeds less one
        standard error. The champion is confirmed on other questions, other betas and other seeds: points gained over
        DPO trained alike.

        A loss that pulls too hard drifts away from the base policy (see the KL divergence) and forgets how to answer;
        one that lowers the likelihood of the chosen response together with that of the rejected one does too.

        (Measured with {", ".join(f"{name} {digest[:16]}" for name, digest in DIGESTS.items())}.)
    """,
    metric="greedy answers that are right on held-out questions, %; held out: points gained over DPO at its best beta",
    seed=SMALL.task.seeds[0].text,
    image="torch",
    limits=refine.Limits(seconds=min(600.0, SETTINGS.seconds / 4), memory_mb=4096),
    judge_seconds=SETTINGS.seconds,
    judge_memory_mb=2**24,  # CUDA reserves addresses by the terabyte
    # Paired: DPO, IPO and the candidate see the same pairs in the same order, whatever a few trainings' luck is worth.
    noise=refine.Noise(replicates=SETTINGS.replicates, least=2, confirming=max(4, SETTINGS.replicates), paired=True),
    features=SMALL.task.features,
    baselines={"SLiC": (SMALL.GOLDEN / "slic.py").read_text(), **SMALL.task.baselines},
    grammar=SMALL.task.grammar,
    golden=[case for case in SMALL.task.golden if case.kind == "fail"],
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    SMALL.gate(candidate)
    choose, test, _ = parts()
    trained = [train(candidate, beta, choose, test) for beta in SETTINGS.betas]
    chosen, base = (
        max(trained, key=lambda one: one.chosen_by),
        laboratory().exam.before(SETTINGS.base, test, SETTINGS.answer),
    )
    each = ", ".join(f"beta {t.beta:g}: {points(t.accuracy):.1f} % at KL {t.divergence:.2f}" for t in trained)
    drawing = SMALL.sketch(candidate)
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=points(chosen.accuracy),
        metrics={"kl": chosen.divergence, "beta": chosen.beta},
        features={"kl": chosen.divergence, "beta": chosen.beta},
        instances={f"beta {t.beta:g}": points(t.accuracy) for t in trained},
        feedback=f"{each}. The base policy: {points(base):.1f} %.",
        curves=curves(
            {f"{name} (beta {t.beta:g})": list(values) for t in trained for name, values in t.course.items()}
        ),
        artifacts={"plot/loss": drawing} if drawing else {},
    )


@task.confirmation
def confirm(candidate: Handle) -> refine.Outcome:
    """Points gained over DPO on questions and betas that the search never saw. Both are trained on the same pairs in
    the same order, and each is taken at its own best beta.
    """
    SMALL.gate(candidate)
    choose, _, held_out = parts()
    ours = best([train(candidate, beta, choose, held_out) for beta in SETTINGS.confirmed])
    theirs = yardstick(candidate.seed)
    gain = points(ours.accuracy - theirs.accuracy)
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=gain,
        metrics={"kl": ours.divergence, "beta": ours.beta},
        instances={"gain over DPO": gain},
        feedback=f"{points(ours.accuracy):.1f} %, DPO {points(theirs.accuracy):.1f} %.",
    )


@functools.cache
def yardstick(seed: int) -> Any:  # noqa: ANN401 - `lm.Trained`
    """DPO at its best beta on that seed's pairs: the same for all that are confirmed, so a judge trains it once."""
    choose, _, held_out = parts()
    dpo = SMALL.laboratory().dpo
    return best([trained(dpo, beta, seed, choose, held_out) for beta in SETTINGS.confirmed])


def laboratory() -> Any:  # noqa: ANN401 - a module that is found by its folder
    """`lm.py`, which needs TRL: loaded by who verifies, not by who reads the task. Raises `MissingExtra`."""
    sys.path.insert(0, str(HERE))
    try:
        return importlib.import_module("lm")
    except ModuleNotFoundError as error:
        if error.name not in ("torch", "transformers", "trl", "datasets"):
            raise
        raise MissingExtra(error.name, "distill") from error
    finally:
        sys.path.remove(str(HERE))


def recipe() -> Any:  # noqa: ANN401 - as above
    names = ("steps", "batch", "rate", "tokens", "answer")
    return laboratory().Recipe(**{name: getattr(SETTINGS, name) for name in names})


def parts() -> tuple[tuple[Question, ...], ...]:
    """Questions to choose a beta by, to score by, and to confirm by. None is in two of them."""
    rest, held_out = apart(questions(Path(SETTINGS.questions)), CONFIRMING)
    test, choose = apart(rest, CHOOSING)
    return choose, test, held_out


def train(candidate: Handle, beta: float, choose: Sequence[Question], test: Sequence[Question]) -> Any:  # noqa: ANN401 - as above
    """Trains with the candidate and audits its answers."""
    rng = np.random.default_rng([candidate.seed, 5])
    audited = rng.choice(SETTINGS.steps, min(SMALL.AUDITED, SETTINGS.steps), replace=False)
    asks = SMALL.Questions(candidate, frozenset(audited.tolist()))
    SMALL.ready(candidate)
    done = trained(asks, beta, candidate.seed, choose, test)
    asks.audit(rng.permutation(len(audited)).tolist())
    return done


def trained(gradient: Any, beta: float, seed: int, choose: Sequence[Question], test: Sequence[Question]) -> Any:  # noqa: ANN401 - as above
    pairs = [json.loads(line) for line in Path(SETTINGS.pairs).read_text("utf-8").split("\n") if line.strip()]
    rows = [{name: pair[name] for name in ("prompt", "chosen", "rejected")} for pair in pairs]
    return laboratory().train(SETTINGS.base, rows, beta, gradient, seed, choose=choose, test=test, recipe=recipe())


def best(done: Sequence[Any]) -> Any:  # noqa: ANN401 - as above
    return max(done, key=lambda one: one.chosen_by)


def points(share: float) -> float:
    return round(100.0 * share, 9)
