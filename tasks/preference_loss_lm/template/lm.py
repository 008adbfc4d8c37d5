"""Preference optimisation of a causal language model by TRL's DPOTrainer, with a gradient from outside, and how well
the trained model answers. Only judges load this: torch, transformers, TRL and datasets are heavy.

A GPU is used where torch sees one, in bfloat16 with weights in single precision; else the CPU.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from refine.questions import Question

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "0")  # several would make the Trainer split each batch among them

import torch
from datasets import Dataset, disable_progress_bars
from torch import Tensor
from torch.nn import functional
from transformers import AutoModelForCausalLM, PrinterCallback, set_seed
from transformers.utils import logging
from trl import DPOConfig, DPOTrainer

disable_progress_bars()
logging.disable_progress_bar()
os.environ["TQDM_DISABLE"] = "1"

if TYPE_CHECKING:  # a folder of programs: its modules have one name for the type checker and another while it is loaded
    from tasks.preference_loss_lm.template import exam
else:
    import exam

Numbers = npt.NDArray[np.float64]
Asked = tuple[Numbers, Numbers, Numbers, Numbers, float]
"""log pi(y_w), log pi(y_l), log pi_ref(y_w), log pi_ref(y_l) of a batch, and beta."""
Slopes = tuple[Numbers, Numbers]
"""Gradient of the batch's mean loss with respect to the first two."""
Gradient = Callable[[Sequence[Asked]], Sequence[Slopes]]
Pair = Mapping[str, Any]
"""`prompt`, `chosen` and `rejected`, as TRL reads them: texts, or lists of messages."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is trained and asked: AdamW, its rate falling evenly to 0, from the base model.

    Attributes:
        steps, batch, rate: of the optimiser; a batch is so many pairs.
        tokens: of a prompt with its response; longer ones are cut.
        answer: tokens of an answer at most.
        looks: questions by which the KL divergence is measured.
    """

    steps: int = 100
    batch: int = 16
    rate: float = 5e-6
    tokens: int = 1024
    answer: int = 256
    looks: int = 64


@dataclass(frozen=True, slots=True)
class Trained:
    """What became of one training.

    Attributes:
        beta: what it was trained with.
        chosen_by: share of greedy answers that are right, on the questions that a beta is chosen by.
        accuracy: the same on the others.
        divergence: KL to the base model, nats an answer.
        course: by name, what the batches said on the way.
    """

    beta: float
    chosen_by: float
    accuracy: float
    divergence: float
    course: Mapping[str, Sequence[float]]


def train(
    base: str,
    pairs: Sequence[Pair],
    beta: float,
    gradient: Gradient,
    seed: int,
    *,
    choose: Sequence[Question],
    test: Sequence[Question],
    recipe: Recipe,
) -> Trained:
    """One model, trained from `base` on pairs that the seed draws, and examined."""
    rng = np.random.default_rng(seed)
    drawn = rng.permutation(len(pairs))[: recipe.steps * recipe.batch]
    with tempfile.TemporaryDirectory() as folder:
        chance = int(rng.integers(2**31))
        some = [pairs[place] for place in drawn]
        trainer = _trainer(base, some, beta, gradient, seed=chance, folder=folder, recipe=recipe)
        trainer.train()
    model, tokenizer = trainer.model.eval(), exam.tokenizer_of(base)
    found = Trained(
        beta,
        exam.accuracy(model, tokenizer, choose, recipe.answer),
        exam.accuracy(model, tokenizer, test, recipe.answer),
        exam.divergence(model, exam.reference(base), tokenizer, choose[: recipe.looks], recipe.answer, seed=chance),
        trainer.course.read(),
    )
    trainer.accelerator.free_memory()
    return found


@dataclass(slots=True)
class _Course:
    """Means over each batch: how far the policy prefers what was chosen, and what became of either response."""

    rows: list[tuple[float, float, float]] = field(default_factory=list)

    def see(self, asked: Asked) -> None:
        chosen, rejected = asked[0] - asked[2], asked[1] - asked[3]
        self.rows.append((float(np.mean(chosen > rejected)), float(chosen.mean()), float(rejected.mean())))

    def read(self) -> dict[str, list[float]]:
        names = ("pairs preferred rightly", "log-ratio of the chosen", "log-ratio of the rejected")
        return {name: list(values) for name, values in zip(names, zip(*self.rows, strict=True), strict=True)}


