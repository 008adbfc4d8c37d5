"""The whole of `refine distill`: journals to rows, rows to a model, the model to its examination and its card."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from refine import __version__
from refine.distill.begun import begin, named
from refine.distill.clean import WORDS, Cleaned, cleaned
from refine.distill.examine import Change, change, examine
from refine.distill.export import write
from refine.distill.formats import formatted
from refine.distill.rows import Row, expert, imitated, preferred
from refine.distill.samples import Sample, samples
from refine.distill.train import Recipe, Trained, require, train, trained
from refine.errors import UsageError
from refine.proposers import Proposer
from refine.questions import Question

Choice = Literal["sft", "dpo", "expert"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is distilled.

    Attributes:
        runs: journals of searches and surveys.
        base: folder of the model to train.
        out: folder of the new model; data, examinations and the card are there too.
        choice: which rows: every good answer, pairs of best and worst, or the best of each prompt.
        recipe: how to train; its method follows from `choice`.
        least: worth below which an answer is not learnt; of a vote, the share.
        forms: formats of `refine.distill.formats`, for sft and expert.
        held_out: the examination; its questions are kept out of the rows.
        unrelated: questions of another kind, to see what is forgotten; kept out too.
        words: words in a row that count as copied.
        tokens: of an answer in an examination, at most.
    """

    runs: tuple[Path, ...]
    base: Path
    out: Path
    choice: Choice
    recipe: Recipe
    least: float | None = None
    forms: tuple[str, ...] = ("as_asked",)
    held_out: tuple[Question, ...] = ()
    unrelated: tuple[Question, ...] = ()
    words: int = WORDS
    tokens: int = 256


@dataclass(frozen=True, slots=True)
class Distilled:
    """What came of it; `held_out` and `unrelated` are None where nothing was examined."""

    rows: Cleaned
    trained: Trained
    held_out: Change | None
    unrelated: Change | None

    @property
    def verdict(self) -> str:
        """Whether the new model may be called better, and why not."""
        if self.held_out is None:
            return "not examined: nothing is known about whether it is better"
        if self.unrelated is not None and self.unrelated.verdict == "worse":
            return f"{self.held_out.verdict}, but it has forgotten something: worse at what is unrelated"
        return self.held_out.verdict


def rows(plan: Plan) -> Cleaned:
    """The rows that `plan` trains on.

    Raises:
        JournalError: a run is no journal. UsageError: there is no such format.
    """
    found: list[Sample] = [sample for run in plan.runs for sample in samples(run)]
    chosen: list[Row]
    if plan.choice == "dpo":
        chosen = preferred(found)
    else:
        choose = expert if plan.choice == "expert" else imitated
        chosen = _in_formats(choose(found, least=plan.least), plan.forms)
    examined = [question.text for question in (*plan.held_out, *plan.unrelated)]
    return cleaned(chosen, examined, words=plan.words)


def _in_formats(chosen: list[Row], forms: Sequence[str]) -> list[Row]:
    if tuple(forms) == ("as_asked",):
        return chosen
    from refine.verifiers.symbolic import final_answer  # noqa: PLC0415 - SymPy is an extra

    try:
        return formatted(chosen, forms, final=final_answer)
    except KeyError as error:
        raise UsageError(f"there is no format {error}; see `refine distill --help`") from error


def distil(plan: Plan, connect: Callable[[Path], Proposer], say: Callable[[str], None] = lambda _: None) -> Distilled:
    """Trains, examines and writes the card. `connect` makes a proposer for a model's folder; `say` is told each step.

    The same call goes on where it was stopped.

    Raises:
        UsageError: there is nothing to train on, or `plan.out` holds what another plan made. MissingExtra: a trainer is
            not installed. Fault: a model fails.
    """
    made = rows(plan)
    say(f"{len(made.rows)} rows; left out: {made.duplicates} repeated, {made.contaminated} of the examination")
    recipe = plan.recipe.model_copy(update={"method": "dpo" if plan.choice == "dpo" else "sft"})
    new = _trained(plan, made, recipe)
    say(f"{new.steps} steps in {new.seconds:.0f} s; loss {new.losses[0]:.3f} to {new.losses[-1]:.3f}")
    held, other = (_change(plan, connect, name) for name in ("held_out", "unrelated"))
    done = Distilled(made, new, held, other)
    (plan.out / "README.md").write_text(card(plan, recipe, done), encoding="utf-8")
    return done


def _trained(plan: Plan, made: Cleaned, recipe: Recipe) -> Trained:
    if plan.out.resolve() == plan.base.resolve():
        raise UsageError(f"{plan.out} is the base: name another folder for the new model with -o")
    require(plan.base, made.rows, recipe)
    begin(plan.out, {"base": str(plan.base), "recipe": recipe.model_dump(mode="json"), "rows": named(made.rows)})
    write(made.rows, plan.out / "rows.jsonl")
    return trained(plan.out) or train(plan.base, made.rows, plan.out, recipe)


def _change(plan: Plan, connect: Callable[[Path], Proposer], name: Literal["held_out", "unrelated"]) -> Change | None:
    questions: tuple[Question, ...] = getattr(plan, name)
    if not questions:
        return None
    exams = []
    for model, when in ((plan.base, "before"), (plan.out, "after")):
        proposer = connect(model)
        exams.append(examine(proposer, questions, plan.out / f"{name}-{when}.db", tokens=plan.tokens))
        asyncio.run(proposer.aclose())
    return change(*exams)


def card(plan: Plan, recipe: Recipe, done: Distilled) -> str:
    """The model's card: what it is, what it was trained on, and what is known of its worth."""
    import jinja2  # noqa: PLC0415 - only for the card

    environment = jinja2.Environment(  # noqa: S701 - Markdown, never HTML
        loader=jinja2.PackageLoader("refine"), undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("card.md.j2").render(
        name=plan.out.name,
        base=plan.base,
        version=__version__,
        plan=plan,
        recipe=json.loads(recipe.model_dump_json()),
        done=done,
        runs=[(run.name, hashlib.sha256(run.read_bytes()).hexdigest()[:16]) for run in plan.runs],
    )
