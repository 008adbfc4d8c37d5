"""The arguments and options of all commands, each with its help and its completion."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from refine.cli import complete

_BUDGET, _MODEL = "Budget", "Model"


def examples(*commands: str) -> str:
    """An epilog; the blank lines are what keeps its lines apart."""
    return "\n\n".join(["[bold]Examples[/bold]", *(f"  [cyan]{command}[/cyan]" for command in commands)])


# arguments

TaskName = Annotated[
    str,
    typer.Argument(
        metavar="TASK",
        help="A shipped task's name, a folder with a task.py, or a .py file.",
        autocompletion=complete.tasks,
        show_default=False,
    ),
]
OtherTask = Annotated[
    str | None,
    typer.Argument(
        metavar="[TASK]",
        help="Where the task is, if it is not found by its name.",
        autocompletion=complete.tasks,
        show_default=False,
    ),
]
RunFile = Annotated[Path, typer.Argument(metavar="RUN", help="A run's journal: runs/NAME.db.", show_default=False)]
CandidateId = Annotated[
    str | None, typer.Argument(metavar="[ID]", help="A candidate: the first digits of its id.", show_default=False)
]
NewName = Annotated[str, typer.Argument(metavar="NAME", help="The folder to make.", show_default=False)]
ImageName = Annotated[str, typer.Argument(metavar="[NAME]", help="A folder of sandboxes/.")]

# where candidates run, and how output looks

Sandbox = Annotated[
    str,
    typer.Option(
        "--sandbox",
        metavar="NAME",
        help="auto (the strongest that works here), docker, local or none.",
        autocompletion=complete.sandboxes,
    ),
]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", min=1, help="Judge processes; default: one for each CPU.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

# the model

Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        "-m",
        metavar="TEXT",
        help="mutate (built in), PROVIDER/NAME, manual[:FOLDER], replay:RUN.db, vllm:PATH; several of them share "
        "the asks, each its part with NAME=0.7",
        rich_help_panel=_MODEL,
    ),
]
Share = Annotated[
    str | None,
    typer.Option(
        metavar="HOW",
        help="How several models share the asks: bandit (by improvement per cost) or weighted.",
        autocompletion=complete.shares,
        rich_help_panel=_MODEL,
    ),
]
Reflector = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="Another model for the lessons, written as --model is.", rich_help_panel=_MODEL),
]
NoveltyModel = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="An embedding model, PROVIDER/NAME: what is too like an elite is not verified.",
        rich_help_panel=_MODEL,
    ),
]
Novelty = Annotated[
    float | None,
    typer.Option(
        metavar="X", min=-1, max=1, help="The similarity that is too much; default 0.95.", rich_help_panel=_MODEL
    ),
]
JudgeModel = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help="The model that verifiers ask for opinions, if not the task's; written as --model is.",
        rich_help_panel=_MODEL,
    ),
]
Temperature = Annotated[float | None, typer.Option(metavar="X", min=0, rich_help_panel=_MODEL)]
TopP = Annotated[float | None, typer.Option(metavar="X", min=0, max=1, rich_help_panel=_MODEL)]
MaxTokens = Annotated[int | None, typer.Option(metavar="N", min=1, help="Of one answer.", rich_help_panel=_MODEL)]
ReasoningEffort = Annotated[str | None, typer.Option(metavar="TEXT", rich_help_panel=_MODEL)]
Price = Annotated[str | None, typer.Option(metavar="IN,OUT", help="USD for a million tokens.", rich_help_panel=_MODEL)]
ApiBase = Annotated[
    str | None, typer.Option(metavar="URL", help="An OpenAI-compatible endpoint.", rich_help_panel=_MODEL)
]

# the budget

Candidates = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Completions to ask for, the seeds included.", rich_help_panel=_BUDGET),
]
Usd = Annotated[float | None, typer.Option(metavar="X", min=0, help="Dollars.", rich_help_panel=_BUDGET)]
Tokens = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Prompt and completion tokens.", rich_help_panel=_BUDGET)
]
Seconds = Annotated[
    float | None,
    typer.Option(metavar="X", min=0, help="Time of the search; the control comes on top.", rich_help_panel=_BUDGET),
]
Patience = Annotated[
    int | None,
    typer.Option(metavar="N", min=0, help="Candidates without an improvement; 0: for ever.", rich_help_panel=_BUDGET),
]
Chance = Annotated[
    float | None,
    typer.Option(
        "--min-chance",
        metavar="X",
        help="Ends when a candidate is estimated to improve with less than this chance: 0.005.",
        rich_help_panel=_BUDGET,
    ),
]
ChanceUsd = Annotated[
    float | None,
    typer.Option(
        "--min-chance-usd",
        metavar="X",
        help="Ends when a dollar is estimated to bring fewer improvements than this: 0.5.",
        rich_help_panel=_BUDGET,
    ),
]
Target = Annotated[float | None, typer.Option(metavar="X", help="A score to reach.", rich_help_panel=_BUDGET)]

# the search

Seed = Annotated[int | None, typer.Option(metavar="N", min=0, help="Of all chance in the search; default 0.")]
Strategy = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="A preset; default: evolve for the built-in proposer, default for a language model.",
        autocompletion=complete.strategies,
    ),
]
Samples = Annotated[int | None, typer.Option(metavar="N", min=1, help="Completions for one prompt.")]
InFlight = Annotated[int | None, typer.Option(metavar="N", min=1, help="Completions asked for at once.")]
Warm = Annotated[
    Path | None,
    typer.Option("--from", metavar="PATH", help="Begin with the best of another run (*.db), a folder or a file, too."),
]
Reflect = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=0, help="After so many verdicts the model writes lessons for later prompts; 0: never."
    ),
]
Reflection = Annotated[bool, typer.Option("--reflection/--no-reflection", help="Whether there are lessons at all.")]
Repair = Annotated[
    bool | None,
    typer.Option("--repair/--no-repair", help="Whether what crashes gets one more ask with its error."),
]
Advice = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help="What you ask for, in words: prompts show it from here on. @FILE reads it, '' takes it back.",
    ),
]
RunPath = Annotated[Path | None, typer.Option("--run", "-o", metavar="PATH", help="The journal; default runs/TASK.db.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Begin anew; the old run is moved aside, never deleted.")]
Control = Annotated[
    bool, typer.Option(help="For the built-in proposer: as many candidates without selection, to compare.")
]

# others

Kind = Annotated[str, typer.Option(metavar="KIND", help="python, expression or text.", autocompletion=complete.kinds)]
ShowPrompt = Annotated[bool, typer.Option("--prompt", help="Print exactly what was sent for it.")]
Verify = Annotated[bool, typer.Option("--verify", help="Verify every candidate again, too.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Default: stdout.")]
PictureFile = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="A .png, .svg or .pdf file, a page as .html, or what policies do as .gif or .mp4; default: RUN with .png.",
    ),
]
Jsonl = Annotated[bool, typer.Option("--jsonl", help="Every candidate, one JSON object a line.")]
Base = Annotated[str | None, typer.Option("--base", metavar="IMAGE", help="Another image to build on.")]
Wheels = Annotated[
    Path | None, typer.Option("--wheels", metavar="FOLDER", help="Install from these wheels alone, not from an index.")
]
Version = Annotated[
    bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=complete.version)
]
Debug = Annotated[bool, typer.Option("--debug", help="Tracebacks instead of one-line errors; works anywhere.")]
