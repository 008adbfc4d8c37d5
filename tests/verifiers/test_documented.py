"""The tasks that docs/tasks.md shows for other languages and for speed do what it says."""

import re
from pathlib import Path

from refine.load import load_file
from refine.sandbox.cell import Slots
from refine.task import Task
from refine.types import Outcome, Verdict
from refine.verifiers.judge import Job, judge

DOCUMENT = Path(__file__).parents[2] / "docs" / "tasks.md"
COUNTS = """
#include <cstdio>
int main() {
    long n, found = 0;
    scanf("%ld", &n);
    for (long p = 2; p <= n; ++p) {
        bool prime = true;
        for (long d = 2; d * d <= p; ++d) prime = prime && p % d;
        found += prime;
    }
    printf("%ld\\n", found);
}
"""


def documented(name: str, folder: Path) -> Task:
    snippets = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)
    (snippet,) = [text for text in snippets if text.startswith(f"# {name}\n")]
    (folder / name).write_text(snippet)
    return load_file(str(folder / name))


def outcome(task: Task, slots: Slots, text: str) -> Outcome:
    return judge(task, slots, Job(text=text))


def test_a_candidate_in_cpp(tmp_path: Path, compiling_slots: Slots) -> None:
    task = documented("cpp_count.py", tmp_path)
    assert outcome(task, compiling_slots, task.seeds[0].text).score == 0.0
    assert outcome(task, compiling_slots, COUNTS).score == 4.0
    broken = outcome(task, compiling_slots, "int main() { return missing; }")
    assert broken.verdict is Verdict.WRONG
    assert "missing" in broken.feedback
    remembers = '#include <cstdio>\nint main() { printf("%d\\n", fopen("mark", "r") ? 25 : 4); fopen("mark", "w"); }'
    assert outcome(task, compiling_slots, remembers).score == 1.0


FORMULA = "def f(n): return (n - 1) * n * (2 * n - 1) // 6\n"
ASLEEP = "import time\ntime.sleep(0.3)\n" + FORMULA


def test_a_faster_function(tmp_path: Path, local_slots: Slots) -> None:
    task = documented("faster_sum.py", tmp_path)
    formula = outcome(task, local_slots, FORMULA)
    assert formula.score is not None
    assert formula.score > 3  # by thousands, but starting is in it
    assert formula.metrics["low"] > 1
    asleep = outcome(task, local_slots, ASLEEP)
    assert asleep.score is not None
    assert asleep.score < 1
    assert outcome(task, local_slots, "def f(n): return n").feedback == "a sum is wrong"
