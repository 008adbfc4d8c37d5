"""The model that all methods ask: a pure function of the prompt and of how often it was asked that before.

It does what language models are seen to do. Mostly it changes one or two things in the program to improve; where the
prompt says what is wrong, it cures that; shown several programs it sometimes crosses them, and mostly so when asked to;
now and then it begins a part afresh, mostly when asked for another idea. A few answers in a hundred are no program, the
same program again, or a broken one. It has no knowledge of the problems: what is not in the prompt is guessed.
"""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass
from typing import Literal

from benchmarks.searches.reading import Program, Reading, read

Kind = Literal["program", "refusal", "lessons", "judgement"]
BROKEN, HALF_WRITTEN = "k_typo = undefined_knob + 1", "def half_written(:"
REFUSES, REPEATS, CRASHES, BREAKS = 0.03, 0.03, 0.03, 0.01
"""Shares of answers without a program, with the same one, with one that crashes, with one that does not parse."""
HEEDS = 0.85
"""How often a sentence about a knob is heeded where there is one."""
CROSSES, CROSSES_IF_ASKED = 0.25, 0.9
AFRESH, AFRESH_IF_ASKED = 0.08, 0.5
TAUGHT = 8
"""Knobs that an answer with lessons speaks of."""


@dataclass(frozen=True)
class Answer:
    """`program` is what the answer makes of the program to improve, if it makes one."""

    text: str
    kind: Kind
    program: str | None = None


def answer(prompt: str, times: int, seed: int) -> Answer:
    """The answer to `prompt` when it has been answered `times` times before."""
    digest = hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest()
    chance = random.Random(f"{seed}/{times}/{digest}")
    seen = read(prompt)
    if seen.wants == "novelty":
        return Answer("**NOVEL**: the programs differ in their knobs.", "judgement")
    if seen.wants == "lessons":
        return Answer(lessons(seen), "lessons")
    if seen.parent is None or chance.random() < REFUSES:
        return Answer("I am sorry, I can't see how this could be improved any further.", "refusal")
    child = _child(seen, seen.parent, chance)
    return Answer(written(seen, seen.parent, child, chance), "program", child)


def lessons(seen: Reading) -> str:
    """What the prompt's sentences come to, knob by knob; the narrowest first."""
    floors, ceilings = seen.known.floors, seen.known.ceilings
    both = sorted((k for k in floors if ceilings.get(k, -math.inf) > floors[k]), key=lambda k: ceilings[k] - floors[k])
    said = [f"- k{k} lies between {floors[k]:g} and {ceilings[k]:g}." for k in both]
    said += [f"- k{k} = {floors[k]:g} is too low." for k in sorted(floors) if k not in both]
    said += [f"- k{k} = {ceilings[k]:g} is too high." for k in sorted(ceilings) if k not in both]
    for first, won in sorted(seen.known.earnings.items()):
        x, y = max(won, key=lambda pair: won[pair])
        said.append(f"- The pair at k{first} = {x:g}, k{first + 1} = {y:g} earns {won[x, y]:g}, the most so far.")
    return "\n".join(said[:TAUGHT]) or "- Nothing stands out yet: change one knob at a time."


def _child(seen: Reading, parent: Program, chance: random.Random) -> str:
    lines = parent.text.splitlines(keepends=True)
    text = "".join(line for line in lines if line.rstrip() not in (BROKEN, HALF_WRITTEN))
    if text == parent.text:  # a program that is broken is cured; nothing else goes wrong at the same time
        fate = chance.random()
        if fate < REPEATS:
            return _with_line(text, "# checked once more: this should be right already")
        if fate < REPEATS + CRASHES:
            return _with_line(text, BROKEN)
        if fate < REPEATS + CRASHES + BREAKS:
            return _with_line(text, HALF_WRITTEN)
    return _set(text, _knobs(seen, parent, chance))


