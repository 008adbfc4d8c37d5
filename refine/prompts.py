"""What a model reads: the task, the parents with their scores, and what happened. Templates are in `templates/`."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from refine.curves import told
from refine.errors import TaskError
from refine.task import Task
from refine.types import Candidate, Edit, Message, Outcome, Shown

if TYPE_CHECKING:
    import jinja2

_KINDS = {"python": "Python program", "expression": "Python-syntax expression", "text": "text"}


@dataclass(frozen=True, slots=True)
class Tried(Shown):
    """A candidate that a prompt lists: `said` is its name, or what its author said of it."""

    said: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """What one prompt shows. Parents and inspirations come best first, history latest last, failures with those of
    the parents' other children last. `known` were there before the first proposal. `packages` may be imported beside
    Python's standard library.

    When the text has more than `characters`, it is cut in this order: history, oldest first; inspirations, worst first;
    failures, the first first; lessons, oldest first; known, the last first; parents but the first, worst first. The
    task, the person's advice and the program to improve are never cut.
    """

    task: Task
    parents: tuple[Shown, ...] = ()
    inspirations: tuple[Shown, ...] = ()
    failures: tuple[Outcome, ...] = ()
    known: tuple[Tried, ...] = ()
    history: tuple[Tried, ...] = ()
    lessons: tuple[str, ...] = ()
    advice: str = ""
    best: float | None = None
    packages: tuple[str, ...] = ()
    say: str = ""
    edit: Edit = "whole"
    characters: int = 60_000

    def less(self) -> Brief | None:
        """The same with the least important quarter of something left out; None where nothing may be."""
        if self.history:
            return replace(self, history=self.history[math.ceil(len(self.history) / 4) :])
        if self.inspirations:
            return replace(self, inspirations=self.inspirations[:-1])
        if self.failures:
            return replace(self, failures=self.failures[1:])
        if self.lessons:
            return replace(self, lessons=self.lessons[1:])
        if self.known:
            return replace(self, known=self.known[:-1])
        return replace(self, parents=self.parents[:-1]) if len(self.parents) > 1 else None


def messages(brief: Brief) -> tuple[Message, ...]:
    """The messages of one ask. A function of its argument and of the task's own templates alone."""
    return _fitted("propose.j2", brief)


def reflect(brief: Brief) -> tuple[Message, ...]:
    """The messages that ask for lessons from `brief.history`."""
    return _fitted("reflect.j2", brief)


def _fitted(template: str, brief: Brief) -> tuple[Message, ...]:
    asked = _rendered(template, brief)
    while len(asked[-1].content) > brief.characters and (less := brief.less()) is not None:
        brief = less
        asked = _rendered(template, brief)
    return asked


def repair(task: Task, failed: Shown, characters: int) -> tuple[Message, ...]:
    """The messages that show a failing program with its error and ask for nothing but its cure."""
    text = shortened(failed.candidate.text, characters)
    return _rendered("repair.j2", Brief(task, parents=(Shown(Candidate(text), failed.outcome),)))


def _rendered(template: str, brief: Brief) -> tuple[Message, ...]:
    task = brief.task
    words = {
        "what": _KINDS[task.language],
        "language": task.language,
        "instruction": task.instruction,
        "metric": task.metric,
        "direction": task.direction,
        "target": task.target,
        "limits": task.limits,
        "packages": brief.packages,
        "advice": brief.advice,
        "best": brief.best,
        "parents": brief.parents,
        "inspirations": brief.inspirations,
        "failures": brief.failures,
        "known": brief.known,
        "history": brief.history,
        "lessons": brief.lessons,
        "say": brief.say,
        "edit": brief.edit,
    }
    environment = _environment(task.folder / "prompts")
    try:
        system, user = (environment.get_template(name).render(words) for name in ("system.j2", template))
    except jinja2_errors() as error:
        raise TaskError(f"the prompt template of {task.name} is wrong: {error}") from error
    return Message(role="system", content=system.strip()), Message(role="user", content=user.strip())


def as_text(asked: Sequence[Message]) -> str:
    """Messages as the journal keeps them: JSON pairs of role and content."""
    return json.dumps([[m.role, m.content] for m in asked], ensure_ascii=False, separators=(",", ":"))


def shortened(text: str, limit: int) -> str:
    """`text` without its middle if it is longer than `limit` characters: errors begin and end with what matters."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]} [... {len(text) - 2 * half} characters ...] {text[-half:]}"


def breakdown(instances: Mapping[str, float], limit: int = 24) -> str:
    shown = ", ".join(f"{name}: {value:.6g}" for name, value in list(instances.items())[:limit])
    return shown + (f", and {len(instances) - limit} more" if len(instances) > limit else "")


def jinja2_errors() -> type[Exception]:
    import jinja2  # noqa: PLC0415 - as below

    return jinja2.TemplateError


@functools.cache
def _environment(own: Path) -> jinja2.Environment:
    """Templates of the task's folder `prompts` where it has some, else ours."""
    import jinja2  # noqa: PLC0415 - loaded with the first prompt

    environment = jinja2.Environment(  # noqa: S701 - plain text for a model, never HTML
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(own), jinja2.PackageLoader("refine")]),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=False,
    )
    environment.filters.update(shortened=shortened, breakdown=breakdown, told=told)
    return environment
