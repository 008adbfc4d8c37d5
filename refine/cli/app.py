"""All commands. Only their signatures and help are here; the work is imported when a command runs."""

from __future__ import annotations

import typer

from refine.cli import options as o
from refine.cli.app_learning import learning
from refine.cli.options import examples

app = typer.Typer(
    name="refine",
    help="Search for programs that a verifier scores: a model proposes, a sandbox runs, a judge elsewhere measures.",
    epilog="Exit codes: 0 done, 1 the task's or your fault, 2 usage, 3 the world's (model, sandbox, disk), 130 Ctrl-C.",
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
sandbox = typer.Typer(help="Build the sandbox's image, and see what a sandbox stops here.", rich_markup_mode="rich")
app.add_typer(sandbox, name="sandbox")
app.add_typer(learning)


@app.callback()
def about(*, version: o.Version = False, debug: o.Debug = False) -> None:
    del version, debug  # both are done before any command


@app.command(
    epilog=examples(
        "refine run bin_packing",
        "refine run circles.py --model anthropic/claude-sonnet-4-5 --usd 5",
        "refine run bin_packing --candidates 5000      goes on with the same run",
        "refine run bin_packing --seed 1 --fresh       begins anew",
        "refine run bin_packing --model replay:runs/bin_packing.db -o runs/again.db",
    )
)
def run(
    ctx: typer.Context,
    task: o.TaskName,
    model: o.Models = None,
    *,
    candidates: o.Candidates = None,
    usd: o.Usd = None,
    tokens: o.Tokens = None,
    seconds: o.Seconds = None,
    patience: o.Patience = None,
    chance: o.Chance = None,
    chance_usd: o.ChanceUsd = None,
    target: o.Target = None,
    seed: o.Seed = None,
    strategy: o.Strategy = None,
    samples: o.Samples = None,
    in_flight: o.InFlight = None,
    reflect: o.Reflect = None,
    reflection: o.Reflection = True,
    reflector: o.Reflector = None,
    share: o.Share = None,
    repair: o.Repair = None,
    advice: o.Advice = None,
    warm: o.Warm = None,
    workers: o.Workers = None,
    sandbox: o.Sandbox = "auto",
    path: o.RunPath = None,
    fresh: o.Fresh = False,
    novelty_model: o.NoveltyModel = None,
    novelty: o.Novelty = None,
    judge_model: o.JudgeModel = None,
    temperature: o.Temperature = None,
    top_p: o.TopP = None,
    max_tokens: o.MaxTokens = None,
    reasoning_effort: o.ReasoningEffort = None,
    price: o.Price = None,
    api_base: o.ApiBase = None,
    control: o.Control = True,
    as_json: o.AsJson = False,
) -> int:
    """Search, from the beginning or from where the run's journal ends. Ctrl-C stops it; the same command goes on."""
    given = dict(locals())
    from refine.cli.searching import execute  # noqa: PLC0415 - loads the engine
    from refine.cli.wish import Wish  # noqa: PLC0415 - as above

    del given["ctx"]
    return execute(Wish(**given, argv=tuple(ctx.obj or ())))


@app.command(epilog=examples("refine new circles", "refine new series --kind expression"))
def new(name: o.NewName, *, kind: o.Kind = "python") -> int:
    """Make a task that runs at once, to be changed into yours."""
    from refine.cli.making import new as make  # noqa: PLC0415 - as above

    return make(name, kind)


@app.command(epilog=examples("refine check bin_packing", "refine check circles.py --model openai/gpt-5-mini --json"))
def check(task: o.TaskName, model: o.Models = None, *, sandbox: o.Sandbox = "auto", as_json: o.AsJson = False) -> int:
    """Find out before a run whether a task can be trusted: seeds, golden cases, repeats, sandbox, model."""
    from refine.cli.making import check as look  # noqa: PLC0415 - as above

    return look(task, tuple(model or ()), sandbox, as_json=as_json)


@app.command(epilog=examples("refine tasks", "refine tasks --json"))
def tasks(*, as_json: o.AsJson = False) -> int:
    """List the shipped tasks and their best known values."""
    from refine.cli.making import tasks as listed  # noqa: PLC0415 - as above

    return listed(as_json=as_json)


@app.command(
    epilog=examples(
        "refine show runs/bin_packing.db",
        "refine show runs/bin_packing.db 1a2b",
        "refine show runs/bin_packing.db 1a2b --prompt",
    )
)
def show(
    run: o.RunFile, candidate: o.CandidateId = None, *, prompt: o.ShowPrompt = False, as_json: o.AsJson = False
) -> int:
    """Show a run, or one of its candidates with all evidence. Also while the run goes on."""
    from refine.cli.looking import show as look  # noqa: PLC0415 - as above

    return look(run, candidate, prompt=prompt, as_json=as_json)


@app.command(epilog=examples("refine replay runs/bin_packing.db", "refine replay runs/circles.db circles.py --verify"))
def replay(
    run: o.RunFile,
    task: o.OtherTask = None,
    *,
    verify: o.Verify = False,
    sandbox: o.Sandbox = "auto",
    workers: o.Workers = None,
) -> int:
    """Recompute every prompt and placement from the journal; stop at the first that differs."""
    from refine.cli.looking import replay as again  # noqa: PLC0415 - as above

    return again(run, task, verify=verify, sandbox=sandbox, workers=workers)


@app.command(
    epilog=examples(
        "refine export runs/bin_packing.db -o best.py", "refine export runs/bin_packing.db --jsonl | jq .id"
    )
)
def export(run: o.RunFile, *, output: o.Output = None, jsonl: o.Jsonl = False) -> int:
    """Write the best program, or every candidate."""
    from refine.cli.looking import export as out  # noqa: PLC0415 - as above

    return out(run, output, jsonl=jsonl)


@app.command(
    epilog=examples("refine plot runs/bin_packing.db", "refine plot runs/classification_loss.db -o losses.svg")
)
def plot(run: o.RunFile, *, picture: o.PictureFile = None) -> int:
    """Draw a run: every score, the best so far, its control, and what the task draws of its champion."""
    from refine.cli.plotting import plot as draw  # noqa: PLC0415 - as above

    return draw(run, picture)


@sandbox.command(
    epilog=examples(
        "refine sandbox build",
        "refine sandbox build cpp --base refine-base",
        "refine sandbox build torch --wheels wheels",
    )
)
def build(name: o.ImageName = "python", *, base: o.Base = None, wheels: o.Wheels = None) -> int:
    """Build a Docker image for the sandbox."""
    from refine.cli.walls import build as made  # noqa: PLC0415 - as above

    return made(name, base, wheels)


@sandbox.command(epilog=examples("refine sandbox status", "refine sandbox status --json"))
def status(*, as_json: o.AsJson = False) -> int:
    """Which sandboxes work here, which one is taken and why, and what each stops."""
    from refine.cli.walls import status as state  # noqa: PLC0415 - as above

    return state(as_json=as_json)
