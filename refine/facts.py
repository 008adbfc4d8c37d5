"""From what was asked and what came of it to the facts that say so. Pure."""

from __future__ import annotations

from refine import prompts
from refine.attempts import Place
from refine.events import Asked, Embedded, Verified
from refine.likeness import Alike
from refine.novelty import form
from refine.task import Language
from refine.types import Candidate, Outcome, Prompt, Usage, digest


def asked(prompt: Prompt) -> Asked:
    """The fact that `prompt` was asked."""
    return Asked(
        ask=prompt.ask,
        samples=len(prompt.samples),
        parents=tuple(shown.candidate.id for shown in prompt.parents),
        messages=digest(prompts.as_text(prompt.messages))[:32],
        params=prompt.params,
        move=prompt.move,
        edit=prompt.edit,
        repairs=prompt.repairs,
        wants=prompt.wants,
        model=prompt.model,
    )


def judged(place: Place, candidate: Candidate, language: Language, outcome: Outcome) -> Verified:
    """The fact that `candidate`, found in the answer at `place`, has `outcome`."""
    own = form(candidate, language)
    found = "" if own == candidate.id else own
    return Verified(ask=place[0], sample=place[1], candidate=candidate.id, outcome=outcome, form=found)


def embedded(place: Place, candidate: Candidate, vector: str, model: str, usage: Usage | None) -> Embedded:
    """The fact that `candidate`, found in the answer at `place`, has this embedding."""
    ask, sample = place
    return Embedded(ask=ask, sample=sample, candidate=candidate.id, vector=vector, model=model, usage=usage)


def rejected(place: Place, candidate: Candidate, language: Language, near: Alike) -> Verified:
    """The fact that `candidate`, found in the answer at `place`, is too like another to be verified."""
    own = form(candidate, language)
    found = "" if own == candidate.id else own
    ask, sample = place
    like, how = near.candidate, near.similarity
    return Verified(ask=ask, sample=sample, candidate=candidate.id, repeat=True, form=found, alike=like, similarity=how)


def repeated(place: Place, same: str) -> Verified:
    """The fact that the answer at `place` is the program that is verified already as `same`."""
    return Verified(ask=place[0], sample=place[1], candidate=same, repeat=True)
