"""The embedded proposer: genetic programming over Python's syntax tree. There is no language model in it.

Programs are changed by `operators`, expressions (formulas, and tuples of them) by `expressions`.

It needs no key, no network and about half a millisecond a program (two for a tuple of formulas), so that a first run, a
test and a control at equal evaluations cost nothing. What it finds on a task says what a search without any knowledge
of programs finds there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from refine.edits import changed_functions
from refine.errors import UsageError
from refine.proposers import Options
from refine.proposers.mutate.chance import weighted
from refine.proposers.mutate.expressions import Parent, components, mutated, worth
from refine.proposers.mutate.operators import OPERATORS, Bench
from refine.proposers.mutate.program import Program, parse, read
from refine.proposers.mutate.simplify import simplify
from refine.proposers.mutate.sites import survey
from refine.proposers.mutate.study import Study, arrays, study
from refine.task import Grammar, Language, Task
from refine.types import Completion, Prompt

MAX_NODES = 400
"""Nodes of a program's syntax tree beyond which it only shrinks or is tuned."""
GROWTH = 40
"""Nodes that one mutation may add to a tiny program; fewer to a larger one, none at MAX_NODES."""
ATTEMPTS = 12


def connect(spec: str, options: Options, task: Task) -> Mutate:
    """`--model mutate`. Raises `UsageError` where candidates are free text: there is no syntax tree to change."""
    del options  # nothing to sample from, nothing to pay
    if spec != "mutate":
        raise UsageError(f"mutate takes no parameters, but {spec!r} has some: --model mutate")
    if task.language == "text":
        raise UsageError(f"mutate cannot change free text, and candidates of {task.name} are text: name a --model")
    return Mutate(task.language, task.grammar, tuple(seed.text for seed in task.seeds))


@dataclass(frozen=True, slots=True)
class Mutate:
    """A proposer without state: the same prompt gives the same completions.

    Attributes:
        language: what candidates are.
        grammar: the task's hints.
        seeds: programs to start from where a prompt shows no parents.
    """

    language: Language
    grammar: Grammar
    seeds: tuple[str, ...] = ()

    name: ClassVar[str] = "mutate"
    notice: ClassVar[str] = "built-in syntax-tree mutation; no language model. --model NAME for one"

    async def __call__(self, prompt: Prompt, /) -> AsyncIterator[Completion]:
        parents = [p for p in self._parents(prompt) if _readable(p.text, self.language)]
        if not parents:
            raise UsageError("mutate needs a program that Python can parse to start from: give the task a seed")
        for sample in prompt.samples:
            rng = np.random.default_rng([prompt.seed, prompt.ask, sample])
            text, note = self._mutant(rng, parents, prompt)
            yield Completion(sample=sample, text=_fenced(text, self.language), model=self.name, note=note)
            await asyncio.sleep(0)  # others' turn: a sample takes a millisecond

    def _parents(self, prompt: Prompt) -> list[Parent]:
        shown = [Parent(s.candidate.id[:8], s.candidate.text) for s in prompt.parents]
        return shown or [Parent("seed", text) for text in self.seeds]

    def _mutant(self, rng: np.random.Generator, parents: Sequence[Parent], prompt: Prompt) -> tuple[str, str]:
        if prompt.edit == "function":
            text, note = mutant(rng, [(p.name, p.text) for p in parents[:1]], self.language, self.grammar)
            return _one_function(rng, text, parents[0].text), note
        if self.language != "expression":
            return mutant(rng, [(p.name, p.text) for p in parents], self.language, self.grammar)
        outcomes = {s.candidate.text: s.outcome for s in prompt.parents}
        known = [
            replace(p, worth=worth(outcomes[p.text], prompt.direction, len(components(p.text))))
            if p.text in outcomes
            else p
            for p in parents
        ]
        return mutated(rng, known, self.grammar)

    async def aclose(self) -> None:
        """Nothing to free."""


def mutant(
    rng: np.random.Generator, parents: Sequence[tuple[str, str]], language: Language, grammar: Grammar
) -> tuple[str, str]:
    """A changed program and what was done to it.

    Args:
        rng: all chance comes from it.
        parents: names and texts of programs; one of them is changed, the others may give parts of theirs.
        language: "python" or "expression".
        grammar: the task's hints.
    """
    if language == "expression":
        return mutated(rng, [Parent(name, text) for name, text in parents], grammar)
    base = int(rng.random() * len(parents))
    name, text = parents[base]
    block = int(rng.random() * max(1, text.count("EVOLVE-BLOCK-START")))
    parent = study(text, language, grammar, block)
    others = [(n, study(t, language, grammar, block)) for k, (n, t) in enumerate(parents) if k != base]
    for _ in range(ATTEMPTS):
        program = read(text, language, block)
        notes = _operate(rng, program, parent, others)
        simplify(program)
        if notes and _sound(program, parent):
            changed = program.render()
            if changed != parent.plain and _readable(changed, language):
                return changed, f"{name}: {'; '.join(notes)}"
    return text, f"{name}: found nothing to change"


def _one_function(rng: np.random.Generator, text: str, base: str) -> str:
    """One function of `text` that is not as in `base`; where none is other, all of it."""
    found = changed_functions(text, base)
    return found[int(rng.random() * len(found))] if found else text


def _operate(
    rng: np.random.Generator, program: Program, parent: Study, others: Sequence[tuple[str, Study]]
) -> list[str]:
    """One to three operators in a row, the later ones on what the earlier ones made."""
    count = weighted(rng, ((0.6, 1), (0.25, 2), (0.15, 3)))
    notes: list[str] = []
    places = survey(program, parent.known)
    for _ in range(ATTEMPTS):
        note = weighted(rng, OPERATORS)(Bench(rng, program, places, parent.words, others))
        if note is not None:
            notes.append(note)
            if len(notes) == count:
                break
            places = survey(program, parent.known)
    return notes


def _sound(program: Program, parent: Study) -> bool:
    """Whether a changed program is small enough and returns arrays where its parent did."""
    if program.size() > parent.size + max(0, GROWTH - GROWTH * parent.size // MAX_NODES):
        return False
    return parent.arrays == 0 or arrays(survey(program, parent.known)) >= parent.arrays


def _readable(text: str, language: Language) -> bool:
    try:
        parse(text, language)
    except SyntaxError:
        return False
    return True


def _fenced(text: str, language: Language) -> str:
    return f"```{'python' if language == 'python' else ''}\n{text.rstrip()}\n```"
