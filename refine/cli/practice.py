"""What the command line names, and the questions that it means: a file, a folder, or a shipped exercise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from refine.errors import UsageError
from refine.improve.exercise import Exercise, load
from refine.load import shipped
from refine.questions import Layout, Question, apart, questions

_SHARE = re.compile(r"(\d{1,2}(?:\.\d+)?)%")
_FILE, _FOLDER = ".py", "exercise.py"


@dataclass(frozen=True, slots=True)
class Source:
    """How questions are named: `what`, how its lines are written, and what is held out of it: a file of questions,
    `FILE:20%` for that share of a file, or `20%` for that share of `what` itself. "" holds out nothing.
    """

    what: Path
    layout: Layout = "auto"
    held_out: str = ""

    @property
    def share(self) -> float | None:
        """The share of `what` itself that is held out, 0 to 1."""
        said = _SHARE.fullmatch(self.held_out)
        return float(said.group(1)) / 100 if said else None


def exercises() -> tuple[str, ...]:
    """Names of the shipped exercises."""
    return tuple(sorted(file.parent.name for file in shipped().glob(f"*/{_FOLDER}")))


def found(what: Path) -> Path:
    """The file that `what` means: itself, the exercise in a folder, or that of a shipped name.

    Raises:
        UsageError: there is none.
    """
    here = what / _FOLDER if what.is_dir() else what
    if here.is_file():
        return here
    if str(what) in exercises():
        return shipped() / what / _FOLDER
    raise UsageError(
        f"there is no {here}: name a file of questions (JSON lines), a Python file or folder that defines `exercise`, "
        f"or one of {', '.join(exercises())}"
    )


def held(named: str, layout: Layout = "auto") -> tuple[Question, ...]:
    """The questions of `FILE` or `FILE:20%`."""
    name, colon, share = named.rpartition(":")
    if colon and _SHARE.fullmatch(share):
        return apart(questions(Path(name), layout), float(share[:-1]) / 100)[1]
    return questions(Path(named), layout)


def exercise(source: Source, unrelated: Path | None = None) -> Exercise:
    """What is practised, and what is examined.

    Raises:
        UsageError: there is no such file, it is unreadable, or nothing is held out of a file of questions.
        TaskError: questions that are held out have no answers.
    """
    file = found(source.what)
    if file.suffix == _FILE:
        if source.held_out or unrelated:
            raise UsageError(f"{source.what} brings its own examination: leave --held-out and --unrelated out")
        return load(file)
    if not source.held_out:
        raise UsageError("what is practised is no examination: hold a share of it out (--held-out 20%), or name a file")
    rest, exam = parts(source)
    return Exercise(file.stem, rest, exam, questions(unrelated, source.layout) if unrelated else ())


def parts(source: Source) -> tuple[tuple[Question, ...], tuple[Question, ...]]:
    """The questions of a file without what is held out, and what is."""
    asked = questions(found(source.what), source.layout)
    if source.share is not None:
        return apart(asked, source.share)
    exam = held(source.held_out, source.layout) if source.held_out else ()
    known = {question.id for question in exam}
    return tuple(question for question in asked if question.id not in known), exam
