from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.load import load

pytestmark = pytest.mark.torch

TASK = load("classification_loss")
MODULE: Any = sys.modules[TASK.verify.__module__]
TRAINING: Any = sys.modules["classifiers"]
DATA: Any = sys.modules["labelled"]
Slopes = Callable[[Any, Any], Any]


def cross_entropy(logits: Any, labels: Any) -> list[Any]:
    """What the shim would answer for cross entropy: one batch's mean loss and gradient."""
    own = logits[np.arange(len(labels)), labels]
    return [float((np.log(np.exp(logits).sum(1)) - own).mean()), TRAINING.cross_entropy(logits[None], labels[None])[0]]


class Given:
    """A handle whose candidate answers by `slopes`; a fresh process is a fresh `start()`."""

    def __init__(self, start: Callable[[], Slopes], seed: int = 3) -> None:
        self.start, self.seed = start, seed
        self.starts = 0
        self.slopes: Slopes | None = None

    def restart(self) -> None:
        self.slopes = None

    def run(self, harness: str) -> None:
        assert harness == "harness.py"
        self.starts += 1
        self.slopes = self.start()

    def map(self, function: str, items: Sequence[Any]) -> list[Any]:
        assert function == "slopes"
        assert self.slopes is not None, "asked before the shim was there"
        return [self.slopes(logits.copy(), labels.copy()) for logits, labels in items]


