"""The three published ways, as presets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from random import Random

from refine.distill.rows import expert, imitated, preferred
from refine.distill.samples import Sample
from refine.distill.train import Recipe
from refine.errors import UsageError
from refine.improve.exercise import Exercise
from refine.improve.rounds import Method
from refine.improve.setting import Setting, surveyed
from refine.questions import Question, Verify, voted
from refine.survey import Plan
from refine.types import Message, Outcome, Verdict

ANSWERS = 2048
"""In flight at most, of all questions together: enough to compute some while others are compared and journalled."""


def lmsi(
    *,
    samples: int = 32,
    temperature: float = 0.7,
    questions: int | None = None,
    least: float = 0.5,
    recipe: Recipe | None = None,
) -> Method:
    """Huang et al. 2022: `samples` answers a question, all of the majority's are learnt where its share is `least`.

    `questions`, here and below, are drawn from the practice anew in each round; None takes all of it.
    """
    amplify = partial(practised, verify=voted, samples=samples, temperature=temperature, questions=questions)
    return Method("lmsi", amplify, partial(imitated, least=least), recipe or Recipe())


def ida(
    *, samples: int = 32, temperature: float = 1.0, questions: int | None = None, recipe: Recipe | None = None
) -> Method:
    """Christiano et al. 2018: what the model finds in `samples` tries, with a tool to tell, is learnt as one answer.

    The exercise needs a `tool`. Of the right answers to a question that is distilled which was said most often, then
    the shortest.
    """

    def amplify(setting: Setting) -> list[Sample]:
        tool = tool_of(setting.exercise)
        return practised(setting, verify=tool, samples=samples, temperature=temperature, questions=questions)

    return Method("ida", amplify, expert, recipe or Recipe())


def tool_of(exercise: Exercise) -> Verify:
    """Raises UsageError: it has none."""
    if exercise.tool is None:
        raise UsageError(f"{exercise.name} has no tool that checks an answer: take lmsi or self_rewarding")
    return exercise.tool


def self_rewarding(
    *,
    samples: int = 4,
    temperature: float = 0.7,
    questions: int | None = None,
    draws: int = 3,
    judge_tokens: int | None = None,
    recipe: Recipe | None = None,
) -> Method:
    """Yuan et al. 2024: the same model gives each of its answers points, `draws` times averaged; best against worst.

    The better answer is also imitated (`Recipe.nll`): by preference alone models here got worse. `judge_tokens` takes
    the place of what the exercise's judge says.
    """
    judge = partial(judged, draws=draws, tokens=judge_tokens)

    def amplify(setting: Setting) -> list[Sample]:
        said = practised(setting, verify=_unjudged, samples=samples, temperature=temperature, questions=questions)
        return judge(said, setting)

    return Method("self_rewarding", amplify, preferred, recipe or Recipe(method="dpo", nll=1.0), judge)


def _unjudged(question: Question, texts: Sequence[str]) -> list[Outcome]:
    """Every answer stands until the judge has spoken."""
    del question
    return [Outcome(verdict=Verdict.PASSED, score=0.0) for _ in texts]


def practised(
    setting: Setting, *, verify: Verify, samples: int, temperature: float, questions: int | None = None
) -> list[Sample]:
    """`samples` answers to each of so many practised questions; `verify` says what they are worth."""
    exercise = setting.exercise
    plan = Plan(
        drawn(exercise.practice, questions, setting.seed),
        samples=samples,
        system=exercise.system,
        params={"temperature": temperature, "max_tokens": exercise.tokens},
        seed=setting.seed,
        in_flight=max(1, ANSWERS // samples),
    )
    return surveyed(plan, setting, "survey", verify)


def drawn(practice: tuple[Question, ...], questions: int | None, seed: int) -> tuple[Question, ...]:
    """So many of them, in another order for each seed; all of them as they are where that is no fewer."""
    if questions is None or questions >= len(practice):
        return practice
    return tuple(Random(f"practice/{seed}").sample(practice, questions))


def judged(said: Sequence[Sample], setting: Setting, *, draws: int, tokens: int | None = None) -> list[Sample]:
    """The same samples, each worth the mean of the points that the model gave it; without a readable one it has none.

    Equal answers to a question are judged once.
    """
    judge = setting.exercise.judge
    asked = {(one.question, one.completion.strip()): judge.ask(one.question, one.completion.strip()) for one in said}
    systems = {message.content for messages in asked.values() for message in messages if message.role == "system"}
    plan = Plan(
        tuple({text: Question(text=text) for text in map(_text, asked.values())}.values()),
        samples=draws,
        system=systems.pop() if systems else "",
        params={"temperature": 1.0, "max_tokens": tokens or judge.tokens},
        seed=setting.seed,
        in_flight=max(1, ANSWERS // draws),
    )
    points: dict[str, list[float]] = {}
    for opinion in surveyed(plan, setting, "judgements", _points(judge.read)):
        if opinion.worth is not None:
            points.setdefault(opinion.question, []).append(opinion.worth)
    return [_worth(one, points.get(_text(asked[one.question, one.completion.strip()]))) for one in said]


def _text(messages: Sequence[Message]) -> str:
    return "\n".join(message.content for message in messages if message.role == "user")


def _points(read: Callable[[str], float | None]) -> Verify:
    def verify(question: Question, texts: Sequence[str]) -> list[Outcome]:
        del question
        return [_opinion(read(text)) for text in texts]

    return verify


def _opinion(points: float | None) -> Outcome:
    if points is None:
        return Outcome(verdict=Verdict.MALFORMED, feedback="no points were found in the judgement")
    return Outcome(verdict=Verdict.PASSED, score=points)


def _worth(sample: Sample, points: Sequence[float] | None) -> Sample:
    if not points:
        return replace(sample, worth=None, verdict=Verdict.MALFORMED)
    return replace(sample, worth=sum(points) / len(points))


METHODS: dict[str, Callable[..., Method]] = {"lmsi": lmsi, "self_rewarding": self_rewarding, "ida": ida}
