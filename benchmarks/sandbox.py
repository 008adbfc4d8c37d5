"""What a sandboxed evaluation costs, beside the ways that people do it otherwise.

    .venv/bin/python benchmarks/sandbox.py [--quick] [--out FILE]

All kinds are measured in one run, in interleaved rounds, so that what else the machine does falls on all alike. One
evaluation is: a process for the candidate, its text loaded, one function called, everything ended and measured. The
floor is the same by a bare `os.fork` of an interpreter as warm as a supervisor, with no wall at all. Prints a table,
and one JSON object last: for each kind the median, and under `p95` and `rounds` the tail and the sample size.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

from refine.errors import RefineError
from refine.sandbox import Sandbox
from refine.sandbox.cell import Slots
from refine.sandbox.choose import choose
from refine.sandbox.warm import ENVIRONMENT, Warm
from refine.types import Limits

LIMITS = Limits(seconds=10, memory_mb=512)
TRIVIAL = "def f(x):\n    return 2 * x\n"
NUMPY = "import numpy as np\ndef f(x):\n    return float(np.linalg.norm(np.arange(x)))\n"
CALLS, ITEMS = 200, 2000

FLOOR = """
import gc, os, socket, sys, time
import numpy
texts = sys.argv[1:3]
gc.collect(); gc.freeze()
print(flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if not pid:
        space = {}
        exec(compile(texts[int(line)], "candidate.py", "exec"), space)
        theirs.send(repr(space["f"](8)).encode())
        os._exit(0)
    theirs.close()
    ours.recv(100)
    os.wait4(pid, 0)
    ours.close()
    print(time.perf_counter() - start, flush=True)
"""


class Floor:
    """A warm interpreter that forks; it times itself, so that asking it costs nothing."""

    def __init__(self) -> None:
        argv = [os.path.realpath(sys.executable), "-c", FLOOR, TRIVIAL, NUMPY]
        self._process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT | _site()
        )
        self._ask("")

    def _ask(self, line: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        if line:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        return self._process.stdout.readline()

    def seconds(self, which: int) -> float:
        """One fork that loads and runs the trivial (0) or the numpy (1) candidate."""
        return float(self._ask(str(which)))

    def close(self) -> None:
        self._process.communicate()


def _site() -> dict[str, str]:
    import numpy as np  # noqa: PLC0415 - only where it lies is asked

    return {"PYTHONPATH": str(Path(np.__file__).parents[1])}


def evaluated(slots: Slots, text: str) -> None:
    """One evaluation, from the spawn to the sweep."""
    cell = slots.spawn(LIMITS)
    cell.load(text)
    assert cell.call("f", (8,)) is not None
    cell.end()


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# ---- one evaluation, every way ---------------------------------------------------------------------------------------


def ways(sandboxes: dict[str, Slots], floor: Floor) -> dict[str, Callable[[], float]]:
    """How to measure each kind once, in seconds; what a machine lacks is left out."""
    found: dict[str, Callable[[], float]] = {
        "fork_floor": lambda: floor.seconds(0),
        "fork_floor_numpy": lambda: floor.seconds(1),
        "subprocess": lambda: timed(_subprocess),
    }
    for name, slots in sandboxes.items():
        found[name] = _once(slots, TRIVIAL)
        found[name + "_numpy"] = _once(slots, NUMPY)
    return found


def _once(slots: Slots, text: str) -> Callable[[], float]:
    return lambda: timed(lambda: evaluated(slots, text))


def _subprocess() -> None:
    subprocess.run([sys.executable, "-I", "-c", TRIVIAL + "print(f(8))"], check=True, capture_output=True)


def docker_run(tag: str) -> None:
    program = ["python3", "-I", "-c", TRIVIAL + "print(f(8))"]
    hardened = ["--network=none", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--memory=512m"]
    subprocess.run(["docker", "run", "--rm", *hardened, tag, *program], check=True, capture_output=True)


def docker_exec(container: str) -> None:
    program = ["python3", "-I", "-c", TRIVIAL + "print(f(8))"]
    subprocess.run(["docker", "exec", container, *program], check=True, capture_output=True)


@contextmanager
def container(tag: str) -> Iterator[str]:
    argv = ["docker", "run", "--rm", "-d", "--network=none", tag, "sleep", "3600"]
    made = subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()
    try:
        yield made
    finally:
        subprocess.run(["docker", "rm", "-f", made], check=False, capture_output=True)


def rounds(found: dict[str, Callable[[], float]], count: int) -> dict[str, list[float]]:
    """`count` samples of each kind in ms, in interleaved rounds after a warm-up."""
    names = list(found)
    samples: dict[str, list[float]] = {name: [] for name in names}
    for number in range(count + 10):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            seconds = found[name]()
            if number >= 10:
                samples[name].append(1000 * seconds)
    return samples


# ---- crossings, throughput, processor, memory ------------------------------------------------------------------------


def crossings(slots: Slots) -> tuple[float, float]:
    """µs of a call and of one item of a map, within one cell."""
    cell = slots.spawn(LIMITS)
    cell.load(TRIVIAL)
    calls = timed(lambda: [cell.call("f", (8,)) for _ in range(CALLS)]) / CALLS
    items = [(float(number),) for number in range(ITEMS)]
    mapped = timed(lambda: cell.map("f", items)) / ITEMS
    cell.end()
    return 1e6 * calls, 1e6 * mapped


def per_second(slots: list[Slots], seconds: float) -> float:
    """Trivial evaluations in a second on these slots at once, a judge process to each."""
    children = [_counting(one, seconds) for one in slots]
    return sum(_counted(*child) for child in children) / seconds


def _counting(slots: Slots, seconds: float) -> tuple[int, int]:
    """Forks a judge that counts what it evaluates: (pid, the pipe with the count)."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if not pid:
        count, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            evaluated(slots, TRIVIAL)
            count += 1
        os.write(theirs, str(count).encode())
        os._exit(0)
    os.close(theirs)
    return pid, ours


def _counted(pid: int, pipe: int) -> int:
    with os.fdopen(pipe) as file:
        count = int(file.read())
    os.waitpid(pid, 0)
    return count


def processor(slot: Warm, count: int) -> float:
    """CPU-ms of one evaluation, ours and the whole slot's: cells are reaped, so they count as children."""
    slots = Slots(slot.control)
    before = _cpu(slot.pid)
    for _ in range(count):
        evaluated(slots, TRIVIAL)
    return 1000 * (_cpu(slot.pid) - before) / count


def _cpu(pid: int) -> float:
    total = time.process_time()
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def memory(sandbox: Sandbox, slots: int) -> float:
    """MB (proportional set) of `slots` - 1 slots beyond the first one."""
    with ExitStack() as stack:
        sizes = []
        for _ in range(slots):
            slot = sandbox.open(LIMITS)
            stack.callback(slot.close)
            evaluated(Slots(slot.control), NUMPY)
            assert isinstance(slot, Warm)
            sizes.append(slot.pid)
        each = [sum(_pss(pid) for pid in _tree(root)) for root in sizes]
    return sum(each[1:])


def _tree(pid: int) -> list[int]:
    return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]


