"""What a prompt shows, whoever wrote it: its programs, which of them is to be improved, what it says about them, and
how the answer is to be written. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

_FENCE = re.compile(r"^```[^\n`]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_KNOB = re.compile(r"^k(\d+) = (-?\d+(?:\.\d+)?(?:e-?\d+)?)(?:[ \t]*#[ \t]*(-?[\d.]+) \.\. (-?[\d.]+))?", re.MULTILINE)
_HEADING = re.compile(r"current program|program to improve|current component", re.IGNORECASE)
_NEAR = 200
"""Characters before a program in which a heading is its own."""
_TOO = re.compile(r"k(\d+) = (-?\d+(?:\.\d+)?) is too (low|high)")
_BETWEEN = re.compile(r"k(\d+) lies between (-?\d+(?:\.\d+)?) and (-?\d+(?:\.\d+)?)")
_EARNS = re.compile(r"pair at k(\d+) = (-?\d+), k\d+ = (-?\d+) earns (\d+(?:\.\d+)?)")
_CROSS = re.compile(r"\b(?:combine|merge|cross-?over)\b", re.IGNORECASE)
_AFRESH = re.compile(
    r"(?:another|completely different|fundamentally different) (?:idea|algorithm|approach|implementation)",
    re.IGNORECASE,
)
_LESSONS = re.compile(r"do not propose|write at most \w+ lessons|standalone summary", re.IGNORECASE)
_NOVELTY = re.compile(r"meaningfully different from each other", re.IGNORECASE)

Style = Literal["whole", "diff"]
Wants = Literal["program", "lessons", "novelty"]


@dataclass(frozen=True)
class Program:
    """A program in a prompt. `spans` are the ranges that stand beside the knobs; `whole`: knobs are integers."""

    text: str
    knobs: dict[int, float]
    spans: dict[int, tuple[float, float]]
    whole: bool


@dataclass(frozen=True)
class Known:
    """What a prompt's sentences say: for each knob the highest value too low and the lowest too high, and for each pair
    (by its first knob) what its values earn.
    """

    floors: dict[int, float]
    ceilings: dict[int, float]
    earnings: dict[int, dict[tuple[float, float], float]]


@dataclass(frozen=True)
class Reading:
    parent: Program | None
    others: tuple[Program, ...]
    known: Known
    style: Style
    wants: Wants
    cross: bool
    afresh: bool
    tags: frozenset[str]


def read(prompt: str) -> Reading:
    """A prompt as the model understands it."""
    found = [(match.start(), program(match[1])) for match in _FENCE.finditer(prompt) if "def settings" in match[1]]
    headed = [i for i, (at, _) in enumerate(found) if _HEADING.search(prompt[max(0, at - _NEAR) : at])]
    chosen = (headed or [len(found) - 1])[-1]
    programs = [each for _, each in found]
    words = _FENCE.sub("", prompt)
    others = {each.text: each for i, each in enumerate(programs) if i != chosen and each.text != programs[chosen].text}
    return Reading(
        parent=programs[chosen] if programs else None,
        others=tuple(others.values()),
        known=known(prompt),
        style="diff" if "<<<<<<< SEARCH" in prompt else "whole",
        wants=_wanted(words),
        cross=bool(_CROSS.search(words)),
        afresh=bool(_AFRESH.search(words)),
        tags=frozenset(tag for tag in ("NAME", "DESCRIPTION", "DIFF", "CODE") if f"<{tag}>" in prompt),
    )


def _wanted(words: str) -> Wants:
    if _NOVELTY.search(words):
        return "novelty"
    return "lessons" if _LESSONS.search(words) else "program"


def program(text: str) -> Program:
    """A program's knobs and their ranges."""
    rows = list(_KNOB.finditer(text))
    spans = {int(row[1]): (float(row[3]), float(row[4])) for row in rows if row[3]}
    whole = not any("." in row[3] for row in rows if row[3])
    return Program(text.strip("\n") + "\n", {int(row[1]): float(row[2]) for row in rows}, spans, whole)


def known(text: str) -> Known:
    """All that a text's sentences say about knobs, in whatever order they come."""
    low = [(int(k), float(v)) for k, v, side in _TOO.findall(text) if side == "low"]
    high = [(int(k), float(v)) for k, v, side in _TOO.findall(text) if side == "high"]
    for k, a, b in _BETWEEN.findall(text):
        low.append((int(k), float(a)))
        high.append((int(k), float(b)))
    earnings: dict[int, dict[tuple[float, float], float]] = {}
    for k, x, y, won in _EARNS.findall(text):
        earnings.setdefault(int(k), {})[float(x), float(y)] = float(won)
    return Known(_extreme(low, 1), _extreme(high, -1), earnings)


def _extreme(pairs: Iterable[tuple[int, float]], sign: int) -> dict[int, float]:
    """For each knob its largest value (`sign` 1) or its least (-1)."""
    found: dict[int, float] = {}
    for knob, value in pairs:
        found[knob] = sign * max(sign * value, sign * found.get(knob, value))
    return found