# ── the trainings ────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(2, 7))
@settings(max_examples=30, deadline=None)
def test_cross_entropys_gradient_is_its_derivative(seed: int, count: int, classes: int) -> None:
    rng = np.random.default_rng(seed)
    logits, labels = 3 * rng.normal(size=(count, classes)), rng.integers(classes, size=count)
    _, slope = cross_entropy(logits, labels)
    way = rng.normal(size=logits.shape)
    near, far = (cross_entropy(logits + step * way, labels)[0] for step in (-1e-5, 1e-5))
    assert (slope * way).sum() == pytest.approx((far - near) / 2e-5, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("network", [((5,), "relu"), ((6, 4), "tanh")])
def test_the_first_step_goes_down_the_true_gradient(network: tuple[tuple[int, ...], str]) -> None:
    """Adam's first step is the sign of each weight's gradient: compared with differences of the loss itself."""
    problem = DATA.clusters(1, 0)[0]
    recipe = TRAINING.Recipe(decay=0.0, rate=1e-3)
    nets = TRAINING._Nets([problem], TRAINING.Network(*network), recipe)
    inputs, labels = problem.inputs[None, :20], problem.given[None, :20]
    before = [weights.copy() for weights in nets._weights]
    for place, weights in enumerate(before):
        spot = tuple(0 for _ in weights.shape)
        values = []
        for step in (-1e-5, 1e-5):
            nets._weights[place][spot] = weights[spot] + step
            values.append(cross_entropy(nets.logits(inputs)[0], labels[0])[0])
        nets._weights[place][spot] = weights[spot]
        slope = (values[1] - values[0]) / 2e-5
        moved = TRAINING._Nets([problem], TRAINING.Network(*network), recipe)
        moved.step(inputs, lambda logits: TRAINING.cross_entropy(logits, labels))
        if abs(slope) > 1e-6:
            assert np.sign(moved._weights[place][spot] - weights[spot]) == -np.sign(slope)


def test_networks_in_step_are_as_those_trained_alone() -> None:
    recipe = TRAINING.Recipe(epochs=2)
    problems = DATA.searched(5, 0)
    together = TRAINING.train(problems, TRAINING.Network(), recipe, TRAINING.cross_entropy)
    alone = [TRAINING.train([one], TRAINING.Network(), recipe, TRAINING.cross_entropy)[0] for one in problems]
    assert [one.accuracy for one in together] == pytest.approx([one.accuracy for one in alone], abs=0.002)
    assert len({one.accuracy for one in together}) > 1


def test_flips_are_of_the_share_that_they_say_and_nested() -> None:
    problems = {problem.name: problem for seed in range(8) for problem in DATA.searched(seed, 0)}
    shares = {name: [] for name in problems}  # type: dict[str, list[float]]
    for seed in range(8):
        clean, few, many = DATA.searched(seed, 0)
        changed = [problem.given != problem.true for problem in (clean, few, many)]
        assert not changed[0].any()
        assert changed[2][changed[1]].all()
        assert (few.given == many.given)[changed[1]].all()
        for problem, which in zip((clean, few, many), changed, strict=True):
            shares[problem.name].append(float(which.mean()))
    means = {name: np.mean(values) for name, values in shares.items()}
    assert means == pytest.approx(DATA.FLIPS, abs=0.02)


def test_the_search_never_sees_what_confirms() -> None:
    reserved = {image.tobytes() for image in DATA.reserved(1, 0)[0].held_out}
    for seed in range(3):
        problem = DATA.searched(seed, 0)[0]
        seen = {image.tobytes() for image in np.concatenate([problem.inputs, problem.held_out])}
        assert not seen & reserved
        assert not {image.tobytes() for image in problem.inputs} & {image.tobytes() for image in problem.held_out}


# ── the verifier ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "RECIPE", TRAINING.Recipe(epochs=10))


@pytest.mark.usefixtures("quick")
def test_cross_entropy_gains_nothing_over_itself() -> None:
    handle = Given(lambda: cross_entropy)
    outcome = MODULE.verify(handle)
    assert outcome.score == 0
    assert set(outcome.instances) == {"digits, clean", "digits, flips 0.2", "digits, flips 0.4"}
    assert outcome.metrics == {"clean": 0.0, "flips 0.2": 0.0, "flips 0.4": 0.0}
    assert outcome.features["accuracy, clean"] > outcome.features["accuracy, flips 0.4"] > 70
    assert outcome.curves["held-out accuracy (%), clean/cross entropy"][-1] == pytest.approx(
        outcome.features["accuracy, clean"], abs=0.01
    )
    assert handle.starts == 2, "once for the gate and the training, once for the audit"


@pytest.mark.usefixtures("quick")
def test_the_sign_matters() -> None:
    def flipped(logits: Any, labels: Any) -> list[Any]:
        value, slope = cross_entropy(np.clip(logits, -30, 30), labels)
        return [-value, -slope]

    assert MODULE.verify(Given(lambda: flipped)).score < -50


def test_confirmation_has_three_settings_and_draws_from_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "RECIPE", TRAINING.Recipe(epochs=2))
    first, other = (MODULE.confirm(Given(lambda: cross_entropy, seed)) for seed in (1, 2))
    assert {name.split(", ")[0] for name in first.instances} == {"other digits", "another network", "another data set"}
    assert first.features != other.features


