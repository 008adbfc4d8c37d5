from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.edits import Unfit, edited, with_function
from refine.extract import Unreadable, extract
from refine.proposers.mutate import Mutate
from refine.task import Grammar
from refine.types import Candidate, Outcome, Prompt, Shown, Verdict

BASE = "import math\n\ndef f(x):\n    return x\n\ndef g(x):\n    return x\n"


def block(old: str, new: str) -> str:
    return f"<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n"


def test_blocks_apply_in_order() -> None:
    answer = "First this.\n" + block("def f(x):\n    return x\n", "def f(x):\n    return 2 * x\n")
    answer += "Then that.\n" + block("    return 2 * x\n", "    return 3 * x\n")
    assert edited(answer, BASE) == BASE.replace("def f(x):\n    return x", "def f(x):\n    return 3 * x")


def test_blanks_at_the_ends_of_lines_do_not_count() -> None:
    assert edited(block("import math   \n", "import cmath\n"), BASE) == BASE.replace("import math", "import cmath")


def test_an_empty_search_adds_at_the_end() -> None:
    assert edited(block("", "y = 1\n"), BASE) == BASE + "y = 1\n"


def test_an_empty_replacement_removes() -> None:
    assert edited(block("import math\n", ""), BASE) == BASE.removeprefix("import math\n")


@pytest.mark.parametrize(
    ("old", "says"),
    [("def h(x):\n", "is not in the program: 'def h(x):'"), ("    return x\n", "2 times: search for more")],
)
def test_what_does_not_fit_is_said(old: str, says: str) -> None:
    found = edited(block("import math\n", "import math\n") + block(old, "pass\n"), BASE)
    assert isinstance(found, Unfit)
    assert found.why.startswith("SEARCH block 2 of 2")
    assert says in found.why


def test_no_block_is_no_edit() -> None:
    assert edited("```python\nx = 1\n```", BASE) is None


def test_extract_takes_edits_where_they_were_asked_for() -> None:
    answer = block("import math\n", "import cmath\n")
    assert extract(answer, "python", BASE) == Candidate(BASE.replace("math", "cmath"))
    assert extract("```python\nx = 1\n```", "python", BASE) == Candidate("x = 1\n"), "a whole program will do"
    broken = extract(block("import math\n", "import (\n"), "python", BASE)
    assert isinstance(broken, Unreadable)
    assert "with the blocks applied, line" in broken.why


LINES = st.lists(st.sampled_from(["a", "b", "  c", ""]), min_size=1, max_size=8)


@given(LINES, st.data())
def test_replacing_a_line_that_is_there_once_changes_that_line_alone(lines: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines)))
    whole = [*lines[:at], "here", *lines[at:]]
    found = edited(block("here\n", "there\n"), "\n".join(whole) + "\n")
    assert found == "\n".join([*lines[:at], "there", *lines[at:]]) + "\n"


# ── one function ─────────────────────────────────────────────────────────────────────────────────────────────────────

HALF = "def g(x):\n    return x / 2\n"


def test_one_function_takes_the_place_of_that_name() -> None:
    assert with_function(HALF, BASE) == BASE.removesuffix("def g(x):\n    return x\n") + HALF
    assert extract(f"Halved.\n```python\n{HALF}```", "python", BASE, "function") == Candidate(
        BASE.removesuffix("def g(x):\n    return x\n") + HALF
    )


def test_its_imports_come_with_it_but_not_twice() -> None:
    found = with_function("import math\nimport cmath\n\n@cmath.exp\ndef f(x):\n    return 1\n", BASE)
    assert isinstance(found, str)
    assert found == "import math\n\nimport cmath\n@cmath.exp\ndef f(x):\n    return 1\n\ndef g(x):\n    return x\n"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (BASE, r"must define one function and nothing else; it has 2 functions \(f, g\)"),
        ("y = 1\n" + HALF, r"it has 1 function \(g\) and 1 other statement"),
        ("class f:\n    pass\n", "it has no function and 1 other"),
        ("def h(x):\n    return x\n", "no function 'h' at its top level; it has f, g"),
    ],
)
def test_an_answer_that_is_no_function_of_the_program_is_said(answer: str, says: str) -> None:
    found = extract(f"```python\n{answer}```", "python", BASE, "function")
    assert isinstance(found, Unreadable)
    assert re.search(says, found.why)


MARKED = f"# EVOLVE-BLOCK-START\ndef f(x):\n    return x\n# EVOLVE-BLOCK-END\n{HALF}"


def test_what_stands_outside_of_the_marks_cannot_be_replaced() -> None:
    found = with_function("def g(x):\n    return 9\n", MARKED)
    assert isinstance(found, Unfit)
    assert "outside of what may change" in found.why
    assert with_function("def f(x):\n    return 9\n", MARKED) == MARKED.replace("x\n#", "9\n#")


def test_a_program_that_cannot_be_parsed_has_no_function_to_replace() -> None:
    found = with_function(HALF, "def g(x:\n")
    assert isinstance(found, Unfit)
    assert "cannot be parsed" in found.why


def test_of_two_functions_of_a_name_the_last_one_counts() -> None:
    twice = "def g(x):\n    return 1\n\n" * 2
    assert with_function(HALF, twice) == "def g(x):\n    return 1\n\n" + HALF


STATEMENTS = st.sampled_from(
    [
        "import os",
        "K = 3",
        "# note",
        "class C:\n    def f(self):\n        return 0",
        "s = '''\\ndef f():'''",
        "\x0c",
        "",
    ]
)


@given(st.lists(STATEMENTS, max_size=5), st.lists(STATEMENTS, max_size=5), st.sampled_from(["", "@staticmethod\n"]))
def test_replacing_a_function_changes_its_lines_alone(before: list[str], after: list[str], over: str) -> None:
    def program(function: str) -> str:
        return "\n".join([*before, function, *after, ""])

    found = with_function("def f(y):\n    return y + 1\n", program(f"{over}def f(x):\n    return x"))
    assert isinstance(found, str)
    assert found.rstrip("\n") == program("def f(y):\n    return y + 1").rstrip("\n")


@given(st.integers(0, 2**32), st.integers(0, 40))
async def test_the_built_in_proposer_answers_with_one_function(seed: int, ask: int) -> None:
    base = "import math\n\nK = 2.5\n\ndef f(x):\n    return math.sin(x) * 3 + 1\n\ndef g(x):\n    return f(x) - 4 * x\n"
    parent = Shown(Candidate(base), Outcome(verdict=Verdict.PASSED, score=1.0))
    prompt = Prompt(ask=ask, messages=(), parents=(parent,), seed=seed, edit="function")
    async for completion in Mutate("python", Grammar())(prompt):
        found = extract(completion.text, "python", base, "function")
        if isinstance(found, Candidate):
            changed = [f for f in ("f", "g") if _source(found.text, f) != _source(base, f)]
            assert len(changed) == 1
        else:
            assert "K = " in completion.text, "a change to what is no function is no answer"


def _source(program: str, name: str) -> str:
    return next(ast.unparse(n) for n in ast.parse(program).body if isinstance(n, ast.FunctionDef) and n.name == name)
