"""A language model's opinion as a score, for what no tool can check: LLM-as-a-judge.

    @task.verifier
    def verify(candidate):
        return opinion.points(candidate, "Explain tides to a child.").outcome()

The engine asks the task's judge model, so no key comes to the judge process; every draw is in the journal, and counts
against the budget. What is judged is hostile: it stands between marks with a code that follows from the text itself,
the line that counts must have that code, several draws are averaged, and what cannot be read is no score. Still, a
model can be talked into things: such a score is judged and not verified, and its outcome says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from refine.errors import Wrong
from refine.types import Outcome, Usage, Verdict
from refine.verifiers import rubric
from refine.verifiers.handle import Handle
from refine.verifiers.wanted import Said, Wanted

MOST_CHARS = 16_000
"""Of a text under judgement: longer ones cost whoever pays for the judge, and push the question out of its sight."""
_CONTROL = re.compile(
    r"<[|\uff5c][^<>]{1,60}[|\uff5c]>|</?(?:s|bos|eos|pad|unk|think|(?:start|end)_of_turn)>|<</?SYS>>|\[/?(?:INST|SYSTEM_PROMPT)\]",
    re.IGNORECASE,
)
"""What chat templates end turns with: a local tokenizer reads it in any text, and the turn would be over. A space
within makes it words again."""
_REASONS = 1500
"""Characters of a judge's reasons that are told."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What several draws came to.

    Attributes:
        judgement: their mean, spread, number, and how many could not be read.
        said: what the judge said; in comparisons, first in one order and then in the other.
        scale: what the value means, in words.
    """

    judgement: rubric.Judgement
    said: tuple[Said, ...]
    scale: str

    @property
    def value(self) -> float | None:
        return self.judgement.value

    @property
    def usage(self) -> Usage:
        """Of all draws together; `usd` is None where one of them has no known price."""
        used = [one.usage or Usage(usd=0.0) for one in self.said]
        priced = [one.usd for one in used if one.usd is not None]
        return Usage(
            prompt_tokens=sum(one.prompt_tokens or 0 for one in used),
            completion_tokens=sum(one.completion_tokens or 0 for one in used),
            usd=sum(priced) if len(priced) == len(used) else None,
        )

    def outcome(self) -> Outcome:
        """The mean as score; MALFORMED where more than half of the draws cannot be read.

        Metrics: `draws`, `unread`, `spread` (standard deviation over the draws), `judge_tokens`, and `judge_usd` where
        prices are known.
        """
        of = self.judgement
        used = self.usage
        tokens = (used.prompt_tokens or 0) + (used.completion_tokens or 0)
        metrics = {"draws": float(of.draws), "unread": float(of.unread), "spread": of.spread}
        metrics |= {"judge_tokens": float(tokens)} | ({"judge_usd": used.usd} if used.usd is not None else {})
        if of.value is None or 2 * of.unread > of.draws:
            why = f"{of.unread} of {of.draws} opinions of the judge model cannot be read, so there is no score"
            return Outcome(verdict=Verdict.MALFORMED, feedback=why, metrics=metrics)
        drawn = f"the mean of {of.draws - of.unread} opinion(s), such as:"
        feedback = f"judged, not verified: {of.value:.3g} {self.scale}, {drawn}\n{self._reasons()}"
        return Outcome(verdict=Verdict.PASSED, score=of.value, metrics=metrics, feedback=feedback)

    def _reasons(self) -> str:
        text = self.said[0].text.strip() if self.said else ""
        return text if len(text) <= _REASONS else text[:_REASONS] + " [...]"


def points(
    candidate: Handle,
    question: str,
    answer: str | None = None,
    *,
    criteria: Sequence[str] = rubric.CRITERIA,
    draws: int = 4,
    max_tokens: int = 512,
) -> Opinion:
    """0 to 5 points, one for each of five criteria, averaged over `draws`.

    Args:
        candidate: whose verification this is.
        question: what was asked for, in the task's words.
        answer: what is judged; by default the candidate's text.
        criteria: in words, each to go on after "one point if".
        draws: opinions asked for.
        max_tokens: of one of them.

    Raises:
        Wrong: the answer is longer than MOST_CHARS.
    """
    said = _bounded(candidate.text if answer is None else answer)
    code = rubric.code(question, said)
    messages = rubric.points(question, said, criteria=criteria, code=code)
    told = candidate.ask_model(Wanted(messages=messages, draws=draws, max_tokens=max_tokens))
    return Opinion(rubric.judged([one.text for one in told], code), told, f"of {rubric.MOST} points")


def preference(
    candidate: Handle,
    question: str,
    against: str,
    answer: str | None = None,
    *,
    draws: int = 2,
    max_tokens: int = 512,
) -> Opinion:
    """From -1 (`against` is better) to 1 (the candidate is), averaged over `draws` in each of the two orders.

    Arguments and errors are those of `points`. Two draws that contradict each other when the places are swapped favour
    a place, and count 0.
    """
    said, other = _bounded(candidate.text if answer is None else answer), _words(against)
    code = rubric.code(question, said, other)
    orders = ((said, other), (other, said))
    straight, swapped = (
        candidate.ask_model(
            Wanted(messages=rubric.comparison(question, *order, code=code), draws=draws, max_tokens=max_tokens)
        )
        for order in orders
    )
    found = rubric.preferred([one.text for one in straight], [one.text for one in swapped], code)
    return Opinion(found, (*straight, *swapped), "from -1 (the other is better) to 1")


def _bounded(text: str) -> str:
    if len(text) > MOST_CHARS:
        raise Wrong(f"{len(text)} characters are more than the {MOST_CHARS} that are judged: write less")
    return _words(text)


def _words(text: str) -> str:
    return _CONTROL.sub(lambda found: f"{found.group()[0]} {found.group()[1:]}", text)
