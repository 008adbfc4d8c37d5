"""Programs of other languages, through the handle: compiled once, run on what the compiler never saw."""

import pytest

from refine.errors import CandidateError
from refine.types import Verdict
from tests.verifiers.conftest import Handles

SUM = '#include <cstdio>\nint main() { long a, b; scanf("%ld %ld", &a, &b); printf("%ld\\n", a + b); }\n'
ARGV = ["g++", "-O1", "-o", "prog", "main.cpp"]


def test_a_compiled_program_answers_hidden_inputs(program: Handles) -> None:
    candidate = program(SUM)
    made = candidate.compile(ARGV, files={"main.cpp": candidate.text}, collect=["prog"])
    assert (made.returncode, made.stderr) == (0, b"")
    for a, b in ((1, 2), (10**12, -7)):
        said = candidate.exec(["./prog"], files=made.files, stdin=f"{a} {b}".encode())
        assert (said.returncode, said.stdout) == (0, f"{a + b}\n".encode())
        candidate.restart()


def test_the_same_source_is_compiled_once_and_another_anew(program: Handles) -> None:
    source = SUM.replace("a + b", "a + b + 1000")
    first, second = program(source), program(source)
    made = first.compile(ARGV, files={"main.cpp": first.text}, collect=["prog"])
    again = second.compile(ARGV, files={"main.cpp": second.text}, collect=["prog"])
    assert again == made
    assert first._end()[0].cpu_s > 0
    assert second._end()[0].wall_s == 0.0  # nothing ran
    other = program(source.replace("1000", "2000"))
    assert other.compile(ARGV, files={"main.cpp": other.text}, collect=["prog"]) != made
    assert other._end()[0].cpu_s > 0


def test_what_does_not_compile_is_data_and_kept_as_well(program: Handles) -> None:
    for _ in range(2):
        candidate = program("int main() { return undeclared_name; }")
        made = candidate.compile(ARGV, files={"main.cpp": candidate.text}, collect=["prog"])
        assert made.returncode == 1
        assert b"undeclared_name" in made.stderr
        assert made.files == {}
    assert candidate._end()[0].wall_s == 0.0


def test_a_compilation_meets_nothing_of_the_candidates_process(program: Handles) -> None:
    """A program that ran before leaves a compiler of its own; the compilation never sees it, nor leaves anything."""
    candidate = program("x = 1")
    fake = "#!/bin/sh\nmkdir -p /tmp/bin; cp $0 /tmp/g++; echo poisoned > main.cpp; echo ran\n"
    assert candidate.exec(["./fake"], files={"fake": fake}).stdout == b"ran\n"
    source = SUM.replace("a + b", "a - b")
    made = candidate.compile(ARGV, files={"main.cpp": source}, collect=["prog"])
    assert (made.returncode, made.stderr) == (0, b"")
    listed = candidate.exec(["ls"]).stdout.split()
    assert b"prog" not in listed
    assert b"g++" in listed  # the candidate's own process went on as it was


def test_nothing_is_kept_of_what_failed(program: Handles) -> None:
    for _ in range(2):
        candidate = program("")
        with pytest.raises(CandidateError) as caught:
            candidate.compile(["no-such-compiler"])
        assert caught.value.verdict is Verdict.CRASHED
        assert candidate._end()[0].cpu_s > 0
