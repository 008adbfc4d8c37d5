"""Samples per CPU-second of a survey with a small local model, and what decoding and the journal have part in it.

    OMP_NUM_THREADS=1 python -m benchmarks.survey --model base      prints JSON; a minute or two
    python -m benchmarks.survey                                     makes the model first: another minute

Three pairs, each measured in turns in one process, so that what else the machine does falls on both: the proposer's own
decoding against transformers' `generate` with the same noise (the answers must be the same), a journal that is given
the facts of a question at once against one that is given each alone, and a whole survey each way. A ratio is of two
measurements that followed each other.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, repeat
from pathlib import Path
from statistics import median

import numpy as np
import torch
import transformers

from refine.events import Answered, Event, Fact, Verified
from refine.improve.tiny import beside
from refine.journal import Journal
from refine.proposers import Options
from refine.proposers.transformers import Local, _Row
from refine.questions import Question, voted
from refine.survey import Plan, Survey, take_up
from refine.types import Completion, Json, Outcome, Prompt, Usage, Verdict, digest

TASK = Path(__file__).resolve().parents[1] / "tasks" / "arithmetic_words"
TOKENS = 64
ROWS = 512


class OneByOne(Journal):
    """Each fact is a transaction, whoever knows several."""

    def extend(self, events: Iterable[Event], texts: Iterable[str] = ()) -> list[Fact]:
        own = chain(([text] for text in texts), repeat(list[str]()))
        return [fact for event in events for fact in super(OneByOne, self).extend([event], next(own))]


class Generates(Local):
    """As `Local`, by the model's own `generate` and one draw of noise a step."""

    def _generate(self, rows: Sequence[_Row], params: dict[str, Json]) -> list[Completion]:
        del params
        padded = self._tokenizer.pad({"input_ids": [list(row.ids) for row in rows]}, return_tensors="pt")
        noise = transformers.LogitsProcessorList([_Noise([row.place for row in rows])])
        with torch.inference_mode():
            made = self._model.generate(
                **{name: padded[name] for name in ("input_ids", "attention_mask")},
                max_new_tokens=TOKENS,
                do_sample=False,
                logits_processor=noise,
                pad_token_id=self._tokenizer.pad_token_id,
            )
        new = made[:, padded["input_ids"].shape[1] :].tolist()
        texts = self._tokenizer.batch_decode(new, skip_special_tokens=True)
        ended = [list(_until(ids, self._ends)) for ids in new]
        return [self._completion(row, text, ids, 0.0) for row, text, ids in zip(rows, texts, ended, strict=True)]


def _until(ids: Sequence[int], ends: Iterable[int]) -> Iterator[int]:
    for token in ids:
        yield token
        if token in ends:
            return


class _Noise:
    def __init__(self, places: Sequence[tuple[int, int, int]]) -> None:
        self._draws = [np.random.default_rng(list(place)) for place in places]

    def __call__(self, _ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        drawn = np.stack([draws.gumbel(size=scores.shape[-1]) for draws in self._draws])
        return scores + torch.from_numpy(drawn).to(scores)


def proposer(kind: type[Local], folder: Path) -> Local:
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, padding_side="left", local_files_only=True)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, local_files_only=True).eval()
    return kind(f"transformers:{folder}", model, tokenizer, Options(max_tokens=TOKENS))


async def answers(model: Local, questions: Sequence[Question], samples: int) -> list[str]:
    plan = Plan(tuple(questions), samples)

    async def one(prompt: Prompt) -> list[Completion]:
        return sorted([completion async for completion in model(prompt)], key=lambda completion: completion.sample)

    found = await asyncio.gather(*(one(plan.prompt(ask)) for ask in range(1, len(questions) + 1)))
    return [completion.text for each in found for completion in each]


def begun(path: Path, plan: Plan, kind: type[Journal]) -> Journal:
    take_up(path, plan, name="survey", model="m", metric="worth").close()
    return kind.open(path)


