"""Candidates that misbehave on purpose. Each file of `candidates/` is one: its docstring is the goal, and its line
`# held: ...` lists what may come of it instead: a verdict, "refused" (`attack()` reports false: it did not reach its
goal) or "plain" (an answer of built-in types only). To add one, add a file
(`.txt` where it is no Python at all).
"""

import os
import re
from pathlib import Path

import numpy as np
import psutil
import pytest

from refine.errors import CandidateError
from refine.sandbox.cell import Slots
from refine.sandbox.warm import Warm
from refine.types import Limits

CANDIDATES = sorted((Path(__file__).parent / "candidates").glob("*.*"))
LIMITS = Limits(seconds=1.5, memory_mb=256, disk_mb=16, processes=16, output_kb=64, reply_mb=4)
BEFORE = "mark = 'CANARY-OF-THE-CANDIDATE-BEFORE'\ndef keep(x): globals()['kept'] = x"
HONEST = """
import json, os, numpy as np
def exact(x, y): return x * y
def table(): return np.arange(6).reshape(2, 3)
def left(): return [name for folder in ("/tmp", "/dev/shm", ".") for name in listed(folder)]
def listed(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []
def written(x): return json.loads(json.dumps(x))
"""


def held(path: Path) -> set[str]:
    found = re.search(r"^# held: (.*)$", path.read_text(), re.M)
    assert found, f"{path.name} does not say what may come of it"
    return set(found[1].split())


def plain(value: object) -> bool:
    if isinstance(value, list):
        return type(value) is list and all(map(plain, value))
    if isinstance(value, dict):
        return type(value) is dict and all(type(key) is str and plain(item) for key, item in value.items())
    return type(value) in (type(None), bool, int, float, str, bytes, np.ndarray)


def attacked(slots: Slots, text: str) -> tuple[set[str], object]:
    """What came of it ("refused", "reached", "plain", "strange" or a verdict), and the evidence."""
    cell = slots.spawn(LIMITS)
    try:
        cell.load(text)
        answer = cell.call("attack")
    except CandidateError as error:
        return {error.verdict.value}, error.evidence
    finally:
        cell.end()
    kinds = {"plain"} if plain(answer) else {"strange"}
    return kinds | ({"refused"} if answer is False or answer is None else {"reached"}), answer


def serve_honest(slots: Slots) -> None:
    cell = slots.spawn(LIMITS)
    cell.load(HONEST)
    assert cell.call("exact", (3, 7)) == 21
    assert cell.call("exact", (0.1, 3)) == 0.1 * 3
    assert cell.call("table").tolist() == [[0, 1, 2], [3, 4, 5]]
    assert cell.call("written", ({"a": [1, None]},)) == {"a": [1, None]}
    assert cell.call("left") == []
    assert cell.end().output == ""


def serve_before(slots: Slots) -> None:
    cell = slots.spawn(LIMITS)
    cell.load(BEFORE)
    cell.call("keep", ("CANARY-OF-THE-CANDIDATE-BEFORE",))
    cell.end()


def alive(slot: Warm) -> list[int]:
    """Processes of a slot, as the machine sees them: what waits for the supervisor, the supervisor, its spare."""
    return [child.pid for child in psutil.Process(slot.pid).children(recursive=True)]


@pytest.mark.parametrize("path", CANDIDATES, ids=lambda path: path.stem)
def test_goal_is_not_reached(slot: Warm, path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REFINE_CANARY", "CANARY")
    (tmp_path / "refine-canary").write_text("CANARY")
    slots = Slots(slot.control)
    serve_before(slots)
    before, descriptors = alive(slot), os.listdir("/proc/self/fd")

    kinds, evidence = attacked(slots, path.read_text())

    expected = held(path)
    if slot.hello.walls == "strict":  # refuses more and earlier: any verdict will do
        expected |= {"refused", "crashed", "timeout", "overrun", "malformed"}
    assert kinds & expected, f"{kinds}: {evidence!r}"
    assert not isinstance(evidence, str) or len(evidence.encode()) <= 4200 or "plain" in kinds
    serve_honest(slots)
    assert len(alive(slot)) == len(before)
    assert os.listdir("/proc/self/fd") == descriptors
    assert not Path("/tmp/refine-pwned").exists()


def test_there_are_many() -> None:
    assert len(CANDIDATES) >= 40
