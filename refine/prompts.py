"""What a model reads: the task, the parents with their scores, and what happened. Templates are in `templates/`."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from refine.task import Task
from refine.types import Message, Outcome, Shown

if TYPE_CHECKING:
    import jinja2

_KINDS = {"python": "Python program", "expression": "Python-syntax expression", "text": "text"}


def messages(
    task: Task, parents: Sequence[Shown], failures: Sequence[Outcome], best: float | None
) -> tuple[Message, ...]:
    """The messages of one ask. A function of its arguments alone; parents best first."""
    words = {
        "what": _KINDS[task.language],
        "language": task.language,
        "instruction": task.instruction,
        "metric": task.metric,
        "direction": task.direction,
        "target": task.target,
        "limits": task.limits,
        "best": best,
        "parents": parents,
        "failures": failures,
    }
    system = _environment().get_template("system.j2").render(words)
    user = _environment().get_template("propose.j2").render(words)
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


@functools.cache
def _environment() -> jinja2.Environment:
    import jinja2  # noqa: PLC0415 - loaded with the first prompt

    environment = jinja2.Environment(  # noqa: S701 - plain text for a model, never HTML
        loader=jinja2.PackageLoader("refine"), undefined=jinja2.StrictUndefined, keep_trailing_newline=False
    )
    environment.filters.update(shortened=shortened, breakdown=breakdown)
    return environment
