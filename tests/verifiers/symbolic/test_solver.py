"""The solver's processes: warm, confined, killed when they hang, replaced when they die, gone with their parent."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from refine.errors import Fault, Wrong
from refine.verifiers import symbolic
from refine.verifiers.answers import Proved, Refuted, Undecided
from refine.verifiers.symbolic import solver
from refine.verifiers.symbolic.plain import answer_read

LONG = "Sum(Sum(1/(j^2+k^2),(j,1,2000)),(k,1,2000))"  # four million terms in ball arithmetic


@pytest.fixture(scope="module")
def own() -> Iterator[solver.Solver]:
    """A solver of these tests' own."""
    made = solver.Solver()
    yield made
    made.close()


def question(candidate: str, statement: str = "x") -> dict[str, object]:
    domains = {"x": ["real", None, None, False, False]}
    return {"claim": "equals", "statement": statement, "candidate": candidate, "domains": domains}


def worker_of(asked: solver.Solver) -> psutil.Process:
    (found,) = psutil.Process(asked._process.pid).children()
    return found


def test_a_question_that_never_ends_is_killed_and_the_next_is_answered(own: solver.Solver) -> None:
    assert isinstance(own.ask(question("x+1-1"), 10), Proved)
    before = worker_of(own)
    answer = own.ask(question("x", LONG), 0.2)
    assert answer == Undecided(("equals: no answer within 0.2 s",))
    assert not before.is_running()
    assert isinstance(own.ask(question("2*x"), 10), Refuted)


def test_a_worker_that_dies_is_replaced(own: solver.Solver) -> None:
    assert isinstance(own.ask(question("x"), 10), Proved)
    worker_of(own).kill()
    answer = own.ask(question("x"), 10)
    assert isinstance(answer, Undecided)
    assert "died" in answer.feedback()
    assert isinstance(own.ask(question("x"), 10), Proved)


def test_a_worker_is_confined_before_its_first_question(own: solver.Solver) -> None:
    assert isinstance(own.ask(question("x"), 10), Proved)
    process = worker_of(own)
    with open(f"/proc/{process.pid}/status") as status:  # noqa: PTH123 - procfs
        facts = dict(line.split(":", 1) for line in status.read().splitlines() if ":" in line)
    if own.walls == "limits only":
        pytest.skip("this kernel has no seccomp filter")
    assert facts["Seccomp"].strip() == "2"
    assert facts["NoNewPrivs"].strip() == "1"
    assert int(facts["CapEff"].strip(), 16) == 0


def test_a_worker_has_no_descriptors_but_its_socket_and_the_standard_ones(own: solver.Solver) -> None:
    assert isinstance(own.ask(question("x"), 10), Proved)
    assert worker_of(own).num_fds() == 4


def test_a_worker_takes_no_more_memory_than_its_limit(own: solver.Solver) -> None:
    assert isinstance(own.ask(question("x"), 10), Proved)
    soft, _ = worker_of(own).rlimit(psutil.RLIMIT_AS)
    assert 0 < soft < 8 << 30


def test_text_that_cannot_be_read_is_the_candidates_or_the_tasks(own: solver.Solver) -> None:
    with pytest.raises(Wrong):
        own.ask(question("__import__('os').system('id')"), 10)
    with pytest.raises(Fault, match="task's own text"):
        own.ask(question("x", "x +* 1"), 10)
    assert isinstance(own.ask(question("x"), 10), Proved)


def test_both_processes_end_with_the_process_that_asked() -> None:
    program = (
        "import os, psutil; from refine.verifiers import symbolic; from refine.verifiers.symbolic import solver\n"
        "symbolic.equals('1', '1')\n"
        "nursery = solver._solvers[0]._process.pid\n"
        "print(nursery, psutil.Process(nursery).children()[0].pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    pids = [int(pid) for pid in done.stdout.split()]
    assert len(pids) == 2
    left = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    _, alive = psutil.wait_procs(left, timeout=10)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_the_public_functions_ask_the_solver() -> None:
    real = symbolic.Real()
    assert isinstance(symbolic.equals("x^2+2*x+1", "(x+1)^2", x=real), Proved)
    assert isinstance(symbolic.identity("sin(x)^2 = 1 - cos(x)^2", x=real), Proved)
    assert isinstance(symbolic.identity("1 = 2"), Refuted)
    assert isinstance(symbolic.antiderivative_of("x*exp(x)", r"(x-1)e^{x}", x=real), Proved)
    assert isinstance(symbolic.closed_form_of("Sum(k,(k,1,n))", "n*(n+1)/2", n=symbolic.Integer(1)), Proved)
    assert isinstance(symbolic.root_of("x^2=2", "sqrt(2)", x=real), Proved)
    assert isinstance(symbolic.solution_set_of("x^2=4", "{-2, 2}", x=real), Proved)
    assert isinstance(symbolic.inequality_holds("x^2 >= 0", x=real), Proved)
    assert isinstance(symbolic.factorisation_of("12", "2^2*3"), Proved)
    assert isinstance(symbolic.matrix_decomposition("[[4]]", "Cholesky", "[[2]]"), Refuted | Proved | Undecided)
    growth = symbolic.solves_ode("Derivative(y(x),x)=y(x)", "2*exp(x)", x=real, initial={"0": ["2"]})
    assert isinstance(growth, Proved)
    doubling = symbolic.solves_recurrence("a(n+1)=2*a(n)", "2^n", n=symbolic.Integer(0), initial={0: "1"})
    assert isinstance(doubling, Proved)


def test_a_nursery_that_is_gone_is_replaced() -> None:
    assert isinstance(symbolic.equals("1", "1"), Proved)
    nursery = solver._solvers[0]._process
    nursery.kill()
    nursery.wait()
    assert isinstance(symbolic.equals("1", "1"), Proved)
    assert solver._solvers[0]._process is not nursery


@pytest.mark.parametrize(
    "forged",
    [None, [], {"proved": 1}, {"undecided": "x"}, {"refuted": "x"}, {"refuted": "x", "at": {"x": 1}}, {"at": {}}],
)
def test_what_a_worker_says_is_checked(forged: object) -> None:
    with pytest.raises(TypeError):
        answer_read(forged)


def test_an_infinite_sum_is_confirmed_behind_the_walls() -> None:
    """SymPy's numerical summation looks for scipy, which the worker may not read."""
    found = symbolic.closed_form_of("Sum(1/k^2,(k,1,oo))", "pi^2/6")
    assert isinstance(found, Proved), found.feedback()
    assert "numerical evaluation" in found.how
