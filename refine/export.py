"""Taking results out of a journal."""

from __future__ import annotations

import json
from collections.abc import Iterator

from refine.errors import JournalError
from refine.report.history import History
from refine.report.summary import candidate


def program(history: History) -> str:
    """The best program's text. Raises `JournalError` if nothing has passed yet."""
    if history.best is None:
        raise JournalError(f"{history.journal.path} holds no candidate that passed: there is nothing to export yet")
    return history.journal.text(history.best)


def lines(history: History) -> Iterator[str]:
    """Every candidate as one JSON object a line, in the order in which they were verified; repeats are left out.

    `prompt` is the digest of the messages that asked for it: equal digests, equal prompts.
    """
    for name in history.outcomes:
        yield json.dumps(candidate(history, name), ensure_ascii=False)
