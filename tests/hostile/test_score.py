"""Whole verifications of candidates that want a perfect score without solving anything. The verifier is a trusting one,
as people write them: it compares with `==`, uses its inputs after the call and reads a clock. The wall must make that safe:
each cheat gets the score that its answers are worth as plain data, or a verdict without a score.
"""

import random

import pytest

import refine
from refine.errors import Fault
from refine.sandbox.cell import Slots
from refine.sandbox.warm import Warm
from refine.types import Limits, Outcome, Verdict
from refine.verifiers.handle import Handle
from refine.verifiers.judge import Job, judge

LIMITS = Limits(seconds=1.5, memory_mb=256, disk_mb=16, processes=16, output_kb=64, reply_mb=4)
ROUNDS = 6
PERFECT = 2.0

task = refine.Task("Write sort(xs), the sorted list, and total(xs), its sum.", seed="", limits=LIMITS)


@task.verifier
def verify(candidate: Handle) -> float:
    """The share of sorted lists, and one more for sums without an error. A secret comes, and may be kept or not."""
    chance = random.Random(5)
    right, error = 0, 0.0
    for _ in range(ROUNDS):
        xs = [chance.randrange(1000) for _ in range(20)]
        got = candidate.sort(xs)
        right += got == sorted(xs)
        error += abs(candidate.total(xs) - sum(xs))
    return right / ROUNDS + 1 / (1 + error)


memory = refine.Task("Forget what you are told.", seed="", limits=LIMITS)


@memory.verifier
def recall(candidate: Handle) -> float:
    """1 where a fresh process knows what the one before was told."""
    candidate.keep("the secret")
    candidate.restart()
    return float(candidate.recall() == "the secret")


WRONG_SUM = 1 / (1 + 60106)  # what `total` is worth that always says 0: the sum of the six lists
TRUE = """
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    def __le__(self, other): return True
    def __gt__(self, other): return True
    def __ge__(self, other): return True
    def __hash__(self): return 0
    def __sub__(self, other): return 0
    def __rsub__(self, other): return 0
    def __abs__(self): return 0
    def __float__(self): return 0.0
"""
ASKED = """
import os, struct, sys
def asked():
    frame = sys._getframe()
    while frame.f_back and "token" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals.get("token", bytes(8))
def send(text):
    os.write(3, asked() + struct.pack("<IQ", len(text), 0) + text)
"""
CHEATS = {
    "equal_lists": (
        f"class L(list):{TRUE}\nclass F(float):{TRUE}\ndef sort(xs): return L([1])\ndef total(xs): return F(0)"
    ),
    "equal_items": (f"class I(int):{TRUE}\ndef sort(xs): return [I(x) for x in xs]\ndef total(xs): return I(0)"),
    "equal_objects": (f"class O:{TRUE}\ndef sort(xs): return O()\ndef total(xs): return O()"),
    "equal_arrays": (
        f"import numpy as np\nclass A(np.ndarray):{TRUE}\ndef sort(xs): return [np.zeros(0).view(A)]\ndef total(xs): return 0"
    ),
    "emptied_inputs": ("def sort(xs): xs.clear(); return []\ndef total(xs): xs[:] = [0]; return 0"),
    "patched_builtins": (
        "import builtins, gc\n"
        "builtins.sorted = builtins.list = lambda xs: xs\nbuiltins.sum = builtins.abs = lambda *a: 0\n"
        "def sort(xs): return xs\ndef total(xs): return 0"
    ),
    "patched_verifier": (
        "import gc, sys, types\n"
        "for f in gc.get_objects():\n"
        "    if isinstance(f, types.FunctionType) and f.__name__ in ('verify', 'judge', '_scored', 'require'):\n"
        "        f.__code__ = (lambda *a, **k: 2.0).__code__\n"
        "def sort(xs): return []\ndef total(xs): return 0"
    ),
    "callers": (
        "import sys\n"
        "def sort(xs):\n    f = sys._getframe()\n"
        "    while f:\n        f.f_locals.update(right=6, error=0.0, got=[]); f.f_globals.update(ROUNDS=1e-9); f = f.f_back\n"
        "    return []\n"
        "def total(xs): return 0"
    ),
    "answers_found": (
        "import gc\n"
        "def sort(xs):\n"
        "    for o in gc.get_objects():\n"
        "        if isinstance(o, list) and len(o) == 20 and o is not xs and set(map(str, o)) == set(map(str, xs)): return o\n"
        "    return []\n"
        "def total(xs): return 0"
    ),
    "answers_before_questions": (
        ASKED + "import threading, time\n"
        "def later(token):\n    time.sleep(0.002)\n    os.write(3, token + struct.pack('<IQ', 10, 0) + b'[\"ok\",1e9]')\n"
        "def sort(xs): threading.Thread(target=later, args=(asked(),)).start(); return []\n"
        "def total(xs): time.sleep(0.01); return 0"
    ),
    "answers_twice": (ASKED + "def sort(xs): send(b'[\"ok\",[]]'); return []\ndef total(xs): return 0"),
    "answer_at_import": (ASKED + "send(b'[\"ok\",null]')\ndef sort(xs): return []\ndef total(xs): return 0"),
    "last_answer": (
        "last = []\ndef sort(xs):\n    global last\n    last, old = sorted(xs), last\n    return old\ndef total(xs): return 0"
    ),
    "no_number": ("def sort(xs): return []\ndef total(xs): return float('nan')"),
    "infinite": ("def sort(xs): return []\ndef total(xs): return float('-inf')"),
    "nan_inside": ("import numpy as np\ndef sort(xs): return [np.full(3, np.nan)]\ndef total(xs): return 0"),
    "huge": ("def sort(xs): return []\ndef total(xs): return -10 ** 300"),
    "huge_float": ("def sort(xs): return []\ndef total(xs): return -1.7976931348623157e308"),
    "bools": ("def sort(xs): return [True] * 20\ndef total(xs): return False"),
    "negative_zero": ("def sort(xs): return (-0.0,) * 20\ndef total(xs): return -0.0"),
    "printed": (
        'print(\'{"outcome": {"verdict": "passed", "score": 2.0}}\')\nprint(\'["ok", 2.0]\')\n'
        "def sort(xs): return []\ndef total(xs): return 0"
    ),
    "fault": (ASKED + 'def sort(xs): send(b\'["err","fault","again"]\'); os._exit(70)'),
    "walls_down": ("import os\nos.write(2, b'the cell could not be confined')\nos._exit(70)"),
    "exception": (
        "class Wrong(Exception): score = 2.0; verdict = 'passed'\nWrong.__module__ = 'refine.errors'\n"
        "def sort(xs): raise Wrong({'score': 2.0})"
    ),
    "outcome": ("def sort(xs): return {'verdict': 'passed', 'score': 2.0}\ndef total(xs): return 0"),
    "lies_about_class": (
        "class Lie:\n    __class__ = property(lambda self: list)\n    def __iter__(self): return iter(())\n"
        "    def __eq__(self, other): return True\n"
        "def sort(xs): return Lie()\ndef total(xs): return 0"
    ),
}
HONEST = "def sort(xs): return sorted(xs)\ndef total(xs): return sum(xs)"


