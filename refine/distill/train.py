"""Training a model on rows, by TRL's trainers: imitation of what was verified, or preference of the better of two.

Every epoch leaves a checkpoint under `OUT/checkpoints`, and the same call goes on from the last one. What is written is
a whole model in safetensors; with LoRA the adapter too, for a server that swaps adapters.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from refine.distill.export import record
from refine.distill.rows import Row
from refine.errors import MissingExtra, UsageError
from refine.types import Frozen

Method = Literal["sft", "dpo"]
_NO_BARS = "TQDM_DISABLE"
"""TRL's trainer of preferences reads it; of what computes the reference nothing else is read."""
CHECKPOINTS, ADAPTER, TRAINED = "checkpoints", "adapter", "trained.json"


class Recipe(Frozen):
    """How to train.

    Attributes:
        method: "sft" (supervised fine-tuning) learns `chosen`; "dpo" (direct preference optimisation, Rafailov et al.
            2023) prefers it to `rejected`.
        epochs: times that each row is seen.
        batch: rows of one step.
        rate: the highest learning rate; it warms up and falls along a cosine.
        beta: of dpo: how strongly the model is held to what it was.
        nll: of dpo: the weight of imitating `chosen` beside preferring it, by its negative log-likelihood, mean over
            its tokens (Iterative Reasoning Preference Optimization, Pang et al. 2024). Preference alone may lower the
            likelihood of both. A row without `rejected` is then only imitated.
        lora: rank of low-rank adapters (Hu et al. 2021); None trains all weights.
        tokens: of one row at most; longer ones are cut.
        seed: of the order of the rows and of what is initialised.
    """

    method: Method = "sft"
    epochs: int = Field(default=2, ge=1)
    batch: int = Field(default=32, ge=1)
    rate: float = Field(default=1e-4, gt=0)
    beta: float = Field(default=0.1, gt=0)
    nll: float = Field(default=0.0, ge=0)
    lora: int | None = Field(default=None, ge=1)
    tokens: int = Field(default=1024, ge=8)
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Trained:
    """What training came to: `losses` as they were logged, `seconds` of this call, `steps` in all."""

    path: Path
    losses: tuple[float, ...]
    steps: int
    seconds: float


def train(base: Path, rows: Sequence[Row], out: Path, recipe: Recipe) -> Trained:
    """Trains the model in the folder `base` on `rows` and writes it to the folder `out`.

    Raises:
        UsageError: there are no rows, rows without a rejected answer for dpo, or no model in `base`.
        MissingExtra: TRL, or PEFT for LoRA, is not installed.
    """
    require(base, rows, recipe)
    begun = time.monotonic()
    with _quietly():
        trainer = _trainer(base, rows, out, recipe)
        trainer.train(resume_from_checkpoint=_last_checkpoint(out))
    losses = tuple(float(entry["loss"]) for entry in trainer.state.log_history if "loss" in entry)
    done = Trained(out, losses, int(trainer.state.global_step), time.monotonic() - begun)
    _write(trainer, out, recipe, done)
    return done


@contextmanager
def _quietly() -> Iterator[None]:
    """Without bars, and without what the libraries' makers have to tell one another: errors are raised all the same."""
    before = os.environ.get(_NO_BARS)
    os.environ[_NO_BARS] = "1"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        os.environ.pop(_NO_BARS)
        os.environ.update({_NO_BARS: before} if before is not None else {})


def trained(out: Path) -> Trained | None:
    """What training came to that has ended and wrote its model to the folder `out`; None where none has."""
    if not (out / "config.json").is_file() or not (out / TRAINED).is_file():
        return None
    found = json.loads((out / TRAINED).read_text("utf-8"))
    return Trained(out, tuple(found["losses"]), found["steps"], found["seconds"])


def _last_checkpoint(out: Path) -> str | None:
    """The newest that was written whole: its state is written last."""
    whole = [file.parent for file in (out / CHECKPOINTS).glob("checkpoint-*/trainer_state.json")]
    return str(max(whole, key=lambda folder: int(folder.name.rpartition("-")[2]))) if whole else None


def learnable(rows: Sequence[Row], recipe: Recipe) -> bool:
    """Whether `recipe` can learn each row: dpo without imitation learns nothing of one that has no worse answer."""
    return recipe.method == "sft" or recipe.nll > 0 or all(row.rejected is not None for row in rows)


def require(base: Path, rows: Sequence[Row], recipe: Recipe) -> None:
    """Raises what `train` would, before anything is begun."""
    wanted = ("trl", "transformers", "datasets", *(["peft"] if recipe.lora else []))
    for package in wanted:
        if importlib.util.find_spec(package) is None:
            raise MissingExtra(package, "distill")
    if not rows:
        raise UsageError("there is nothing to train on: no answer passed, or all rows were left out")
    if not learnable(rows, recipe):
        raise UsageError("dpo needs pairs: give each row a worse answer too, or imitate those without, with nll")
    if not (base / "config.json").is_file():
        raise UsageError(f"{base} holds no config.json: name the folder of a model in the format of transformers")


