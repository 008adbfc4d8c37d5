"""From verified answers to rows of a data set. Every row says where it comes from.

`imitated`   each answer that is good enough, as it is: supervised fine-tuning, and with `least` the filter of Large
             Language Models Can Self-Improve (Huang et al. 2022)
`expert`     the best answer to each prompt: expert iteration (Anthony et al. 2017)
`preferred`  the best answer to each prompt against its worst, equal ones left out: Self-Rewarding Language Models (Yuan
             et al. 2024)

Of equally good answers, and of equally bad ones, that counts which was said most often.
"""

from __future__ import annotations

from collections.abc import Iterable
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
        good = [said for said in _different(group) if _good(said.sample, least)]
        rows += [_row(said.sample) for said in sorted(good, key=_best_first)[:each]]
    return rows


def expert(found: Iterable[Sample], *, least: float | None = None) -> list[Row]:
    """The best answer to each prompt; of equally good ones that which was said most often, then the shortest.

    A right answer that wrong steps led to is rarer than one that right steps did.
    """
    return imitated(found, least=least, each=1)


def preferred(found: Iterable[Sample], *, margin: float = 0.0) -> list[Row]:
    """A pair for each prompt: its best answer against its worst.

    What did not pass is worse than all that passed; what could not be read is never the worst, because it teaches form
    and not substance, unless nothing else was wrong. A pair needs a difference of worth above `margin`.
    """
    return [row for group in by_prompt(found) if (row := _pair(_different(group), margin)) is not None]


def _pair(group: list[_Said], margin: float) -> Row | None:
    passed = sorted((said for said in group if said.sample.worth is not None), key=_best_first)
    if not passed:
        return None
    best = passed[0].sample
    worst = min(group, key=_worst_first).sample
    if worst.worth is not None and _worth(best) - worst.worth <= margin:
        return None
    return replace(_row(best), rejected=worst.completion, sources=(best.source, worst.source))


@dataclass(frozen=True, slots=True)
class _Said:
    """The first of all samples with the same text but for its outer white space, and how many there are."""

    sample: Sample
    times: int


def _different(group: Iterable[Sample]) -> list[_Said]:
    said: dict[str, list[Sample]] = {}
    for sample in group:
        said.setdefault(sample.completion.strip(), []).append(sample)
    return [_Said(alike[0], len(alike)) for alike in said.values()]


def _good(sample: Sample, least: float | None) -> bool:
    return sample.worth is not None and (least is None or sample.worth >= least)


def _worth(sample: Sample) -> float:
    assert sample.worth is not None, "only what passed is ranked"
    return sample.worth


def _best_first(said: _Said) -> tuple[float, int, int, str]:
    return -_worth(said.sample), *_often_first(said)


def _worst_first(said: _Said) -> tuple[bool, bool, float, int, int, str]:
    """What did not pass but can be read, then what cannot be read, then what passed, from the least worth on."""
    worth = said.sample.worth
    unreadable = said.sample.verdict == "malformed"
    return worth is not None, unreadable, worth or 0.0, *_often_first(said)


def _often_first(said: _Said) -> tuple[int, int, str]:
    return -said.times, len(said.sample.completion), said.sample.completion


def _row(sample: Sample) -> Row:
    return Row(sample.prompt, sample.completion, None, _worth(sample), (sample.source,))
