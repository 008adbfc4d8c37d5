"""What a judge sees of a candidate: answers, verdicts, evidence, figures."""

import socket

import numpy as np
import pytest

from refine.errors import CandidateError, Fault
from refine.sandbox.cell import TAIL, Cell, Slots
from refine.types import Limits, Verdict

LIMITS = Limits(seconds=3.0, memory_mb=256, disk_mb=16, processes=16, output_kb=64, reply_mb=4)
PROGRAM = """
import os, sys, time
import numpy as np

kept = []

def echo(*args, **kwargs):
    return [list(args), kwargs]

def keep(x):
    kept.append(x)
    return len(kept)

def divide(a, b):
    return a / b

def array(n):
    return np.arange(n, dtype=np.float64)

def zero(x):
    x[:] = 0
    return x

def say(text):
    print(text)
    os.write(2, b"raw\\n")

def sleep(s):
    time.sleep(s)

def leave(code):
    os._exit(code)
"""


@pytest.fixture
def loaded(cell: Cell) -> Cell:
    cell.load(PROGRAM)
    return cell


def verdict(cell: Cell, function: str, *args: object) -> tuple[Verdict, str]:
    with pytest.raises(CandidateError) as caught:
        cell.call(function, args)
    return caught.value.verdict, caught.value.evidence


def test_arguments_and_answers_cross(loaded: Cell) -> None:
    assert loaded.call("echo", (1, "é", None, [1.5], b"\0x"), {"k": {"$": (1, 2)}}) == [
        [1, "é", None, [1.5], b"\0x"],
        {"k": {"$": [1, 2]}},
    ]


def test_state_lasts_from_call_to_call(loaded: Cell) -> None:
    assert [loaded.call("keep", (i,)) for i in range(3)] == [1, 2, 3]


def test_arrays_cross_as_copies(loaded: Cell) -> None:
    given = np.ones((2, 3))
    answer = loaded.call("zero", (given,))
    assert given.sum() == 6
    assert answer.shape == (2, 3)
    assert answer.sum() == 0


def test_large_values_cross_both_ways(loaded: Cell) -> None:
    assert loaded.call("array", (400_000,)).sum() == 400_000 * 399_999 / 2
    text = "x" * 1_500_000
    assert loaded.call("echo", (text,)) == [[text], {}]
    many = [[float(i)] for i in range(700)]
    assert loaded.call("echo", (many, [b"x"] * 700))[0] == [many, [b"x"] * 700]


def test_map_answers_in_order(loaded: Cell) -> None:
    assert loaded.map("divide", [(6, 2), (9, 3), (1, 4)]) == [3.0, 3.0, 0.25]
    assert loaded.map("divide", []) == []


def test_run_executes_the_harness_beside_the_candidate(loaded: Cell) -> None:
    source = "import numpy as np\ndef run(candidate, n):\n    return {'s': candidate.divide(n, 2), 'a': np.ones(n)}\n"
    answer = loaded.run(source, {"n": 4})
    assert answer["s"] == 2.0
    assert answer["a"].tolist() == [1, 1, 1, 1]


def test_an_exception_shows_the_candidates_own_lines(loaded: Cell) -> None:
    found, evidence = verdict(loaded, "divide", 1, 0)
    assert found is Verdict.CRASHED
    assert 'File "candidate.py", line 15, in divide' in evidence
    assert "return a / b" in evidence
    assert "ZeroDivisionError" in evidence
    assert "runner" not in evidence


def test_a_missing_function_names_those_that_are_there(loaded: Cell) -> None:
    found, evidence = verdict(loaded, "solve")
    assert found is Verdict.CRASHED
    assert evidence.startswith("defines no function `solve`; it defines: echo, keep, divide")


def test_a_syntax_error_is_malformed_and_shows_the_line(cell: Cell) -> None:
    with pytest.raises(CandidateError) as caught:
        cell.load("def f():\n    return (1\n")
    assert caught.value.verdict is Verdict.MALFORMED
    assert "line 2" in caught.value.evidence


def test_a_lone_surrogate_is_malformed(cell: Cell) -> None:
    with pytest.raises(CandidateError) as caught:
        cell.load("x = '\ud800'")
    assert caught.value.verdict is Verdict.MALFORMED


