"""Candidates that misbehave on purpose. Each file of `candidates/` is one: its docstring is the goal, and its line
`# held: ...` lists what may come of it instead: a verdict, "refused" (`attack()` reports false: it did not reach its
goal) or "plain" (an answer of built-in types only). Those whose first word is "timeout" get a shorter time. To add one,
add a file (`.txt` where it is no Python at all).
"""

import re
from pathlib import Path

import numpy as np
import pytest

from refine.errors import CandidateError, RefineError
from refine.sandbox.cell import Slots
from refine.sandbox.warm import Warm
from refine.types import Limits
from tests.hostile.leftovers import Leftovers, leftovers

CANDIDATES = sorted((Path(__file__).parent / "candidates").glob("*.*"))
LIMITS = Limits(seconds=1.5, memory_mb=256, disk_mb=16, processes=16, output_kb=64, reply_mb=4)
SHORT = LIMITS.model_copy(update={"seconds": 0.5})
BEFORE = "mark = 'CANARY-OF-THE-CANDIDATE-BEFORE'\ndef keep(x): globals()['kept'] = x"
HONEST = """
import fcntl, json, locale, os, random, resource, signal, sys
import numpy as np

def exact(x, y): return x * y
def table(): return np.arange(6).reshape(2, 3)
def left(): return [name for folder in ("/tmp", "/dev/shm", ".") for name in listed(folder)]
def listed(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []
def written(x): return json.loads(json.dumps(x))

def state():
    mask = os.umask(0)
    return {
        "umask": mask, "cwd": os.getcwd(), "environ": dict(os.environ), "path": sys.path,
        "random": [random.random(), float(np.random.rand()), hash("text")],
        "numpy": [np.geterr(), np.get_printoptions()["precision"]],
        "interpreter": [sys.getrecursionlimit(), sys.getswitchinterval(), sys.get_int_max_str_digits(), locale.setlocale(locale.LC_ALL)],
        "hooks": [len(sys.meta_path), len(sys.path_hooks), sys.gettrace() is None, sys.getprofile() is None],
        "descriptors": [[fd, fcntl.fcntl(fd, fcntl.F_GETFL)] for fd in range(4)],
        "signals": [int(n) for n in signal.valid_signals() if signal.getsignal(n) is signal.SIG_IGN],
        "blocked": sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, []))),
        "timers": [list(signal.getitimer(which)) for which in range(3)],
        "limits": [[which, list(resource.getrlimit(which))] for which in range(16)],
        "priority": [os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0), sorted(os.sched_getaffinity(0))],
        "modules": sorted(sys.modules), "builtins": [sum([1, 2]), max([1, 2]), sorted([2, 1])],
    }
"""


def held(path: Path) -> list[str]:
    found = re.search(r"^# held: (.*)$", path.read_text(), re.M)
    assert found, f"{path.name} does not say what may come of it"
    return found[1].split()


def plain(value: object) -> bool:
    if isinstance(value, list):
        return type(value) is list and all(map(plain, value))
    if isinstance(value, dict):
        return type(value) is dict and all(type(key) is str and plain(item) for key, item in value.items())
    return type(value) in (type(None), bool, int, float, str, bytes, np.ndarray)


def attacked(slots: Slots, text: str, limits: Limits = LIMITS) -> tuple[set[str], object]:
    """What came of it ("refused", "reached", "plain", "strange" or a verdict), and the evidence."""
    cell = slots.spawn(limits)
    try:
        cell.load(text)
        answer = cell.call("attack")
    except CandidateError as error:
        return {error.verdict.value}, error.evidence
    finally:
        cell.end()
    kinds = {"plain"} if plain(answer) else {"strange"}
    return kinds | ({"refused"} if answer is False or answer is None else {"reached"}), answer


def serve_honest(slots: Slots) -> object:
    """Asks an honest candidate; what it says of its own process, for a comparison."""
    cell = slots.spawn(LIMITS)
    cell.load(HONEST)
    assert cell.call("exact", (3, 7)) == 21
    assert cell.call("exact", (0.1, 3)) == 0.1 * 3
    assert cell.call("table").tolist() == [[0, 1, 2], [3, 4, 5]]
    assert cell.call("written", ({"a": [1, None]},)) == {"a": [1, None]}
    assert cell.call("left") == []
    state = cell.call("state")
    assert cell.end().output == ""
    return state


def serve_before(slots: Slots) -> None:
    cell = slots.spawn(LIMITS)
    cell.load(BEFORE)
    cell.call("keep", ("CANARY-OF-THE-CANDIDATE-BEFORE",))
    cell.end()


@pytest.fixture(scope="session")
def undisturbed(slot: Warm) -> tuple[object, Leftovers]:
    """What an honest candidate says of its process, and what the slot is like, before the first hostile one came."""
    return serve_honest(Slots(slot.control)), leftovers(slot)


@pytest.mark.parametrize("path", CANDIDATES, ids=lambda path: path.stem)
def test_goal_is_not_reached(
    slot: Warm, undisturbed: tuple[object, Leftovers], path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REFINE_CANARY", "CANARY")
    (tmp_path / "refine-canary").write_text("CANARY")
    slots = Slots(slot.control)
    serve_before(slots)
    state, at_rest = undisturbed
    before = leftovers(slot, at_rest)
    expected = held(path)

    kinds, evidence = attacked(slots, path.read_text(), SHORT if expected[0] == "timeout" else LIMITS)

    if slot.hello.walls == "strict":  # refuses more and earlier: any verdict will do
        expected += ["refused", "crashed", "timeout", "overrun", "malformed"]
    assert kinds & set(expected), f"{kinds}: {evidence!r}"
    assert not isinstance(evidence, str) or len(evidence.encode()) <= 4200 or "plain" in kinds
    assert serve_honest(slots) == state
    assert leftovers(slot, at_rest) == before


def test_no_container_is_left(slot: Warm) -> None:
    """Runs after all candidates of its slot."""
    try:
        from refine.sandbox import docker, images

        engine = images.client()
    except RefineError as error:
        pytest.skip(str(error))
    try:
        found = engine.containers.list(all=True, ignore_removed=True, filters={"label": docker.LABEL})
        own = [container for container in found if container.labels[docker.LABEL] == docker.owner()]
        assert all(container.status == "running" for container in own)
        assert {container.attrs["State"]["Pid"] for container in own} <= {slot.pid}
    finally:
        engine.close()


def test_there_are_many() -> None:
    assert len(CANDIDATES) >= 190
    goals = [path.read_text().splitlines()[0] for path in CANDIDATES if path.suffix == ".py"]
    assert all(goal.startswith('"""Goal: ') for goal in goals)
