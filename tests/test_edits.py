from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.edits import Unfit, edited
from refine.extract import Unreadable, extract
from refine.types import Candidate

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
