"""What a training set must not hold: the same row twice, and questions of the examination."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from refine.distill.rows import Row
from refine.types import digest

WORDS = 13
"""Words in a row that two texts share only if one is copied: the length that Brown et al. 2020 (GPT-3) took."""
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is left, and how many rows were dropped for what reason."""

    rows: tuple[Row, ...]
    duplicates: int
    contaminated: int


def cleaned(rows: Iterable[Row], held_out: Iterable[str] = (), *, words: int = WORDS) -> Cleaned:
    """`rows` without repeats, and without those that share a question, or `words` words in a row, with `held_out`.

    Case, white space and markup of the text do not matter. The answers of a row are looked at too: a search's answer
    can quote what its prompt does not.

    Raises:
        ValueError: `words` is below 1.
    """
    is_examined = _examined(held_out, words)
    seen: set[tuple[str, str, str]] = set()
    kept: list[Row] = []
    duplicates = contaminated = 0
    for row in rows:
        name = (_named(row.question), _named(row.chosen), _named(row.rejected or ""))
        if name in seen:
            duplicates += 1
        elif is_examined(row):
            contaminated += 1
        else:
            kept.append(row)
        seen.add(name)
    return Cleaned(tuple(kept), duplicates, contaminated)


def apart(rows: Iterable[Row], held_out: Iterable[str], *, words: int = WORDS) -> list[Row]:
    """`rows`, repeats too, without those that share a question, or `words` words in a row, with `held_out`.

    Raises:
        ValueError: `words` is below 1.
    """
    is_examined = _examined(held_out, words)
    return [row for row in rows if not is_examined(row)]


def _examined(held_out: Iterable[str], words: int) -> Callable[[Row], bool]:
    if words < 1:
        raise ValueError(f"{words} words in a row: at least 1")
    examined = [_words(text) for text in held_out]
    whole = {_digest(text) for text in examined}
    runs = {run for text in examined for run in _runs(text, words)}

    def is_examined(row: Row) -> bool:
        return _named(row.question) in whole or any(
            run in runs for text in _texts(row) for run in _runs(_words(text), words)
        )

    return is_examined


def _texts(row: Row) -> tuple[str, ...]:
    return row.question, row.chosen, row.rejected or ""


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: list[str], length: int) -> Iterator[str]:
    return (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))


def _digest(words: list[str]) -> str:
    return digest(" ".join(words))


def _named(text: str) -> str:
    return _digest(_words(text))
