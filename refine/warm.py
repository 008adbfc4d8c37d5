"""A warm start: the programs that a search begins with beside the task's own seeds."""

from __future__ import annotations

from pathlib import Path

from refine.errors import UsageError
from refine.events import Verified
from refine.journal import Journal
from refine.types import Candidate

MOST = 16
"""Programs taken from one run."""


def programs(path: Path) -> tuple[Candidate, ...]:
    """The best of a run (a journal `*.db`), the files of a folder in the order of their names, or one file.

    Raises:
        UsageError: there is nothing of the kind, or no program in it.
        JournalError: it is no journal.
    """
    if path.suffix == ".db":
        found = _best(path)
    elif path.is_dir():
        found = [Candidate(file.read_text()) for file in sorted(path.iterdir()) if file.is_file() and _visible(file)]
    elif path.is_file():
        found = [Candidate(path.read_text())]
    else:
        raise UsageError(f"--from {path}: there is no such journal, folder or file")
    programs = {candidate.id: candidate for candidate in found if candidate.text.strip()}
    if not programs:
        raise UsageError(f"--from {path}: there is no program in it")
    return tuple(programs.values())


def _visible(file: Path) -> bool:
    return not file.name.startswith(".") and file.suffix in (".py", ".txt", ".md", "")


def _best(path: Path) -> list[Candidate]:
    """Of those that passed, each with another score, the best, the shortest first where scores are equal."""
    with Journal.read(path) as journal:
        sign = -1.0 if journal.started.direction == "maximize" else 1.0
        by_score: dict[float, Candidate] = {}
        for fact in journal.facts():
            event = fact.event
            if isinstance(event, Verified) and event.candidate and event.outcome and event.outcome.score is not None:
                candidate, score = Candidate(journal.text(event.candidate)), sign * event.outcome.score
                by_score[score] = min(by_score.get(score, candidate), candidate, key=lambda c: (len(c.text), c.id))
    return [by_score[score] for score in sorted(by_score)[:MOST]]