def _trainer(base: Path, rows: Sequence[Row], out: Path, recipe: Recipe) -> Any:  # noqa: ANN401 - untyped library
    from datasets import Dataset, disable_progress_bars  # noqa: PLC0415 - heavy, and an extra
    from huggingface_hub import constants  # noqa: PLC0415 - comes with transformers
    from transformers import AutoModelForCausalLM, AutoTokenizer, PrinterCallback, set_seed  # noqa: PLC0415 - as above
    from transformers.utils import logging  # noqa: PLC0415 - as above
    from trl import DPOConfig, DPOTrainer, SFTConfig, SFTTrainer  # noqa: PLC0415 - as above

    constants.HF_HUB_DISABLE_TELEMETRY = True  # TRL's trainers tell their makers that they are used
    disable_progress_bars()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    set_seed(recipe.seed)
    keep = ("prompt", "completion") if recipe.method == "sft" else ("prompt", "chosen", "rejected")
    data = Dataset.from_list([{name: record(_paired(row, recipe))[name] for name in keep} for row in rows])
    config, trainer = (SFTConfig, SFTTrainer) if recipe.method == "sft" else (DPOConfig, DPOTrainer)
    own = {} if recipe.method == "sft" else _preference(recipe)
    made = trainer(
        model=AutoModelForCausalLM.from_pretrained(base, local_files_only=True),
        args=config(**_arguments(out, recipe, len(rows)), **own),
        train_dataset=data,
        processing_class=AutoTokenizer.from_pretrained(base, local_files_only=True),
        peft_config=_lora(recipe.lora) if recipe.lora else None,
    )
    made.remove_callback(PrinterCallback)
    return made


def _paired(row: Row, recipe: Recipe) -> Row:
    """For sft there are no rivals. For dpo what has none is its own: preference then has no gradient, and imitation is
    left.
    """
    if recipe.method == "sft":
        return replace(row, rejected=None)
    return row if row.rejected is not None else replace(row, rejected=row.chosen)


def _preference(recipe: Recipe) -> dict[str, Any]:
    """What DPOConfig is given beside. What the model was says its likelihoods once and not in every epoch: a third less
    to compute, with the same losses.
    """
    own: dict[str, Any] = {"beta": recipe.beta, "precompute_ref_log_probs": True}
    return own | ({"loss_type": ["sigmoid", "sft"], "loss_weights": [1.0, recipe.nll]} if recipe.nll else {})


def _arguments(out: Path, recipe: Recipe, rows: int) -> dict[str, Any]:
    """What both of TRL's configurations are given; nothing is reported to anybody."""
    import torch  # noqa: PLC0415 - heavy, and an extra
    from transformers import TrainingArguments  # noqa: PLC0415 - as above

    new, old = "activation_checkpointing", "gradient_checkpointing"  # the old name warns where there is a new one
    steps = max(1, rows * recipe.epochs // recipe.batch)
    return {
        "output_dir": str(out / CHECKPOINTS),
        "per_device_train_batch_size": recipe.batch,
        "num_train_epochs": recipe.epochs,
        "learning_rate": recipe.rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": max(1, steps // 20),
        "max_length": recipe.tokens,
        "seed": recipe.seed,
        "logging_steps": max(1, steps // 20),
        "save_strategy": "epoch",
        "save_total_limit": 1,
        "report_to": [],
        "disable_tqdm": True,
        "bf16": torch.cuda.is_available() and torch.cuda.is_bf16_supported(),
        new if new in TrainingArguments.__dataclass_fields__ else old: False,
        "dataloader_pin_memory": torch.cuda.is_available(),
    }


def _lora(rank: int) -> Any:  # noqa: ANN401 - untyped library
    from peft import LoraConfig  # noqa: PLC0415 - an extra

    return LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM")


def _write(trainer: Any, out: Path, recipe: Recipe, done: Trained) -> None:  # noqa: ANN401 - untyped library
    """The whole model and its tokenizer; the checkpoints are not needed any more.

    config.json comes last: where it is, the rest is too.
    """
    model = trainer.model
    if recipe.lora is not None:
        model.save_pretrained(out / ADAPTER)
        model = model.merge_and_unload()
    unfinished = out / "unfinished"
    model.save_pretrained(unfinished)
    trainer.processing_class.save_pretrained(unfinished)
    noted = {"losses": done.losses, "steps": done.steps, "seconds": done.seconds}
    (unfinished / TRAINED).write_text(json.dumps(noted) + "\n", "utf-8")
    for file in sorted(unfinished.iterdir(), key=lambda file: file.name == "config.json"):
        file.replace(out / file.name)
    unfinished.rmdir()
    shutil.rmtree(out / CHECKPOINTS, ignore_errors=True)
