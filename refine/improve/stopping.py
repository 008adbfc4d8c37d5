"""What a round came to, and whether there should be another: no gain, no diversity, or a judge that is fooled."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from refine.types import Frozen


class Rules(Frozen):
    """When to stop before the last round.

    Attributes:
        rounds: at most.
        patience: so many rounds in a row without a shown gain end it.
        diversity: answers that differ, as a share of the samples, below which the model has collapsed.
        judgement: agreement of the judge with the truth, below which its opinions are no reward.
        fall: of that agreement from what the base's was, above which the judge is forgetting or is fooled.
    """

    rounds: int = Field(default=3, ge=1)
    patience: int = Field(default=1, ge=1)
    diversity: float = Field(default=0.02, ge=0)
    judgement: float = Field(default=0.6, ge=0, le=1)
    fall: float = Field(default=0.15, ge=0)


class Round(Frozen):
    """What one round came to; accuracies are greedy and held out.

    Attributes:
        judge_accuracy: of the model that judged, on the round's own answers: the share of pairs of a right and a wrong
            one that it told apart.
        panel_before: the same on the panel, which is the same in all rounds (`refine.improve.panel`).
        panel_after: of the round's new model, on the panel.
        since_base: accuracy of the round's new model less that of the base, and its interval at 95 %, and the
            verdict. `low`, `high` and `verdict` are about the model of the round before: small gains can add up, and so
            can losses.
        stop: why there is no other round.
    """

    number: int = 0
    rows: int
    left_out: int
    before: float
    after: float
    low: float
    high: float
    verdict: str
    unrelated: float | None = None
    confidence: float | None = None
    vote_accuracy: float | None = None
    overstated: float | None = None
    diversity: float | None = None
    judge_accuracy: float | None = None
    panel_before: float | None = None
    panel_after: float | None = None
    since_base: float | None = None
    since_low: float | None = None
    since_high: float | None = None
    since_verdict: str = ""
    stop: str = ""


def stop(one: Round, earlier: Sequence[Round], rules: Rules) -> str:
    """Why there should be no round after `one`, which came after `earlier`; or ""."""
    latest = [*earlier, one][-rules.patience :]
    if len(latest) == rules.patience and all(each.verdict != "better" for each in latest):
        return f"held out: {one.verdict} ({one.before:.3f} to {one.after:.3f}, {one.low:+.3f} to {one.high:+.3f})"
    if one.diversity is not None and one.diversity < rules.diversity:
        return f"the answers do not differ any more (diversity {one.diversity:.3f})"
    return _fooled(one, earlier, rules)


def _fooled(one: Round, earlier: Sequence[Round], rules: Rules) -> str:
    """Why the judge's opinions should be no reward any more: on the answers it judged, or on the panel."""
    first = earlier[0] if earlier else one
    for now, begun, of in (
        (one.judge_accuracy, first.judge_accuracy, "the round's answers"),
        (one.panel_after, first.panel_before, "the panel's answers"),
    ):
        if now is None:
            continue
        told = f"the judge tells right from wrong in {now:.3f} of the pairs of {of}"
        if now < rules.judgement:
            return f"{told}: its reward is hacked"
        if begun is not None and begun - now > rules.fall:
            return f"{told}, {begun:.3f} in the beginning: it is forgetting, or is fooled"
    return ""
