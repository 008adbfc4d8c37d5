"""The larger preference-loss task: a folder that is made, and a language model that a plugged-in loss trains."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from refine.check import Finding, check, exit_code
from refine.errors import UsageError, Wrong
from refine.load import load, shipped
from refine.questions import Question
from refine.sandbox.choose import choose
from refine.types import Outcome
from tests.tiny import tiny

HERE = shipped() / "preference_loss_lm"
SETTINGS: dict[str, object] = {
    "betas": (0.2,), "confirmed": (0.1,), "steps": 30, "batch": 16, "rate": 1e-3, "tokens": 32, "answer": 4,
    "replicates": 2, "seconds": 300.0,
}  # fmt: skip


def module(name: str, path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    made = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


MAKE = module("preference_loss_lm_make", HERE / "make.py")


def written(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def data(folder: Path) -> tuple[Path, Path]:
    """Pairs and questions: the larger of two digits is the right answer, the smaller the wrong one."""
    numbers = [f"{n:02}" for n in np.random.default_rng(0).permutation(100) if n % 11]
    pairs: list[dict[str, object]] = [{"prompt": f"{n}?", "chosen": max(n), "rejected": min(n)} for n in numbers[:45]]
    asked: list[dict[str, object]] = [{"question": f"{n}?", "answer": max(n)} for n in numbers[45:]]
    return written(folder / "pairs.jsonl", pairs), written(folder / "questions.jsonl", asked)


def a_model(folder: Path) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return folder


def test_a_folder_is_made_and_says_what_it_was_made_of(tmp_path: Path) -> None:
    pairs, asked = data(tmp_path)
    one = load(str(MAKE.made(tmp_path / "one", a_model(tmp_path / "model"), pairs, asked, **SETTINGS)))
    assert "model is trained on pairs by AdamW for 30 steps" in one.instruction
    assert one.budget is not None
    assert one.noise is not None
    assert one.noise.paired
    assert {case.kind for case in one.golden} == {"fail"}
    with asked.open("a") as more:
        more.write('{"question": "x?", "answer": "x"}\n')
    other = load(str(MAKE.made(tmp_path / "other", tmp_path / "model", pairs, asked, **SETTINGS)))
    assert other.digest != one.digest, "other questions are another task"
    with pytest.raises(UsageError, match="is there already"):
        MAKE.made(tmp_path / "one", tmp_path / "model", pairs, asked, **SETTINGS)


def test_questions_are_apart(tmp_path: Path) -> None:
    task = load(str(MAKE.made(tmp_path / "t", a_model(tmp_path / "model"), *data(tmp_path), **SETTINGS)))
    parts = sys.modules[task.verify.__module__].parts()
    texts = [{question.text for question in part} for part in parts]
    assert all(len(part) >= 5 for part in texts)
    assert sum(len(part) for part in texts) == len(set.union(*texts)) == 45


@pytest.mark.parametrize(
    ("pairs", "asked", "said"),
    [
        ([{"prompt": "1?", "chosen": "1"}], 30, "KeyError: 'rejected'; every line is"),
        ([{"prompt": "1?", "chosen": "1", "rejected": ""}], 30, "some with an empty response"),
        ([], 30, "there are no pairs"),
        ([{"prompt": "q3", "chosen": "1", "rejected": "2"}], 30, "1 questions are prompts of the pairs, too: 'q3'"),
        ([{"prompt": [{"role": "user", "content": "q3"}], "chosen": "1", "rejected": "2"}], 30, "prompts of the pairs"),
        ([{"prompt": "1?", "chosen": "1", "rejected": "2"}], 5, "holds 5 questions; 20 are the least"),
    ],
)
def test_what_cannot_examine_is_refused(
    pairs: list[dict[str, object]], asked: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = written(tmp_path / "pairs.jsonl", pairs)
    other = written(tmp_path / "questions.jsonl", [{"question": f"q{n}", "answer": n} for n in range(asked)])
    argv = [str(tmp_path / "t"), "--base", str(a_model(tmp_path / "m")), "--pairs", str(one), "--questions", str(other)]
    with pytest.raises(SystemExit):
        MAKE.main(argv)
    assert said in capsys.readouterr().err
    assert not (tmp_path / "t").exists()


def test_questions_without_an_answer_and_no_model_are_said(tmp_path: Path) -> None:
    pairs, _ = data(tmp_path)
    asked = written(tmp_path / "q.jsonl", [{"question": f"q{n}"} for n in range(30)])
    with pytest.raises(UsageError, match="no answer is given to 'q0'"):
        MAKE.made(tmp_path / "t", a_model(tmp_path / "m"), pairs, asked, **SETTINGS)
    with pytest.raises(UsageError, match=r"holds no config\.json"):
        MAKE.made(tmp_path / "t", tmp_path, pairs, asked, **SETTINGS)


# ── with torch ───────────────────────────────────────────────────────────────────────────────────────────────────────

TORCH = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]


def undecided(folder: Path) -> Path:
    """A language model that answers with one of a prompt's two digits, whichever."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(1)  # more of them would wait for each other
    tiny(folder, width=32, layers=2)
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    texts = [f"{n:02}?" for n in range(100)]
    rows = [f"<bos>{text}\n{digit}<eos>" for text in texts for digit in text[:2]]
    ids = torch.tensor(tokenizer(rows, add_special_tokens=False)["input_ids"])
    optimiser = torch.optim.AdamW(model.parameters(), lr=5e-3)
    generator = torch.Generator().manual_seed(0)
    for _ in range(250):
        batch = ids[torch.randint(len(ids), (64,), generator=generator)]
        labels = batch.clone()
        labels[:, :-2] = -100
        model(input_ids=batch, labels=labels).loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("trl")
    where = tmp_path_factory.mktemp("lm")
    (where / "base").mkdir()
    made: Path = MAKE.made(where / "losses", undecided(where / "base"), *data(where), **SETTINGS)
    return made


