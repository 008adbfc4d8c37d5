"""From verified answers to rows of a data set. Every row says where it comes from.

`imitated`   each answer that is good enough, as it is: supervised fine-tuning, and with `least` the filter of Large
             Language Models Can Self-Improve (Huang et al. 2022)
`expert`     the best answer to each prompt: expert iteration (Anthony et al. 2017)
`preferred`  the best answer to each prompt against its worst, equal ones left out: Self-Rewarding Language Models (Yuan
             et al. 2024)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from refine.distill.samples import Sample, Source, by_prompt
from refine.types import Message


@dataclass(frozen=True, slots=True)
class Row:
    """A prompt with the answer to learn; `rejected` is the answer to unlearn, where there is a pair."""

    prompt: tuple[Message, ...]
    chosen: str
    rejected: str | None
    worth: float
    sources: tuple[Source, ...]

    @property
    def question(self) -> str:
        return "\n".join(message.content for message in self.prompt if message.role == "user")


def imitated(found: Iterable[Sample], *, least: float | None = None, each: int | None = None) -> list[Row]:
    """Every different answer that passed, with a worth of at least `least`; at most `each` of one prompt, best first.

    Of a vote the worth is the share of votes, so `least` is the threshold of confidence.
    """
    rows: list[Row] = []
    for group in by_prompt(found):
        good = [sample for sample in _different(group) if _good(sample, least)]
        rows += [_row(sample) for sample in sorted(good, key=_best_first)[:each]]
    return rows


def expert(found: Iterable[Sample], *, least: float | None = None) -> list[Row]:
    """The best answer to each prompt; of equally good ones the shortest."""
    return imitated(found, least=least, each=1)


def preferred(found: Iterable[Sample], *, margin: float = 0.0) -> list[Row]:
    """A pair for each prompt: its best answer against its worst.

    What did not pass is worse than all that passed; what could not be read is never the worst, because it teaches form
    and not substance, unless nothing else was wrong. A pair needs a difference of worth above `margin`.
    """
    return [row for group in by_prompt(found) if (row := _pair(list(_different(group)), margin)) is not None]


def _pair(group: list[Sample], margin: float) -> Row | None:
    passed = sorted((sample for sample in group if sample.worth is not None), key=_best_first)
    if not passed:
        return None
    best = passed[0]
    failed = sorted((sample for sample in group if sample.worth is None), key=_readable_first)
    worst = failed[0] if failed else passed[-1]
    if worst.worth is not None and _worth(best) - worst.worth <= margin:
        return None
    return replace(_row(best), rejected=worst.completion, sources=(best.source, worst.source))


def _different(group: Iterable[Sample]) -> Iterator[Sample]:
    """The first of each answer that is the same text but for its outer white space."""
    seen: set[str] = set()
    for sample in group:
        bare = sample.completion.strip()
        if bare not in seen:
            seen.add(bare)
            yield sample


def _good(sample: Sample, least: float | None) -> bool:
    return sample.worth is not None and (least is None or sample.worth >= least)


def _worth(sample: Sample) -> float:
    assert sample.worth is not None, "only what passed is ranked"
    return sample.worth


def _best_first(sample: Sample) -> tuple[float, int, str]:
    return -_worth(sample), len(sample.completion), sample.completion


def _readable_first(sample: Sample) -> tuple[bool, int, str]:
    return sample.verdict == "malformed", len(sample.completion), sample.completion


def _row(sample: Sample) -> Row:
    return Row(sample.prompt, sample.completion, None, _worth(sample), (sample.source,))
