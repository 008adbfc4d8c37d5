"""Answers that change a program instead of repeating it: SEARCH/REPLACE blocks. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLOCK = re.compile(
    r"^[ \t]*<{5,}[ \t]*SEARCH[ \t]*\n(?P<old>.*?)^[ \t]*={5,}[ \t]*\n(?P<new>.*?)^[ \t]*>{5,}[ \t]*REPLACE[ \t]*$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why the blocks do not fit the program; goes into the next prompt."""

    why: str


def edited(answer: str, base: str) -> str | Unfit | None:
    """`base` with the blocks of `answer` applied in order; None where the answer has no block.

    What is searched for must stand in the program once, line by line; blanks at the ends of lines do not count. An
    empty SEARCH stands for the end of the program.
    """
    blocks = [(found["old"], found["new"]) for found in _BLOCK.finditer(answer)]
    if not blocks:
        return None
    text = base
    for number, (old, new) in enumerate(blocks, 1):
        step = _replaced(text, old, new)
        if isinstance(step, Unfit):
            return Unfit(f"SEARCH block {number} of {len(blocks)} {step.why}")
        text = step
    return text


def _replaced(text: str, old: str, new: str) -> str | Unfit:
    lines, wanted = text.splitlines(), [line.rstrip() for line in old.splitlines()]
    put = new.splitlines()
    if not any(wanted):
        return "\n".join([*lines, *put]) + "\n"
    have = [line.rstrip() for line in lines]
    places = [at for at in range(len(have) - len(wanted) + 1) if have[at : at + len(wanted)] == wanted]
    if not places:
        return Unfit(f"is not in the program: {wanted[0].strip()[:80]!r} ...")
    if len(places) > 1:
        return Unfit(f"stands in the program {len(places)} times: search for more lines, so that it is one place")
    at = places[0]
    return "\n".join([*lines[:at], *put, *lines[at + len(wanted) :]]) + "\n"
