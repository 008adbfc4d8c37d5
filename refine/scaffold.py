"""`refine new`: a folder with a task that runs at once, to be changed into one's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, get_args

from refine.errors import TaskError, UsageError

Kind = Literal["python", "expression", "text"]
_TEMPLATES = Path(__file__).parent / "templates" / "new"
_SUFFIX = ".txt"
"""Template files carry it, so that no tool takes them for this package's own code."""


def new(name: str, kind: str, where: Path) -> tuple[Path, ...]:
    """Writes the folder `where/name`; the files that were written, in order.

    Raises:
        UsageError: the name or the kind is none, or the folder exists: nothing is ever overwritten.
        TaskError: the folder cannot be written.
    """
    if kind not in get_args(Kind):
        raise UsageError(f"there is no kind {kind!r}; there are: {', '.join(get_args(Kind))}")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        raise UsageError(f"{name!r} cannot name a task: letters, digits, _ and -, a letter first")
    folder = where / name
    if folder.exists():
        raise UsageError(f"{folder} exists already and is not overwritten: take another name")
    try:
        return tuple(_written(source, folder, name, _TEMPLATES / kind) for source in _sources(kind))
    except OSError as error:
        raise TaskError(f"cannot write {folder}: {error.strerror}") from error


def _sources(kind: str) -> list[Path]:
    return sorted(path for path in (_TEMPLATES / kind).rglob(f"*{_SUFFIX}") if path.is_file())


def _written(source: Path, folder: Path, name: str, root: Path) -> Path:
    target = folder / str(source.relative_to(root)).removesuffix(_SUFFIX)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(source.read_text(encoding="utf-8").replace("{{NAME}}", name), encoding="utf-8")
    return target