class Counting:
    """Cross entropy that changes after so many calls."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    def __call__(self, logits: Any, labels: Any) -> list[Any]:
        self.left -= 1
        value, slope = cross_entropy(logits, labels)
        return [value, slope if self.left > 0 else 2 * slope]


def test_state_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "RECIPE", TRAINING.Recipe(epochs=4))
    with pytest.raises(Wrong, match="no function of its arguments"):
        MODULE.verify(Given(lambda: Counting(80)))
    assert MODULE.verify(Given(lambda: Counting(10**9))).score == 0


def answers(logits: Any, labels: Any) -> list[Any]:
    return [0.5, np.ones_like(logits)]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        1.0,
        [],
        "the loss is not finite for logits [0]",
        {"loss": 1.0},
        [1, np.ones((16, 10))],
        [True, np.ones((16, 10))],
        [1.0, np.ones(16)],
        [1.0, np.ones((10, 16))],
        [1.0, np.ones((16, 10), dtype=np.float32)],
        [1.0, np.full((16, 10), np.nan)],
        [1.0, np.full((16, 10), 1e7)],
        [1.0, [[1.0] * 10] * 16],
        [1.0, np.full((16, 10), 1j)],
        [1.0, np.ones((16, 10)), 1.0],
    ],
)
def test_only_a_loss_with_its_gradient_is_an_answer(answer: Any) -> None:
    with pytest.raises(Wrong, match="before the training"):
        MODULE.read(answer, (16, 10), "before the training")


def test_a_gradient_of_nothing_is_refused_before_the_training() -> None:
    with pytest.raises(Wrong, match="zero for all logits"):
        MODULE.verify(Given(lambda: lambda logits, _: [1.0, np.zeros_like(logits)]))


def test_a_picture_of_the_loss_is_scaled_by_its_steepest_slope() -> None:
    handle = Given(lambda: lambda logits, labels: [1e3 * part for part in cross_entropy(logits, labels)])
    handle.run("harness.py")
    drawn = json.loads(MODULE.drawn(handle))
    x, loss, slope = drawn["x"]["values"], *(drawn["lines"][name]["values"] for name in ("loss", "gradient"))
    assert len(x) == len(loss) == len(slope) == 61
    assert min(loss) == 0
    assert max(map(abs, slope)) == 1
    assert np.gradient(loss, x)[5:-5] == pytest.approx(slope[5:-5], abs=0.02)


# ── the shim ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def shim() -> ModuleType:
    spec = importlib.util.spec_from_file_location("harness", TASK.folder / "harness.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answered(shim: ModuleType, text: str, logits: Any) -> Any:
    candidate = ModuleType("candidate")
    exec(text, candidate.__dict__)  # noqa: S102 - the texts are this file's own
    shim.run(candidate)
    return candidate.slopes(logits, np.zeros(len(logits), dtype=np.int64))


def test_the_shims_cross_entropy_is_the_judges(shim: ModuleType) -> None:
    logits = np.random.default_rng(0).normal(size=(7, 5))
    value, slope = answered(shim, TASK.seeds[0].text, logits)
    wanted = cross_entropy(logits, np.zeros(7, dtype=np.int64))
    assert value == pytest.approx(wanted[0])
    np.testing.assert_allclose(slope, wanted[1], atol=1e-12)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return 1.0", "loss returned float"),
        ("return logits", r"shape \(7, 5\)"),
        ("return targets", "int64"),
        ("return logits.detach()[:, 0]", "does not depend on the logits"),
        ("return torch.ones(7, requires_grad=True)", "does not depend on the logits"),
        ("return torch.log(logits[:, 0] - 1e9)", "the loss is not finite for logits .* with class 0"),
        ("return torch.sqrt(logits[:, 0] * 0)", "the gradient is not finite for logits"),
        ("return logits.sum() / 0", "the loss is not finite for a whole batch"),
    ],
)
def test_the_shim_says_what_is_wrong(shim: ModuleType, body: str, said: str) -> None:
    text = f"import torch\n\n\ndef loss(logits, targets):\n    {body}\n"
    answer = answered(shim, text, np.random.default_rng(0).normal(size=(7, 5)))
    assert isinstance(answer, str)
    with pytest.raises(Wrong, match=said):
        MODULE.read(answer, (7, 5), "")


def test_the_seed_survives_certainty(shim: ModuleType) -> None:
    for logits in (np.array([[800.0, 0, 0]]), np.array([[-800.0, 0, 0]]), np.zeros((1, 3))):
        answer = answered(shim, TASK.seeds[0].text, logits)
        assert isinstance(answer, list), answer


def test_the_grammars_terms_stand_for_what_the_seed_says(shim: ModuleType) -> None:
    """q, log_q, margin and spread, each returned as the loss."""
    logits = np.array([[2.0, 0.5, -1.0]])
    p = np.exp(logits[0]) / np.exp(logits[0]).sum()
    wanted = {"q": p[0], "log_q": np.log(p[0]), "margin": np.log(p[0] / (1 - p[0])), "spread": np.log(p).mean()}
    for name, value in wanted.items():
        text = TASK.seeds[0].text.replace("return -log_q", f"return {name}")
        assert answered(shim, text, logits)[0] == pytest.approx(value), name
