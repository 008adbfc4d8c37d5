"""The preference-loss task: formulas, the wall between loss and policy, and what a cheat is worth."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.load import load

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

TASK = load("preference_loss")
MODULE: Any = sys.modules[TASK.verify.__module__]
LAB: Any = MODULE.laboratory()
DECODER: Any = sys.modules["decoder"]
TINY = LAB.Recipe(asked=400, pairs=48, steps=8, batch=8, rate=3e-3, chosen_by=40, tested_by=80, checkpoints=2)
PASSING = [case for case in TASK.golden if case.kind == "pass"]


def golden(name: str) -> str:
    return (Path(MODULE.GOLDEN) / f"{name}.py").read_text()


class Given:
    """A candidate in this very process, for programs of this repository."""

    def __init__(self, text: str, seed: int = 0) -> None:
        self.text = text
        self.seed = seed
        self.restarts = 0
        self.asked: list[Any] = []
        self.module = ModuleType("candidate")

    def restart(self) -> None:
        self.restarts += 1
        self.module = ModuleType("candidate")
        exec(self.text, self.module.__dict__)  # noqa: S102 - our own golden cases

    def run(self, harness: str) -> None:
        shim: dict[str, Any] = {"__name__": "harness"}
        exec((TASK.folder / harness).read_text(), shim)  # noqa: S102 - the task's own harness
        shim["run"](self.module)

    def map(self, function: str, items: list[Any]) -> list[Any]:
        self.asked += items
        return [getattr(self.module, function)(*item) for item in items]


def values(name: str, rho: list[float], beta: float) -> list[float]:
    """A golden loss on log-ratios `rho`, all of them on the chosen side."""
    names: dict[str, Any] = {}
    exec(golden(name), names)  # noqa: S102 - our own golden cases
    zeros = torch.zeros(len(rho), dtype=torch.float64)
    found = names["loss"](torch.tensor(rho, dtype=torch.float64), zeros, zeros, zeros, beta)
    return [float(value) for value in found]


def test_discopop_has_its_published_anchors() -> None:
    assert values("discopop", [-2.3714, 1.44012], 0.05) == pytest.approx([0.785924, 0.878290], abs=1e-6)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("dpo", np.log1p(np.exp(-0.3))),
        ("slic", 0.7),
        ("ipo", (3.0 - 1 / 0.2) ** 2),
        ("exponential", np.exp(-0.3)),
        ("cell", 0.5 * np.exp(-0.3) + 0.5 * np.log1p(np.exp(-0.3))),
        ("padll", 0.9 * np.log1p(np.exp(-0.3))),
        ("pfl", 0.5 * np.log1p(np.exp(-0.3))),
    ],
)
def test_a_published_loss_is_its_formula(name: str, wanted: float) -> None:
    assert values(name, [3.0], 0.1) == pytest.approx([wanted])


def test_losses_by_sides() -> None:
    assert values("padll", [-3.0], 0.1) == pytest.approx([0.45 * np.log1p(np.exp(0.3))])
    assert values("pfl", [-3.0], 0.1) == pytest.approx([2.6])


@pytest.mark.parametrize("case", PASSING, ids=lambda case: str(case.name))
def test_the_gate_takes_every_known_loss(case: Any) -> None:
    MODULE.gate(Given(case.text))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("constant", "its gradient is zero"),
        ("gradient_free", "its gradient is zero"),
        ("zero_slope", "gradient is zero for all"),
        ("nan", "not finite"),
        ("overflows", "not finite"),
        ("mean", r"returned shape \(\): return shape \(16,\)"),
        ("wrong_shape", r"shape \(15,\)"),
        ("no_tensor", "returned list"),
        ("huge_gradient", "at most 1e"),
    ],
)
def test_the_gate_refuses_and_says_why(name: str, said: str) -> None:
    with pytest.raises(Wrong, match=said):
        MODULE.gate(Given(golden(name)))


@pytest.mark.parametrize(
    "answer",
    [None, 1.0, [1.0], {"a": 1}, [1.0, [0.0] * 4, [0.0] * 4], [1.0, np.zeros(3), np.zeros(4)], ["x", 1, 2]],
)
def test_only_a_number_and_two_gradients_are_an_answer(answer: Any) -> None:
    with pytest.raises(Wrong):
        MODULE.read(answer, 4, "now")


def test_a_gradient_is_finite_and_of_the_right_type() -> None:
    for bad in (np.full(4, np.inf), np.zeros(4, dtype=np.float32), np.full(4, 1e16)):
        with pytest.raises(Wrong):
            MODULE.read([0.0, bad, np.zeros(4)], 4, "now")


def test_the_yardstick_is_dpo() -> None:
    rng = np.random.default_rng(3)
    questions = [MODULE.batch(rng, beta, 2.0) for beta in (0.1, 2.0)]
    candidate = Given(golden("dpo"))
    MODULE.ready(candidate)
    for ours, theirs in zip(LAB.dpo(questions), MODULE.asked(candidate, questions, ""), strict=True):
        assert np.allclose(ours, theirs)


def test_what_crosses_the_wall_is_four_vectors_and_beta() -> None:
    candidate = Given(golden("ipo"))
    MODULE.train(candidate, "sorting", (0.5, 2.0), 0, TINY)
    shapes = {tuple(np.shape(part) for part in question) for question in candidate.asked}
    assert shapes == {((8,), (8,), (8,), (8,), ())}
    assert all((np.array(question[:4]) <= 0).all() for question in candidate.asked)
    assert candidate.restarts == 2, "the audit asks a fresh process"


@pytest.mark.parametrize("name", ["random_noise", "clock", "counts_steps"])
def test_state_and_chance_are_found_out(name: str) -> None:
    recipe = LAB.Recipe(asked=400, pairs=48, steps=40, batch=4, chosen_by=20, tested_by=20, checkpoints=1)
    with pytest.raises(Wrong, match="no function of its arguments"):
        MODULE.train(Given(golden(name)), "sorting", (0.5, 2.0), 0, recipe)


def test_training_is_the_same_twice_and_moves_the_policy() -> None:
    problem = LAB.PROBLEMS["sorting"]
    pairs = LAB.drawn(LAB.pool(problem, 4, TINY.asked), 4, TINY)
    first, again = (LAB.train(problem, pairs, (2.0,), LAB.dpo, 4, recipe=TINY) for _ in range(2))
    assert first == again
    assert first[0].divergence > 1e-5
    assert first[0].course[0] != first[0].course[-1]


def test_pairs_are_a_right_and_a_wrong_one_and_a_fifth_are_swapped() -> None:
    problem, recipe = LAB.PROBLEMS["ranks"], LAB.Recipe(asked=2000, pairs=400)
    pool = LAB.pool(problem, 9, recipe.asked)
    pairs = LAB.drawn(pool, 9, recipe)
    right = problem.right(pairs.digits, pairs.chosen)
    assert len(right) == 400 < len(pool.digits) < 2000
    assert (right != problem.right(pairs.digits, pairs.rejected)).all()
    assert float((~right).float().mean()) == pytest.approx(0.2, abs=0.07)
    assert not torch.equal(pairs.digits, LAB.drawn(pool, 10, recipe).digits)
    assert not torch.equal(pool.digits, LAB.pool(problem, 10, recipe.asked).digits[: len(pool.digits)])


def test_references_are_swapped_with_their_responses() -> None:
    problem = LAB.PROBLEMS["sorting"]
    pairs = LAB.drawn(LAB.pool(problem, 4, TINY.asked), 4, TINY)
    with torch.no_grad():
        chosen, rejected = (
            DECODER.log_probabilities(DECODER.base(problem), pairs.digits, response)
            for response in (pairs.chosen, pairs.rejected)
        )
    assert torch.allclose(pairs.reference_chosen, chosen, atol=1e-4)
    assert torch.allclose(pairs.reference_rejected, rejected, atol=1e-4)


def test_the_base_policies_are_the_shipped_ones_and_half_good() -> None:
    for problem in LAB.PROBLEMS.values():
        assert 0.55 < LAB.before(problem, LAB.Recipe()) < 0.67
        assert (TASK.folder / f"{problem.name}.safetensors").stat().st_size < 200_000
        assert abs(DECODER.divergence(DECODER.base(problem), problem, DECODER.prompts("test")[:20], generator())) < 1e-5


def generator() -> Any:
    return torch.Generator().manual_seed(0)


def test_another_file_of_weights_is_refused() -> None:
    with pytest.raises(ValueError, match="is not the file that was shipped"):
        DECODER.base(DECODER.Problem("sorting", DECODER.SORTING.answers, "0" * 64))


def test_no_prompt_is_in_two_parts() -> None:
    parts = [DECODER.prompts(part) for part in ("base", "pairs", "choose", "test")]
    rows = torch.cat(parts)
    assert len(rows.unique(dim=0)) == len(rows) == 100_000


@given(st.lists(st.integers(0, 9), min_size=5, max_size=5))
@settings(max_examples=50, deadline=None)
def test_the_two_rules(digits: list[int]) -> None:
    rows = torch.tensor([digits])
    assert LAB.PROBLEMS["sorting"].answers(rows).tolist() == [sorted(digits)]
    assert LAB.PROBLEMS["ranks"].answers(rows).tolist() == [[sum(a < b for a in digits) for b in digits]]


def test_log_probabilities_are_those_of_a_distribution() -> None:
    digits = DECODER.prompts("test")[:3]
    logps = DECODER.token_log_probabilities(DECODER.base(DECODER.SORTING), digits, digits)
    assert torch.allclose(logps.exp().sum(-1), torch.ones(3, 5), atol=1e-5)


def test_a_sketch_has_loss_and_slope() -> None:
    candidate = Given(golden("dpo"))
    MODULE.ready(candidate)
    drawn = json.loads(MODULE.sketch(candidate))
    slopes = drawn["lines"]["gradient"]["values"]
    assert slopes[32] == pytest.approx(-0.5)
    assert slopes == sorted(slopes)


def test_the_outcome_is_at_the_beta_that_other_prompts_choose() -> None:
    one = LAB.Trained(0.5, 0.7, 0.5, 0.2, (0.4, 0.6))
    other = LAB.Trained(2.0, 0.6, 0.9, 0.1, (0.4, 0.5))
    outcome = MODULE.report(MODULE.best([one, other]), [one, other], 60.0, "")
    assert outcome.score == 50.0
    assert outcome.instances == {"beta 0.5": 50.0, "beta 2": 90.0}
    assert outcome.curves["accuracy/beta 0.5"] == [40.0, 60.0]
