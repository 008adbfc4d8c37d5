from __future__ import annotations

import pytest

from refine.novelty import form
from refine.task import Language
from refine.types import Candidate

PROGRAM = "def f(x):\n    return x + 1\n"


@pytest.mark.parametrize(
    "same",
    [
        "def f(x):  # adds one\n    return (x + 1)\n",
        'def f( x ):\n    """Adds one."""\n    return x+1\n',
        "\n\ndef f(x):\n        return x + 1",
    ],
)
def test_layout_comments_and_docstrings_do_not_count(same: str) -> None:
    assert form(Candidate(same), "python") == form(Candidate(PROGRAM), "python")


@pytest.mark.parametrize("other", ["def f(x):\n    return 1 + x\n", "def f(y):\n    return y + 1\n", "def f(x): 'a'\n"])
def test_everything_else_does(other: str) -> None:
    assert form(Candidate(other), "python") != form(Candidate(PROGRAM), "python")


@pytest.mark.parametrize(("text", "language"), [("x = (", "python"), ("x+1", "text"), ("x = 1", "expression")])
def test_what_is_no_program_stands_for_itself(text: str, language: Language) -> None:
    assert form(Candidate(text), language) == Candidate(text).id