class _Trainer(DPOTrainer):  # type: ignore[misc]
    """TRL's trainer, whose loss has the gradient that it is told: what it is is known only beyond the wall."""

    def __init__(self, gradient: Gradient, beta: float, **given: Any) -> None:  # noqa: ANN401 - TRL's own
        super().__init__(**given)
        self.course = _Course()
        self._gradient, self._beta = gradient, beta

    def compute_loss(
        self,
        model: Any,  # noqa: ANN401 - untyped library
        inputs: Mapping[str, Tensor],
        return_outputs: bool = False,  # noqa: FBT001, FBT002 - the library's signature
        num_items_in_batch: Any = None,  # noqa: ANN401 - as above
    ) -> Tensor:
        """The scalar product of log-probabilities and slopes, whose derivative the slopes are."""
        del return_outputs, num_items_in_batch
        ours, theirs = log_probabilities(model, inputs).chunk(2)
        references = inputs["ref_chosen_logps"], inputs["ref_rejected_logps"]
        first, second, third, fourth = (_numbers(part) for part in (ours, theirs, *references))
        asked: Asked = (first, second, third, fourth, self._beta)
        self.course.see(asked)
        ((chosen, rejected),) = self._gradient([asked])
        told = (torch.from_numpy(slope).to(ours) for slope in (chosen, rejected))
        return sum((slope * logps).sum() for slope, logps in zip(told, (ours, theirs), strict=True))


def log_probabilities(model: Any, inputs: Mapping[str, Tensor]) -> Tensor:  # noqa: ANN401 - untyped library
    """Of the responses of a batch as TRL collates it, first all chosen and then all rejected ones, (2n,)."""
    tokens, mask = inputs["input_ids"], inputs["completion_mask"][:, 1:]
    logits = model(input_ids=tokens, attention_mask=inputs["attention_mask"], use_cache=False).logits[:, :-1]
    each = -functional.cross_entropy(logits.float().transpose(1, 2), tokens[:, 1:], reduction="none")
    return (each * mask).sum(1)


def _numbers(values: Tensor) -> Numbers:
    numbers: Numbers = values.detach().double().cpu().numpy()
    return numbers


def _trainer(
    base: str, pairs: Sequence[Pair], beta: float, gradient: Gradient, *, seed: int, folder: str, recipe: Recipe
) -> _Trainer:
    gpu = torch.cuda.is_available()
    set_seed(seed)
    chat = exam.tokenizer_of(base).chat_template is not None
    made = _Trainer(
        gradient,
        beta,
        model=AutoModelForCausalLM.from_pretrained(base, local_files_only=True, dtype=torch.float32),
        args=DPOConfig(
            output_dir=folder,
            max_steps=recipe.steps,
            per_device_train_batch_size=recipe.batch,
            learning_rate=recipe.rate,
            lr_scheduler_type="linear",
            max_length=recipe.tokens,
            precompute_ref_log_probs=True,  # the reference need not be kept beside the policy
            bf16=gpu,
            use_cpu=not gpu,
            dataloader_pin_memory=gpu,
            gradient_checkpointing=False,
            seed=seed,
            logging_strategy="no",
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
        ),
        train_dataset=Dataset.from_list([_messages(pair) if chat else dict(pair) for pair in pairs]),
        processing_class=exam.tokenizer_of(base),
    )
    made.remove_callback(PrinterCallback)
    return made


def _messages(pair: Pair) -> dict[str, Any]:
    """A pair of texts as messages, the form in which a model with a chat template is asked."""
    if not isinstance(pair["prompt"], str):
        return dict(pair)
    roles = {"prompt": "user", "chosen": "assistant", "rejected": "assistant"}
    return {name: [{"role": role, "content": pair[name]}] for name, role in roles.items()}
