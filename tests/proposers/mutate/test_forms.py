from __future__ import annotations

import numpy as np
import pytest

from refine.proposers.mutate import mutant
from refine.proposers.mutate.forms import forms, forms_of
from refine.task import Grammar


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n * (n + 1) / 2", set()),
        ("2.5 * n", {"decimal"}),
        ("abs(n)", {"call"}),
        ("n if n > 1 else -n", {"condition"}),
        ("max(n, 0.5) if n == 1 else n", {"call", "condition", "decimal"}),
    ],
)
def test_what_a_text_uses(text: str, expected: set[str]) -> None:
    assert forms_of(text, "expression") == expected


def test_the_grammar_offers_what_it_lists() -> None:
    assert forms(["n"], Grammar(functions=("sqrt",), constants=(0.5,))) == {"call", "decimal"}
    assert forms(["n"], Grammar(terminals=("n + 1",), constants=(2.0,))) == set()


def test_a_mutant_speaks_the_language_of_its_parents() -> None:
    parents = [("one", "(n, n * n, n + 3)"), ("two", "(n + 1, 2 * n, n)")]
    mutants = [mutant(np.random.default_rng(i), parents, "expression", Grammar())[0] for i in range(200)]
    assert all(forms_of(text, "expression") == set() for text in mutants)
    assert len(set(mutants)) > 100