def _pss(pid: int) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


# ---- the report ------------------------------------------------------------------------------------------------------


def measured(count: int) -> dict[str, object]:
    with ExitStack() as stack:
        sandboxes = dict(_sandboxes(stack))
        warm = {name: _slot(stack, sandbox) for name, sandbox in sandboxes.items()}
        second = {name: _slot(stack, sandbox) for name, sandbox in sandboxes.items()}
        floor = Floor()
        stack.callback(floor.close)
        slots = {name: Slots(slot.control) for name, slot in warm.items()}
        samples = rounds(ways(slots, floor), count)
        crossed = {name: [crossings(one) for _ in range(9)] for name, one in slots.items()}
        best = next(iter(slots))
        pair = [slots[best], Slots(second[best].control)]
        result: dict[str, object] = {f"{name}_ms": round(statistics.median(each), 3) for name, each in samples.items()}
        result["p95"] = {name: round(sorted(each)[int(0.95 * len(each))], 3) for name, each in samples.items()}
        result |= {
            "call_us": round(statistics.median(call for call, _ in crossed[best]), 1),
            "map_item_us": round(statistics.median(item for _, item in crossed[best]), 2),
            "evals_per_s_1": round(per_second(pair[:1], count / 100), 1),
            "evals_per_s_2": round(per_second(pair, count / 100), 1),
        }
        result |= {f"{name}_cpu_ms": round(processor(slot, count), 3) for name, slot in warm.items()}
        result |= {f"{name}_7_more_slots_mb": round(memory(one, 8), 1) for name, one in sandboxes.items()}
        if "docker" in sandboxes:
            result |= dockers(sandboxes["docker"], max(5, count // 20))
    return result | ratios(result) | {"rounds": count, "crossings_in": best}


def _sandboxes(stack: ExitStack) -> Iterator[tuple[str, Sandbox]]:
    for name in ("docker", "local"):
        try:
            sandbox = choose(name)
        except RefineError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
            continue
        stack.callback(sandbox.close)
        yield name, sandbox


def _slot(stack: ExitStack, sandbox: Sandbox) -> Warm:
    slot = sandbox.open(LIMITS)
    stack.callback(slot.close)
    assert isinstance(slot, Warm)
    return slot


def dockers(sandbox: Sandbox, count: int) -> dict[str, object]:
    """What `docker run` and `docker exec` cost an evaluation, with the same image."""
    tag = sandbox.describe().split(", ")[1]
    with container(tag) as name:
        samples = rounds(
            {
                "docker_run": lambda: timed(lambda: docker_run(tag)),
                "docker_exec": lambda: timed(lambda: docker_exec(name)),
            },
            count,
        )
    return {f"{kind}_ms": round(statistics.median(each), 1) for kind, each in samples.items()}


def ratios(result: dict[str, object]) -> dict[str, object]:
    """The figures to hold against the targets: at most 1.6, at least 100."""
    floor = float(str(result["fork_floor_ms"]))
    found: dict[str, object] = {
        f"{name}_to_floor": round(float(str(result[f"{name}_ms"])) / floor, 2)
        for name in ("docker", "local")
        if f"{name}_ms" in result
    }
    if "docker_run_ms" in result:
        found["docker_run_to_docker"] = round(float(str(result["docker_run_ms"])) / float(str(result["docker_ms"])), 1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: to see that it runs")
    parser.add_argument("--out", type=Path, help="write the JSON object to this file as well")
    options = parser.parse_args()
    result = measured(40 if options.quick else 400)
    result["python"] = sys.version.split()[0]
    for name, value in result.items():
        print(f"{name:24} {value}")
    written = json.dumps(result)
    if options.out:
        options.out.write_text(written + "\n")
    print(written)


if __name__ == "__main__":
    main()