def _knobs(seen: Reading, parent: Program, chance: random.Random) -> dict[int, float]:
    knobs = dict(parent.knobs)
    cross = seen.others and chance.random() < (CROSSES_IF_ASKED if seen.cross else CROSSES)
    if cross:
        knobs = _crossed(seen, knobs, chance)
    if chance.random() < (AFRESH_IF_ASKED if seen.afresh else AFRESH):
        first = 2 * (chance.choice(sorted(knobs)) // 2)
        return knobs | {k: _anywhere(parent, k, chance) for k in (first, first + 1) if k in knobs}
    if cross and knobs != parent.knobs and chance.random() < 0.5:
        return knobs
    return knobs | _tuned(seen, parent, knobs, chance)


def _crossed(seen: Reading, knobs: dict[int, float], chance: random.Random) -> dict[int, float]:
    """Pair by pair from one of two programs: the one whose pair is said to earn more, else either."""
    other = chance.choice(seen.others).knobs
    for first in sorted(knobs)[::2]:
        pair = tuple(k for k in (first, first + 1) if k in knobs and k in other)
        won = seen.known.earnings.get(first, {})
        ours, theirs = (won.get(tuple(has[k] for k in pair)) for has in (knobs, other))  # type: ignore[arg-type]
        either = ours is None or theirs is None
        if chance.random() < 0.5 if either else (theirs or 0.0) > (ours or 0.0):
            knobs = knobs | {k: other[k] for k in pair}
    return knobs


def _tuned(seen: Reading, parent: Program, knobs: dict[int, float], chance: random.Random) -> dict[int, float]:
    """One or two knobs with other values: such as are said to be wrong, else any."""
    floors, ceilings = seen.known.floors, seen.known.ceilings
    wrong = [k for k, v in sorted(knobs.items()) if v <= floors.get(k, -math.inf) or v >= ceilings.get(k, math.inf)]
    pool = wrong if wrong and chance.random() < HEEDS else sorted(knobs)
    chosen = chance.sample(pool, min(len(pool), chance.choice((1, 1, 2))))
    changed: dict[int, float] = {}
    for k in chosen:
        cured = _cured(seen, parent, k, knobs[k], chance) if pool is wrong else None
        changed[k] = _kept(seen, parent, k, knobs[k], _nearby(parent, k, knobs[k], chance)) if cured is None else cured
    return changed


def _kept(seen: Reading, parent: Program, k: int, value: float, wanted: float) -> float:
    """`wanted`, but half way to what is known to be too low or too high instead of on it or beyond."""
    floor, ceiling = seen.known.floors.get(k, -math.inf), seen.known.ceilings.get(k, math.inf)
    if value < ceiling <= wanted:
        return _rounded(parent, (value + ceiling) / 2)
    if wanted <= floor < value:
        return _rounded(parent, (value + floor) / 2)
    return wanted


def _cured(seen: Reading, parent: Program, k: int, value: float, chance: random.Random) -> float | None:
    """Between what is too low and what is too high; with one of them known, a guess how far to go. None: they clash."""
    floor, ceiling = seen.known.floors.get(k), seen.known.ceilings.get(k)
    low, high = parent.spans.get(k, (value - 10, value + 10))
    if floor is not None and ceiling is not None:
        if floor >= ceiling:
            return None
        return _rounded(parent, floor + (ceiling - floor) * chance.uniform(0.3, 0.7))
    toward = high if floor is not None else low
    step = (toward - value) * 10 ** -chance.uniform(0, 2)
    return _rounded(parent, value + (step if abs(step) >= 1 or not parent.whole else math.copysign(1, step)))


def _nearby(parent: Program, k: int, value: float, chance: random.Random) -> float:
    low, high = parent.spans.get(k, (value - 10, value + 10))
    step = chance.gauss(0, 1) * (high - low) * 10 ** -chance.uniform(0.5, 2.5)
    if parent.whole and abs(step) < 1:
        step = chance.choice((-1, 1))
    return min(high, max(low, _rounded(parent, value + step)))


def _anywhere(parent: Program, k: int, chance: random.Random) -> float:
    low, high = parent.spans.get(k, (parent.knobs[k] - 10, parent.knobs[k] + 10))
    return _rounded(parent, chance.uniform(low, high))


def _rounded(parent: Program, value: float) -> float:
    return float(round(value)) if parent.whole else float(f"{value:.5g}")


def _set(text: str, knobs: dict[int, float]) -> str:
    """The program with these values in the knobs' lines."""
    lines = text.splitlines()
    for at, line in enumerate(lines):
        name, sep, rest = line.partition(" = ")
        if sep and name[1:].isdigit() and int(name[1:]) in knobs:
            _, hash_, comment = rest.partition("  #")
            lines[at] = f"{name} = {knobs[int(name[1:])]:.6g}{hash_}{comment}"
    return "\n".join(lines) + "\n"


def _with_line(text: str, line: str) -> str:
    """The program with one more line before its function."""
    return text.replace("\n\n\ndef settings", f"\n{line}\n\n\ndef settings", 1)


def written(seen: Reading, parent: Program, child: str, chance: random.Random) -> str:
    """The answer in the form that the prompt asks for."""
    why = f"Variant {chance.randrange(10**6)}: other values for what seems to hold the score back."
    body = f"```python\n{child}```" if seen.style == "whole" else _blocks(parent.text, child)
    tag = "CODE" if seen.style == "whole" else "DIFF"
    if tag not in seen.tags:
        return f"{why}\n\n{body}\n"
    name = f"<NAME>\nvariant_{chance.randrange(10**6)}\n</NAME>\n<DESCRIPTION>\n{why}\n</DESCRIPTION>\n"
    return f"{name}<{tag}>\n{body}\n</{tag}>\n"


def _blocks(parent: str, child: str) -> str:
    """SEARCH/REPLACE blocks that make `child` of `parent`, one for each run of changed lines."""
    import difflib  # noqa: PLC0415 - only some prompts ask for it

    old, new = parent.splitlines(), child.splitlines()
    blocks = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if tag == "insert":  # beside the line before it, which is there to be found
            a, c = a - 1, c - 1  # noqa: PLW2901
        said = ["<<<<<<< SEARCH", *old[a:b], "=======", *new[c:d], ">>>>>>> REPLACE"]
        blocks.append("\n".join(said))
    return "\n\n".join(blocks) or "No change is needed."