@pytest.mark.parametrize(
    ("text", "expected", "says"),
    [
        ("raise SystemExit(3)", Verdict.CRASHED, "SystemExit"),
        ("import os; os._exit(3)", Verdict.CRASHED, "exited with status 3"),
        ("import ctypes; ctypes.string_at(0)", Verdict.CRASHED, "SIGSEGV"),
        ("x = bytearray(1 << 30)", Verdict.OVERRUN, "MemoryError"),
        ("import numpy; numpy.zeros(1 << 28)", Verdict.OVERRUN, "MemoryError"),
        ("while True: print('x' * 1000)", Verdict.OVERRUN, "print"),
    ],
)
def test_how_it_died_decides_the_verdict(cell: Cell, text: str, expected: Verdict, says: str) -> None:
    with pytest.raises(CandidateError) as caught:
        cell.load(text)
    assert (caught.value.verdict, says in caught.value.evidence) == (expected, True), caught.value.evidence


def test_too_big_an_answer_is_an_overrun(loaded: Cell) -> None:
    assert verdict(loaded, "array", 1 << 20)[0] is Verdict.OVERRUN


def test_nan_is_malformed_unless_asked_for(loaded: Cell) -> None:
    loaded.load("def f(): return float('nan')")
    assert repr(loaded.call("f", nonfinite=True)) == "nan"
    assert verdict(loaded, "f")[0] is Verdict.MALFORMED


def test_the_deadline_is_for_all_calls_together(slots: Slots) -> None:
    cell = slots.spawn(LIMITS.model_copy(update={"seconds": 0.6}))
    cell.load(PROGRAM)
    cell.call("sleep", (0.2,))
    assert verdict(cell, "sleep", 0.5)[0] is Verdict.TIMEOUT
    assert cell.end().resources.wall_s >= 0.6


def test_end_says_what_was_used_and_printed(loaded: Cell) -> None:
    loaded.call("say", ("hello",))
    ended = loaded.end()
    assert ended.output == "hello\nraw\n"
    assert ended.resources.memory_mb > 5
    assert 0 < ended.resources.cpu_s < 3
    assert loaded.end() is ended


def test_output_is_kept_from_a_hard_crash_and_only_its_tail(loaded: Cell) -> None:
    loaded.call("say", ("x" * 2 * TAIL,))
    assert verdict(loaded, "leave", 1)[1] == "exited with status 1 before it answered"
    output = loaded.end().output
    assert len(output) == TAIL
    assert output.endswith("x\nraw\n")


def test_exec_runs_a_program_and_collects_files(cell: Cell) -> None:
    done = cell.exec(
        ["python3", "-S", "main.py"],
        files={"main.py": b"import sys\nopen('out','w').write(sys.stdin.read().upper())\nprint('hi')\nsys.exit(3)"},
        stdin=b"abc",
        collect=["out", "missing"],
    )
    assert (done.returncode, done.stdout, done.stderr, done.files) == (3, b"hi\n", b"", {"out": b"ABC"})


def test_exec_of_a_missing_program_is_a_crash(cell: Cell) -> None:
    with pytest.raises(CandidateError) as caught:
        cell.exec(["no-such-program"])
    assert caught.value.verdict is Verdict.CRASHED
    assert "no-such-program" in caught.value.evidence


def test_two_cells_at_once_do_not_see_each_other(slots: Slots) -> None:
    one, two = slots.spawn(LIMITS), slots.spawn(LIMITS)
    text = "import os\nopen('/tmp/mine', 'x').close()\ndef pid(): return os.getpid()"
    one.load(text)
    two.load(text)
    assert one.call("pid") == two.call("pid") == 1
    two.end()
    assert one.call("pid") == 1
    one.end()


def test_other_limits_than_the_spares_hold(slots: Slots) -> None:
    cell = slots.spawn(Limits(memory_mb=512))
    cell.load("x = bytearray(400 << 20)")
    cell.end()


def test_draws_and_set_order_are_the_same_for_every_candidate(slots: Slots) -> None:
    def draws() -> object:
        cell = slots.spawn(LIMITS)
        cell.load("import random, numpy\ndef f(): return [random.random(), numpy.random.rand(), list({'a', 'b', 'c'})]")
        answer = cell.call("f")
        cell.end()
        return answer

    assert draws() == draws()


def test_a_supervisor_that_is_gone_is_a_fault() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    theirs.close()
    with ours, pytest.raises(Fault, match="supervisor is gone"):
        Slots(ours).spawn(LIMITS)