class Given:
    """A candidate in this very process, for programs of this repository."""

    def __init__(self, name: str, folder: Path) -> None:
        self.text = golden(name)
        self.seed = 3
        self.asked: list[Any] = []
        self._folder = folder
        self._module = ModuleType("candidate")

    def restart(self) -> None:
        self._module = ModuleType("candidate")
        exec(self.text, self._module.__dict__)  # noqa: S102 - our own golden cases

    def run(self, harness: str) -> None:
        shim: dict[str, Any] = {"__name__": "harness"}
        exec((self._folder / harness).read_text(), shim)  # noqa: S102 - the task's own harness
        shim["run"](self._module)

    def map(self, function: str, items: list[Any]) -> list[Any]:
        self.asked += items
        return [getattr(self._module, function)(*item) for item in items]


def golden(name: str) -> str:
    return (shipped() / "preference_loss" / "golden" / f"{name}.py").read_text()


class TestTraining:
    pytestmark = TORCH

    def test_a_plugged_in_loss_trains_and_the_wrong_sign_untrains(self, folder: Path) -> None:
        task = load(str(folder))
        dpo, flipped = (self.outcome(task, Given(name, folder)) for name in ("dpo", "sign_flipped"))
        assert (dpo.score or 0) > 90
        assert flipped.score is not None
        assert flipped.score < 20
        assert dpo.metrics["kl"] > 0.1
        assert dpo.curves["pairs preferred rightly (beta 0.2)"][-1] > 0.9
        assert dpo.curves["log-ratio of the chosen (beta 0.2)"][0] == pytest.approx(0.0, abs=1e-3)
        base = float(dpo.feedback.partition("base policy: ")[2].partition(" %")[0])
        assert 20 < base < 80

    def outcome(self, task: Any, candidate: Any) -> Outcome:
        made = task.verify(candidate)
        assert isinstance(made, Outcome)
        return made

    def test_the_yardstick_gains_nothing_over_itself(self, folder: Path) -> None:
        task = load(str(folder))
        candidate: Any = Given("dpo", folder)
        assert task.confirm is not None
        made = task.confirm(candidate)
        assert isinstance(made, Outcome)
        assert made.score == 0.0

    def test_who_draws_random_numbers_is_caught_and_what_crosses_the_wall_is_four_vectors_and_beta(
        self, folder: Path
    ) -> None:
        task = load(str(folder))
        candidate: Any = Given("random_noise", folder)
        with pytest.raises(Wrong, match="no function of its arguments"):
            task.verify(candidate)
        trained = [question for question in candidate.asked if question[4] == 0.2]
        assert {np.shape(part) for question in trained for part in question[:4]} <= {(16,), (13,)}
        assert all((np.array(question[:4]) <= 0).all() for question in trained)

    def test_the_gradient_from_outside_is_trls_own_for_dpo(self, folder: Path, tmp_path: Path) -> None:
        import torch
        from datasets import Dataset
        from transformers import AutoModelForCausalLM
        from trl import DPOTrainer

        lab, base, dpo = laboratory(folder), str(folder.parent / "base"), small().laboratory().dpo
        pairs = [{"prompt": f"{n}{n + 2}?", "chosen": str(n + 2) * (1 + n % 2), "rejected": str(n)} for n in range(8)]
        recipe = lab.Recipe(steps=3, batch=4, rate=1e-2, tokens=32)
        ours = lab._trainer(base, pairs, 0.7, dpo, seed=1, folder=str(tmp_path), recipe=recipe)
        ours.train()
        args = replace(ours.args, beta=0.7)
        theirs = DPOTrainer(
            model=AutoModelForCausalLM.from_pretrained(base),
            args=args,
            train_dataset=Dataset.from_list([lab._messages(pair) for pair in pairs]),
            processing_class=lab.exam.tokenizer_of(base),
        )
        theirs.train()
        untrained = AutoModelForCausalLM.from_pretrained(base).state_dict()
        for name, weight in theirs.model.state_dict().items():
            assert torch.allclose(ours.model.state_dict()[name], weight, atol=1e-4), name
        moved = [float((weight - untrained[name]).abs().max()) for name, weight in theirs.model.state_dict().items()]
        assert max(moved) > 1e-2

    def test_padding_changes_neither_likelihoods_nor_answers(self, folder: Path) -> None:
        import torch

        lab, base = laboratory(folder), str(folder.parent / "base")
        model, tokenizer = lab.exam.reference(base), lab.exam.tokenizer_of(base)
        rows = [([1, 10, 12, 13], [14, 15, 16, 2]), ([1, 20], [21, 2])]
        each = [self.batch([row]) for row in rows]
        with torch.no_grad():
            together = lab.log_probabilities(model, self.batch(rows))
            alone = torch.cat([lab.log_probabilities(model, one) for one in each])
        assert torch.allclose(together, alone, atol=1e-4)
        assert (together < 0).all()
        questions = [Question(text=text) for text in ("12?", "1?", "12?12?12?")]
        asked = lab.exam._asked(tokenizer, questions)
        answers = lab.exam._generated(model, tokenizer, asked, 3, draw=False)
        answers = answers[:, asked["input_ids"].shape[1] :]
        assert not asked["attention_mask"].all()
        for question, answer in zip(questions, answers, strict=True):
            one = lab.exam._generated(model, tokenizer, lab.exam._asked(tokenizer, [question]), 3, draw=False)
            kept = one[0, lab.exam._asked(tokenizer, [question])["input_ids"].shape[1] :]
            assert answer[: len(kept)].tolist() == kept.tolist()

    def batch(self, rows: list[tuple[list[int], list[int]]]) -> dict[str, Any]:
        """As TRL collates: padded on the right, responses marked."""
        import torch

        longest = max(len(prompt) + len(response) for prompt, response in rows)
        spare = [longest - len(prompt) - len(response) for prompt, response in rows]
        parts = {
            "input_ids": [[*prompt, *response, *[0] * n] for (prompt, response), n in zip(rows, spare, strict=True)],
            "attention_mask": [[1] * (longest - n) + [0] * n for n in spare],
            "completion_mask": [
                [0] * len(prompt) + [1] * len(response) + [0] * n
                for (prompt, response), n in zip(rows, spare, strict=True)
            ],
        }
        return {name: torch.tensor(values) for name, values in parts.items()}

    def test_a_model_does_not_diverge_from_itself(self, folder: Path) -> None:
        lab, base = laboratory(folder), str(folder.parent / "base")
        model, tokenizer = lab.exam.reference(base), lab.exam.tokenizer_of(base)
        asked = [Question(text="12?"), Question(text="7?")]
        assert lab.exam.divergence(model, model, tokenizer, asked, 4, seed=1) == 0.0

    @pytest.mark.parametrize(
        ("text", "right"),
        [("7", True), (" 7\n", True), ("2 + 5 = 7 #### 7", True), ("8", False), ("", False), ("77", False)],
    )
    def test_an_answer_is_exact(self, folder: Path, text: str, *, right: bool) -> None:
        assert laboratory(folder).exam.is_right(Question(text="2 + 5", answer="7"), text) is right


def laboratory(folder: Path) -> Any:
    return sys.modules[load(str(folder)).verify.__module__].laboratory()


def small() -> Any:
    return sys.modules[load("preference_loss").verify.__module__]


@pytest.mark.torch
@pytest.mark.training
@pytest.mark.timeout(1800)
async def test_the_folder_can_be_trusted_in_the_real_sandbox(folder: Path) -> None:
    task = load(str(folder))
    sandbox = choose("local", image=task.image)
    try:
        found: list[Finding] = [finding async for finding in check(task, sandbox)]
    finally:
        sandbox.close()
    assert not [(f.name, f.detail) for f in found if f.ok is False]
    assert exit_code(found) == 0
    assert {"SLiC", "IPO", "DiscoPOP"} <= {word for f in found for word in f.name.split()}
