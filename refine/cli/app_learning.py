"""The commands about training: only their signatures and help; the work is imported when a command runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from refine.cli import options as o
from refine.cli.options import examples

learning = typer.Typer(rich_markup_mode="rich")

_TRAINING, _EXAM = "Training", "Examination"

Questions = Annotated[
    Path,
    typer.Argument(
        metavar="QUESTIONS",
        help="JSON lines, or an exercise: a shipped one's name, a folder or a Python file.",
        show_default=False,
    ),
]
Runs = Annotated[
    list[Path], typer.Argument(metavar="RUN...", help="Journals of searches and surveys.", show_default=False)
]
Practice = Annotated[
    Path,
    typer.Argument(
        metavar="EXERCISE",
        help="A file of questions, a shipped exercise's name, or a Python file or folder that defines `exercise`.",
        show_default=False,
    ),
]
OneModel = Annotated[
    str, typer.Option("--model", "-m", metavar="TEXT", help="PROVIDER/NAME, vllm:FOLDER or transformers:FOLDER.")
]
Answers = Annotated[int, typer.Option("--samples", "-n", metavar="N", min=1, help="Answers to each question.")]
Check = Annotated[
    Literal["vote", "answers", "tool"],
    typer.Option("--check", help="vote: by the majority, no labels; answers: by the file's own; tool: the exercise's."),
]
Base = Annotated[
    Path | None,
    typer.Option("--base", metavar="FOLDER", help="The model to train, as transformers keeps it.", show_default=False),
]
Folder = Annotated[
    Path, typer.Option("--output", "-o", metavar="PATH", help="A new model's folder, or rows.jsonl or .parquet.")
]
Choice = Annotated[
    Literal["sft", "dpo", "expert"],
    typer.Option("--method", help="Every good answer; best against worst; the best of each prompt."),
]
Method = Annotated[
    Literal["lmsi", "self_rewarding", "ida"],
    typer.Option("--method", help="Learn the majority; learn what it judges better; learn what a tool passed."),
]
Patience = Annotated[
    int, typer.Option("--patience", metavar="N", min=1, help="Rounds in a row without a shown gain that end it.")
]
Share = Annotated[
    float | None,
    typer.Option("--least", metavar="X", min=0, max=1, help="Of lmsi: share of the votes that a majority needs."),
]
Rounds = Annotated[int, typer.Option("--rounds", metavar="K", min=1, help="At most.")]
Least = Annotated[
    float | None, typer.Option(metavar="X", help="Worth below which an answer is not learnt; of a vote, its share.")
]
Forms = Annotated[
    list[str] | None,
    typer.Option(
        "--format", help="as_asked, few_shot, few_shot_direct, step_by_step, direct; several make several rows."
    ),
]
HeldOut = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|SHARE",
        help="Questions to be examined with: a file, FILE:20% for that share of it, or 20% of QUESTIONS.",
        rich_help_panel=_EXAM,
    ),
]
Part = Annotated[
    Literal["practice", "held-out"],
    typer.Option("--part", help="Which side of --held-out is asked.", rich_help_panel=_EXAM),
]
Layout = Annotated[
    Literal["auto", "plain", "gsm8k", "math"],
    typer.Option("--layout", help="How a file is written: plain takes answers as they stand; auto: as it looks."),
]
Serve = Annotated[
    Literal["transformers", "vllm"], typer.Option("--serve", help="What asks the models: vllm is faster, and larger.")
]
Examined = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Questions to be examined with; FILE:20% is a share.", rich_help_panel=_EXAM),
]
Unrelated = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Others, to see what is forgotten.", rich_help_panel=_EXAM)
]
AnswerTokens = Annotated[
    int | None,
    typer.Option("--max-tokens", metavar="N", min=1, help="Of an answer, or a judgement.", rich_help_panel=_EXAM),
]
Epochs = Annotated[int | None, typer.Option(metavar="N", min=1, rich_help_panel=_TRAINING)]
Batch = Annotated[int | None, typer.Option(metavar="N", min=1, help="Rows of a step.", rich_help_panel=_TRAINING)]
Rate = Annotated[float | None, typer.Option(metavar="X", help="Highest learning rate.", rich_help_panel=_TRAINING)]
Beta = Annotated[float | None, typer.Option(metavar="X", help="Of dpo.", rich_help_panel=_TRAINING)]
Nll = Annotated[
    float | None,
    typer.Option(metavar="X", help="Of dpo: weight of imitating the better answer too.", rich_help_panel=_TRAINING),
]
Rehearse = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Rows (TRL's JSON lines) not to be forgotten in any round.", rich_help_panel=_TRAINING
    ),
]
Drawn = Annotated[
    int | None, typer.Option("--questions", metavar="N", min=1, help="Drawn from the practice anew in each round.")
]
Lora = Annotated[int | None, typer.Option(metavar="RANK", min=1, help="Low-rank adapters.", rich_help_panel=_TRAINING)]


@learning.command(
    epilog=examples(
        "refine survey questions.jsonl --model openai/gpt-5-mini -n 16",
        "refine survey gsm8k.jsonl --layout gsm8k --model vllm:qwen -n 32 --held-out 20%",
        "refine survey arithmetic_words --model transformers:base -n 32 --temperature 0.7",
    )
)
def survey(
    questions: Questions,
    model: OneModel,
    *,
    samples: Answers = 8,
    check: Check = "vote",
    layout: Layout = "auto",
    held_out: HeldOut = None,
    part: Part = "practice",
    path: o.RunPath = None,
    seed: int = 0,
    in_flight: Annotated[int, typer.Option(metavar="N", min=1, help="Questions asked at once.")] = 16,
    system: Annotated[str | None, typer.Option(metavar="TEXT", help="The system message.")] = None,
    usd: o.Usd = None,
    tokens: o.Tokens = None,
    temperature: o.Temperature = None,
    top_p: o.TopP = None,
    max_tokens: o.MaxTokens = None,
    price: o.Price = None,
    api_base: o.ApiBase = None,
    as_json: o.AsJson = False,
) -> int:
    """Ask every question many times, and vote. The same command goes on where it was stopped."""
    from refine.cli.practice import Source  # noqa: PLC0415 - loads the engine
    from refine.cli.surveying import chosen  # noqa: PLC0415 - as above
    from refine.cli.surveying import survey as ask  # noqa: PLC0415 - as above
    from refine.cli.wish import sampling  # noqa: PLC0415 - as above

    how = sampling(price, temperature=temperature, top_p=top_p, max_tokens=max_tokens, api_base=api_base)
    plan = {"samples": samples, "seed": seed, "in_flight": in_flight, "system": system, "usd": usd, "tokens": tokens}
    wanted = chosen(Source(questions, layout, held_out or ""), part, check)
    return ask(wanted, model, path, plan=plan, options=how, as_json=as_json)


@learning.command(
    epilog=examples(
        "refine distill runs/questions.db -o rows.jsonl",
        "refine distill runs/questions.db --base tiny -o better --least 0.5 --held-out exam.jsonl",
        "refine distill runs/a.db runs/b.db --method dpo --base qwen --lora 16 -o tuned",
    )
)
def distill(
    runs: Runs,
    output: Folder,
    *,
    base: Base = None,
    method: Choice = "sft",
    least: Least = None,
    form: Forms = None,
    held_out: Examined = None,
    unrelated: Examined = None,
    max_tokens: AnswerTokens = None,
    epochs: Epochs = None,
    batch: Batch = None,
    rate: Rate = None,
    beta: Beta = None,
    nll: Nll = None,
    lora: Lora = None,
    seed: int = 0,
    as_json: o.AsJson = False,
) -> int:
    """Train a model on verified answers, examine it before and after, and write its card."""
    from refine.cli.learning import distill as make  # noqa: PLC0415 - loads the engine

    recipe = {"epochs": epochs, "batch": batch, "rate": rate, "beta": beta, "nll": nll, "lora": lora, "seed": seed}
    selection = {"least": least, "forms": tuple(form) if form else None, "tokens": max_tokens}
    exams = {"held_out": held_out, "unrelated": unrelated}
    return make(runs, base, output, method, recipe=recipe, selection=selection, **exams, as_json=as_json)


@learning.command(
    epilog=examples(
        "refine improve questions.jsonl --held-out 20% --base tiny -o rounds",
        "refine improve arithmetic_words --base tiny -o rounds --rounds 4 --samples 16",
        "refine improve equations --base tiny -o judged --method self_rewarding --rehearse tiny/judgements.jsonl",
    )
)
def improve(
    exercise: Practice,
    base: Annotated[Path, typer.Option("--base", metavar="FOLDER", help="The model to begin with.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the rounds are kept.")],
    *,
    method: Method = "lmsi",
    rounds: Rounds = 3,
    patience: Patience = 1,
    samples: Annotated[int | None, typer.Option("--samples", "-n", metavar="N", min=2)] = None,
    questions: Drawn = None,
    temperature: o.Temperature = None,
    least: Share = None,
    layout: Layout = "auto",
    held_out: HeldOut = None,
    unrelated: Unrelated = None,
    max_tokens: AnswerTokens = None,
    serve: Serve = "transformers",
    rehearse: Rehearse = None,
    epochs: Epochs = None,
    batch: Batch = None,
    rate: Rate = None,
    beta: Beta = None,
    nll: Nll = None,
    lora: Lora = None,
    seed: int = 0,
    as_json: o.AsJson = False,
) -> int:
    """Amplify, distil, examine, again: until no gain is shown, the answers collapse, or the judge is fooled."""
    from refine.cli.learning import improve as go_on  # noqa: PLC0415 - loads the engine
    from refine.cli.practice import Source  # noqa: PLC0415 - as above
    from refine.improve.stopping import Rules  # noqa: PLC0415 - as above

    return go_on(
        Source(exercise, layout, held_out or ""),
        base,
        output,
        method,
        rules=Rules(rounds=rounds, patience=patience),
        settings={"samples": samples, "questions": questions, "temperature": temperature, "least": least},
        recipe={"epochs": epochs, "batch": batch, "rate": rate, "beta": beta, "nll": nll, "lora": lora},
        unrelated=unrelated,
        rehearse=rehearse,
        max_tokens=max_tokens,
        serve=serve,
        seed=seed,
        as_json=as_json,
    )