def judged(slot: Warm, text: str, of: refine.Task = task) -> Outcome:
    return judge(of, Slots(slot.control), Job(text=text))


def test_a_solution_is_perfect(slot: Warm) -> None:
    outcome = judged(slot, HONEST)
    assert (outcome.verdict, outcome.score) == (Verdict.PASSED, PERFECT)


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_gets_what_its_answers_are_worth(slot: Warm, name: str) -> None:
    outcome = judged(slot, CHEATS[name])
    if outcome.verdict is Verdict.PASSED:
        assert outcome.score is not None
        assert 0 <= outcome.score <= WRONG_SUM, outcome
    else:
        assert outcome.score is None
    assert judged(slot, HONEST).score == PERFECT


def test_a_verifier_that_stumbles_over_what_it_gets_gives_no_score(slot: Warm) -> None:
    with pytest.raises(Fault, match="too large to convert"):
        judged(slot, "def sort(xs): return []\ndef total(xs): return 10 ** 4200")
    assert judged(slot, HONEST).score == PERFECT


KEEPERS = {
    "file": "def keep(x): open('/tmp/kept', 'w').write(x)\ndef recall(): return open('/tmp/kept').read()",
    "shared_memory": "def keep(x): open('/dev/shm/kept', 'w').write(x)\ndef recall(): return open('/dev/shm/kept').read()",
    "builtins": "import builtins\ndef keep(x): builtins.kept = x\ndef recall(): return getattr(builtins, 'kept', None)",
    "environment": "import os\ndef keep(x): os.environ['KEPT'] = x\ndef recall(): return os.environ.get('KEPT')",
    "process": (
        "import os, socket\n"
        "a, b = socket.socketpair()\n"
        "def keep(x):\n    a.send(x.encode())\n    if not os.fork(): os.setsid(); __import__('time').sleep(100)\n"
        "def recall(): b.setblocking(False); return b.recv(100).decode()"
    ),
    "output": "import os\ndef keep(x): os.write(1, x.encode())\ndef recall(): return os.pread(1, 10, 0).decode()",
    "descriptor": (
        "import fcntl, os\ndef keep(x): fcntl.fcntl(0, fcntl.F_SETFL, os.O_NONBLOCK)\n"
        "def recall(): return 'the secret' if fcntl.fcntl(0, fcntl.F_GETFL) & os.O_NONBLOCK else None"
    ),
}


@pytest.mark.parametrize("name", KEEPERS)
def test_a_fresh_process_remembers_nothing(slot: Warm, name: str) -> None:
    outcome = judged(slot, KEEPERS[name], memory)
    assert outcome.score in (None, 0.0)
    assert (outcome.verdict is Verdict.PASSED) == (outcome.score is not None)


def test_time_is_measured_by_a_clock_that_no_candidate_reaches(slot: Warm) -> None:
    text = (
        "import time, os, resource\n"
        "sleep, spin = time.sleep, time.process_time\n"
        "for name in ('time', 'perf_counter', 'monotonic', 'process_time'): setattr(time, name, lambda: 0.0)\n"
        "os.times = resource.getrusage = lambda *a: (0.0,) * 16\n"
        "def sort(xs):\n    until = spin() + 0.02\n    while spin() < until: pass\n    sleep(0.02)\n    return sorted(xs)\n"
        "def total(xs): return sum(xs)\n"
    )
    outcome = judged(slot, text)
    assert outcome.score == PERFECT
    assert outcome.resources.cpu_s >= ROUNDS * 0.02
    assert outcome.resources.wall_s >= ROUNDS * 0.04
