"""Makes a task of the search for a loss that trains a language model of yours.

    python tasks/preference_loss_lm/make.py mylosses --base MODEL --pairs pairs.jsonl --questions questions.jsonl
    refine run mylosses --model ... --strategy llm_squared

MODEL is a folder in the format of transformers. A line of pairs.jsonl is

    {"prompt": ..., "chosen": ..., "rejected": ...}

in texts or lists of messages, one of questions.jsonl {"question": ..., "answer": ...}: asked as the prompts of pairs
are, and none of them among these. What is in the files is part of the task: other files make another task.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from refine.errors import UsageError
from refine.questions import Question, apart, questions

HERE = Path(__file__).parent
LEAST = 20
"""Questions, fewer of which would leave next to nothing to choose, to score and to confirm by."""


def made(folder: Path, base: Path, pairs: Path, asked: Path, **settings: object) -> Path:
    """Writes the task's folder.

    Raises:
        UsageError: the folder is there already, `base` holds no model, or a file is not what it should be.
    """
    if folder.exists():
        raise UsageError(f"{folder} is there already: take another name")
    if not (base / "config.json").is_file():
        raise UsageError(f"{base} holds no config.json: name the folder of a model in the format of transformers")
    _fit(_prompts(pairs), questions(asked), asked)
    digests = {"base": _digest(_weights(base)), "pairs": _digest([pairs]), "questions": _digest([asked])}
    paths = {"base": str(base.resolve()), "pairs": str(pairs.resolve()), "questions": str(asked.resolve())}
    shutil.copytree(HERE / "template", folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE.parent / "preference_loss" / "harness.py", folder)
    (folder / "settings.json").write_text(json.dumps({**paths, "digests": digests, **settings}, indent=1) + "\n")
    (folder / "budget.toml").write_text("candidates = 40\n")
    return folder


def _fit(prompts: set[str], found: Sequence[Question], asked: Path) -> None:
    """Raises `UsageError` for questions that cannot examine."""
    unknown = [question.text for question in found if question.answer is None]
    if unknown:
        raise UsageError(f"{asked}: no answer is given to {unknown[0][:60]!r}, so nobody could say who is right")
    seen = [question.text for question in found if question.text in prompts]
    if seen:
        raise UsageError(
            f"{asked}: {len(seen)} questions are prompts of the pairs, too: {seen[0][:60]!r}. Leave them out"
        )
    if len(found) < LEAST:
        raise UsageError(f"{asked} holds {len(found)} questions; {LEAST} are the least")
    apart(apart(found, 0.3)[0], 0.5)


def _prompts(pairs: Path) -> set[str]:
    """The texts of the prompts, of messages that of the last. Raises `UsageError` for lines that are no pair."""
    try:
        lines = [line for line in pairs.read_text("utf-8").split("\n") if line.strip()]
        rows = [json.loads(line) for line in lines]
        prompts = [row["prompt"] for row in rows if row["chosen"] and row["rejected"]]
        texts = {prompt if isinstance(prompt, str) else str(prompt[-1]["content"]) for prompt in prompts}
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        wanted = '{"prompt": ..., "chosen": ..., "rejected": ...}'
        raise UsageError(f"{pairs}: {type(error).__name__}: {error}; every line is {wanted}") from error
    if not texts or len(prompts) < len(rows):
        raise UsageError(f"{pairs}: there are no pairs, or some with an empty response")
    return texts


def _weights(base: Path) -> list[Path]:
    return sorted(file for file in base.iterdir() if file.suffix in (".json", ".safetensors", ".model", ".jinja"))


def _digest(files: Sequence[Path]) -> str:
    """SHA-256 of names and contents, hex."""
    whole = hashlib.sha256()
    for file in files:
        with file.open("rb") as body:
            whole.update(f"{file.name}:{hashlib.file_digest(body, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the task's folder, to be made")
    for name, what in (
        ("base", "the model's folder"),
        ("pairs", "preferences, JSON lines"),
        ("questions", "JSON lines"),
    ):
        parser.add_argument(f"--{name}", type=Path, required=True, help=what)
    parser.add_argument("--betas", type=float, nargs="+", default=[0.05, 0.2], help="of the search")
    parser.add_argument("--confirmed", type=float, nargs="+", default=[0.03, 0.1, 0.4], help="of the confirmation")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--batch", type=int, default=16, help="pairs of a step")
    parser.add_argument("--rate", type=float, default=5e-6, help="the learning rate at the beginning")
    parser.add_argument("--tokens", type=int, default=1024, help="of a prompt with its response at most")
    parser.add_argument("--answer", type=int, default=256, help="tokens of an answer at most")
    parser.add_argument("--replicates", type=int, default=2, help="seeds of a candidate")
    parser.add_argument("--seconds", type=float, default=3600.0, help="for one replicate at most")
    said = vars(parser.parse_args(argv))
    try:
        folder = made(said.pop("folder"), said.pop("base"), said.pop("pairs"), said.pop("questions"), **said)
    except UsageError as error:
        parser.exit(2, f"make.py: error: {error}\n")
    print(f"{folder}: refine check {folder}, then refine run {folder} --workers 1")  # noqa: T201 - a program
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
