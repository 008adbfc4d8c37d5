"""One run's conversation with the model, and what becomes of it: the truth for every method alike."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.searches.model import Answer, Kind, answer
from benchmarks.searches.problems import PROBLEMS, form, judged


@dataclass
class Session:
    """Counts completions and remembers what each proposed. Equal prompts in equal order, equal answers."""

    seed: int
    kinds: list[Kind] = field(default_factory=list)
    forms: list[str | None] = field(default_factory=list)
    """Of the program in each completion, in the order they were answered."""
    _seen: Counter[str] = field(default_factory=Counter)

    def ask(self, prompt: str) -> str:
        found: Answer = answer(prompt, self._seen[prompt], self.seed)
        self._seen[prompt] += 1
        self.kinds.append(found.kind)
        self.forms.append(form(found.program) if found.program is not None else None)
        return found.text


@dataclass(frozen=True)
class Evaluated:
    """One evaluation: the program's text and the score that the method was told, None where it was refused."""

    text: str
    score: float | None


@dataclass(frozen=True)
class Came:
    """What a run came to.

    `best` is, at each of the marks, the exact score of the program that the method had seen the best score of;
    `wasted` the completions that led to no evaluation of a new program (lessons and judgements of novelty not counted
    here but in `other`), of which `refusals` held no program; `crashed` the new programs that got no score.
    """

    best: dict[int, float]
    completions: int
    wasted: int
    refusals: int
    other: int
    crashed: int
    evaluations: int


def came(problem: str, session: Session, evaluated: Sequence[Evaluated], marks: Iterable[int], budget: int) -> Came:
    """Joins what was proposed with what was evaluated, by the program's form, within the first `budget` completions."""
    kinds, forms = session.kinds[:budget], session.forms[:budget]
    seen: dict[str, Evaluated] = {}
    for each in evaluated:
        seen[form(each.text)] = each
    first: dict[str, int] = {form(PROBLEMS[problem].seed): 0}
    for number, proposed in enumerate(forms, 1):
        if proposed is not None and proposed in seen:
            first.setdefault(proposed, number)
    new = len(first) - 1
    other = sum(kind in ("lessons", "judgement") for kind in kinds)
    return Came(
        best={mark: _announced(problem, first, seen, mark) for mark in marks},
        completions=len(kinds),
        wasted=len(kinds) - other - new,
        refusals=kinds.count("refusal"),
        other=other,
        crashed=sum(seen[name].score is None for name in first if name in seen),
        evaluations=len(evaluated),
    )


def _announced(problem: str, first: dict[str, int], seen: dict[str, Evaluated], mark: int) -> float:
    """The exact score of what looked best after `mark` completions; the seed's where nothing passed."""
    passed = [seen[name] for name, at in first.items() if at <= mark and name in seen and seen[name].score is not None]
    best = max(passed, key=lambda each: each.score or 0.0, default=None)
    exact = judged(PROBLEMS[problem], best.text if best else PROBLEMS[problem].seed).score
    assert exact is not None, "it passed"
    return exact


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Lower quartile, median, upper quartile; of a single value three times that."""
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high