def journalled(path: Path, texts: Sequence[str], samples: int, kind: type[Journal]) -> None:
    """Writes the facts of a survey with these answers."""
    usage, passed = Usage(prompt_tokens=24, completion_tokens=21, usd=0.0), Outcome(verdict=Verdict.PASSED, score=1.0)
    with begun(path, Plan((Question(text="?"),), samples), kind) as facts:
        for ask, first in enumerate(range(0, len(texts), samples), 1):
            said = texts[first : first + samples]
            names = [digest(text)[:32] for text in said]
            facts.extend(
                [Answered(ask=ask, sample=s, text=t, model="m", usage=usage) for s, t in enumerate(names)], said
            )
            facts.extend([Verified(ask=ask, sample=s, candidate=t, outcome=passed) for s, t in enumerate(names)])


def surveyed(path: Path, plan: Plan, model: Local, kind: type[Journal]) -> None:
    with begun(path, plan, kind) as facts:
        asyncio.run(Survey(plan, facts, model, voted).go())


Way = Callable[[Path], object]


def compared(ways: dict[str, Way], samples: int, repeats: int) -> dict[str, object]:
    """Milliseconds of CPU a sample of two ways, medians; how many times the second is faster, and the range of that."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as scratch:
        for turn in range(repeats):
            for name, way in ways.items():
                begin = time.process_time()
                way(Path(scratch) / f"{name}-{turn}.db")
                spent[name].append(1000 * (time.process_time() - begin) / samples)
    old, new = spent.values()
    times = [a / b for a, b in zip(old, new, strict=True)]
    costs = {f"{name}_ms": round(median(each), 3) for name, each in spent.items()}
    return {**costs, "times": round(median(times), 2), "least": round(min(times), 2), "most": round(max(times), 2)}


def measured(folder: Path, count: int, samples: int, repeats: int) -> dict[str, object]:
    words = beside(str(TASK / "base.py"), "exercise")
    questions = tuple(Question(text=problem.question) for problem in words.problems(0, count))
    some = questions[: ROWS // samples]
    old, new = (proposer(kind, folder) for kind in (Generates, Local))
    said = [asyncio.run(answers(model, some, samples)) for model in (old, new)]
    plan = Plan(questions, samples, params={"max_tokens": TOKENS}, in_flight=1024 // samples)
    texts = said[1] * (count // len(some))
    parts: dict[str, tuple[int, dict[str, Way]]] = {
        "decoding": (
            len(some) * samples,
            {
                "generate": lambda _: asyncio.run(answers(old, some, samples)),
                "own": lambda _: asyncio.run(answers(new, some, samples)),
            },
        ),
        "journal": (
            len(texts),
            {
                "one_by_one": lambda path: journalled(path, texts, samples, OneByOne),
                "together": lambda path: journalled(path, texts, samples, Journal),
            },
        ),
        "survey": (
            count * samples,
            {
                "old": lambda path: surveyed(path, plan, old, OneByOne),
                "new": lambda path: surveyed(path, plan, new, Journal),
            },
        ),
    }
    found: dict[str, object] = {name: compared(ways, size, repeats) for name, (size, ways) in parts.items()}
    return {**found, "same_answers": said[0] == said[1]}


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    options.add_argument("--model", type=Path, help="a folder that tasks/arithmetic_words/base.py made")
    options.add_argument("--questions", type=int, default=128)
    options.add_argument("--samples", type=int, default=16)
    options.add_argument("--repeats", type=int, default=5)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    before = os.getloadavg()
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.model or beside(str(TASK / "base.py"), "base").make(Path(scratch))
        found = measured(folder, chosen.questions, chosen.samples, chosen.repeats)
    machine = {"machine": platform.machine(), "cpus": os.cpu_count(), "python": platform.python_version()}
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    sizes = {"questions": chosen.questions, "samples": chosen.samples, "repeats": chosen.repeats}
    loads = {"load_before": before, "load_after": os.getloadavg()}
    print(json.dumps({**machine, **versions, **loads, **sizes, **found}, indent=1))


if __name__ == "__main__":
    main()
