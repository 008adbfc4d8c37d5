"""How often `refine.verifiers.symbolic` is wrong or undecided, beside Math-Verify and plain SymPy, and what it costs.

    .venv/bin/python -m benchmarks.solvers [--seed 1] [--count 500] [--math-verify PYTHON] [--parts ...] [--out FILE]

All are given the very same texts: `count` pairs of formulas that are equal and `count` that are not (`pairs.py`), and
Math-Verify's own published cases (`data/math_verify_cases.json`). The checker and plain SymPy are told what symbols
range over; Math-Verify has no way to be told. "Wrong" is an answer that is not so; a text that is refused, an error and
the deadline are "undecided". In the published cases "convention" says what is no question of mathematics (decimal
commas, chains of = that are false, a number against an equation): those are counted apart. `answers.py` adds `count`
pairs of final answers that say the same, and as many that do not: labels, units, durations, rows, tuples and sets.

Every case in which the checker is wrong or undecided is printed. Then the hostile texts of the tests, then the cost.
Prints one JSON object last, and ends with status 1 if anything was wrong or a hostile text was not stood.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.answers import answers
from benchmarks.families import FAMILIES
from benchmarks.pairs import Pair, pairs
from benchmarks.solver_costs import costs
from refine.errors import Fault, TaskError, Wrong
from refine.verifiers import symbolic
from refine.verifiers.answers import Answer, Proved, Undecided
from refine.verifiers.symbolic import solver

HERE = Path(__file__).parent
HOSTILE = HERE.parent / "tests" / "verifiers" / "symbolic" / "hostile.py"
PACKAGES = ["math-verify==0.9.0", "latex2sympy2_extended==1.11.0", "sympy==1.14.0", "antlr4-python3-runtime==4.11.0"]
DEADLINE_S = 5.0
GRACE_S = 0.5  # for killing a worker and forking the next
OVER: dict[str, Callable[[], Any]] = {
    "real": symbolic.Real,
    "positive": symbolic.positive,
    "natural": lambda: symbolic.Integer(1),
}
PARTS = ("pairs", "published", "answers", "hostile", "costs")
Case = dict[str, Any]

# ---- what the checker says -------------------------------------------------------------------------------------------


def asked(work: Callable[[], Answer]) -> Answer:
    """A text that is refused is undecided, with the reason."""
    try:
        return work()
    except (Wrong, TaskError, Fault) as error:
        return Undecided((f"refused: {error}",))


def of_pair(pair: Pair) -> Answer:
    over = {name: OVER[kind]() for name, kind in pair.over.items()}
    return asked(lambda: symbolic.equals(pair.left, pair.right, **over))


def of_case(case: Case) -> Answer:
    near = Fraction(1, 10 ** case["digits"]) if "digits" in case else Fraction(0)
    return asked(lambda: symbolic.same_answer(case["answer"], case["gold"], percent="sign", within=near))


def fault(answer: Answer, *, equal: bool) -> str:
    """What is wrong with it: wrong_proved, wrong_refuted, undecided, refused or nothing."""
    if isinstance(answer, Undecided):
        return "refused" if answer.tried and answer.tried[0].startswith("refused") else "undecided"
    if isinstance(answer, Proved):
        return "" if equal else "wrong_proved"
    return "wrong_refuted" if equal else ""


def told(what: str, left: str, right: str, answer: Answer) -> None:
    print(f"{what}\n    {left}\n    {right}\n    {answer.feedback()[:300]}", file=sys.stderr)


# ---- what the others say ---------------------------------------------------------------------------------------------


@contextmanager
def environment(given: str | None) -> Iterator[str | None]:
    """The Python of an environment with Math-Verify; None where it cannot be made."""
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            venv.create(folder, with_pip=True)
            python = str(Path(folder) / "bin" / "python")
            subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", "mpmath<1.4", *PACKAGES], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"Math-Verify and plain SymPy are left out, no environment for them: {error}", file=sys.stderr)
            yield None
        else:
            yield python


def rival(python: str | None, name: str, questions: Iterable[Case]) -> list[Case]:
    """Its answers, in order; none without an environment."""
    if python is None:
        return []
    lines = "\n".join(map(json.dumps, questions))
    argv = [python, str(HERE / "rivals.py"), name]
    done = subprocess.run(argv, input=lines, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


# ---- pairs and published cases ---------------------------------------------------------------------------------------


def compared(drawn: list[Pair], python: str | None) -> dict[str, Any]:
    """The three on the same pairs: a table by families is printed, the figures are returned."""
    faults = []
    for pair in drawn:
        answer = of_pair(pair)
        faults.append(fault(answer, equal=pair.equal))
        if faults[-1]:
            told(f"{faults[-1]}: {pair.family}, {', '.join(pair.how)}", pair.left, pair.right, answer)
    questions = [asdict(pair) for pair in drawn]
    others = {name: rival(python, name, questions) for name in ("math_verify", "sympy")}
    table(drawn, faults, others)
    counts = Counter(faults)
    found: dict[str, Any] = {name: counts[name] for name in ("wrong_proved", "wrong_refuted", "undecided", "refused")}
    for name, replies in others.items():
        found |= summed(f"plain_{name}" if name == "sympy" else name, drawn, replies)
    return found | {"undecided_rate": round((counts["undecided"] + counts["refused"]) / len(drawn), 4)}


def summed(name: str, drawn: list[Pair], replies: list[Case]) -> dict[str, Any]:
    """A rival's wrong and missing answers; of those in LaTeX alone as well, for which Math-Verify is made."""
    if not replies:
        return {f"{name}_wrong": None}
    both = list(zip(drawn, replies, strict=True))
    wrong = [pair for pair, reply in both if _is_wrong(pair, reply)]
    return {
        f"{name}_wrong": len(wrong),
        f"{name}_accepts_wrongly": sum(not pair.equal for pair in wrong),
        f"{name}_rejects_wrongly": sum(pair.equal for pair in wrong),
        f"{name}_no_answer": sum(reply["said"] is None for reply in replies),
        f"{name}_wrong_in_latex": sum(pair.notation == "latex" for pair in wrong),
        "pairs_in_latex": sum(pair.notation == "latex" for pair in drawn),
        f"{name}_per_s_core": round(len(replies) / sum(reply["seconds"] for reply in replies), 1),
    }


def _is_wrong(pair: Pair, reply: Case) -> bool:
    return reply["said"] is not None and reply["said"] is not pair.equal


def table(drawn: list[Pair], faults: list[str], others: dict[str, list[Case]]) -> None:
    """Wrong answers and, after the slash, missing ones, by family."""
    print(f"{'wrong/no answer':24} {'pairs':>6} {'refine':>9} {'math-verify':>12} {'plain sympy':>12}")
    for family in (*FAMILIES, ""):
        at = [i for i, pair in enumerate(drawn) if family in ("", pair.family)]
        wrong = sum(faults[i].startswith("wrong") for i in at)
        cells = [f"{wrong}/{sum(bool(faults[i]) for i in at) - wrong}"]
        for replies in others.values():
            missing = sum(replies[i]["said"] is None for i in at) if replies else 0
            cells.append(f"{sum(_is_wrong(drawn[i], replies[i]) for i in at)}/{missing}" if replies else "-")
        print(f"{family or 'all':24} {len(at):6} {cells[0]:>9} {cells[1]:>12} {cells[2]:>12}")


def published(python: str | None) -> dict[str, Any]:
    """Math-Verify's own cases; labels that its authors know to be wrong are put right in the file, and marked."""
    cases: list[Case] = json.loads((HERE / "data" / "math_verify_cases.json").read_text())
    questions = [{"left": c["gold"], "right": c["answer"], "digits": c.get("digits"), "over": {}} for c in cases]
    replies = rival(python, "math_verify", questions)
    counts: Counter[str] = Counter()
    for case in cases:
        answer = of_case(case)
        found = fault(answer, equal=case["same"])
        kind = "published_convention" if case.get("convention") else "published"
        counts[f"{kind}_{found or 'agree'}"] += 1
        if found:
            told(f"{kind}: {found}", case["gold"], case["answer"], answer)
    agree = sum(reply["said"] is case["same"] for case, reply in zip(cases, replies, strict=bool(replies)))
    return {"published": len(cases), **counts, "math_verify_published_agree": agree if replies else None}


def of_answers(seed: int, count: int) -> dict[str, Any]:
    """Pairs of final answers."""
    counts: Counter[str] = Counter()
    for pair in answers(seed, count):
        answer = asked(lambda pair=pair: symbolic.same_answer(pair.given, pair.expected))  # type: ignore[misc]
        found = fault(answer, equal=pair.same)
        counts[f"answers_{found or 'agree'}"] += 1
        if found:
            told(f"answers: {found}, {pair.kind}", pair.given, pair.expected, answer)
    return {"answers": counts.total(), **counts}


# ---- hostile texts ---------------------------------------------------------------------------------------------------


def hostile() -> dict[str, int]:
    """Each is asked about twice, as a formula and as an answer; bad is: no verdict, too late, or something was run."""
    texts: list[str] = runpy.run_path(str(HOSTILE))["hostile"]()
    ran: list[str] = []
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        solver.close()
        os.chdir(folder)  # where an injection would leave its file; the solver starts here too
        symbolic.equals("x", r"\frac{x}{1}", x=symbolic.Real())
        sys.addaudithook(lambda event, _: ran.append(event) if event in _RUNNING and Path.cwd() != here else None)
        bad = [text for text in texts if not stood(text) or ran or any(Path(folder).iterdir())]
        solver.close()
        os.chdir(here)
    for text in bad:
        print(f"hostile: {text[:100]!r}", file=sys.stderr)
    return {"hostile_tried": len(texts), "hostile_bad": len(bad)}


_RUNNING = {"compile", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "subprocess.Popen", "socket.connect"}


def stood(text: str) -> bool:
    """Whether both questions got a verdict within the deadline."""
    questions: list[Callable[[], Answer]] = [
        lambda: symbolic.equals("x", text, x=symbolic.Real(), deadline_s=DEADLINE_S),
        lambda: symbolic.same_answer(text, "42", seconds=DEADLINE_S),
    ]
    for question in questions:
        began = time.monotonic()
        try:
            verdict: object = question()
        except Wrong as wrong:
            verdict = wrong
        except Exception as error:  # noqa: BLE001 - any other exception is what is looked for
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            return False
        if time.monotonic() - began > DEADLINE_S + GRACE_S or not isinstance(verdict, Wrong | Answer):
            return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="of the pairs")
    parser.add_argument("--count", type=int, default=500, help="pairs that are equal, and as many that are not")
    parser.add_argument("--math-verify", metavar="PYTHON", help="of an environment that has it, with SymPy and antlr4")
    parser.add_argument("--out", type=Path, help="write the JSON object to this file as well")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure; all by default")
    options = parser.parse_args()
    found: dict[str, Any] = {"wrong_proved": 0, "wrong_refuted": 0}
    rivals = {"pairs", "published"} & set(options.parts)
    with environment(options.math_verify) if rivals else nullcontext() as python:
        if "pairs" in options.parts:
            found |= compared(list(pairs(options.seed, options.count)), python)
        if "published" in options.parts:
            found |= published(python)
    if "answers" in options.parts:
        found |= of_answers(options.seed, options.count)
    for kind, name in product(("published", "answers"), ("wrong_proved", "wrong_refuted")):
        found[name] += found.pop(f"{kind}_{name}", 0)
    found |= hostile() if "hostile" in options.parts else {}
    found |= costs(2_000) if "costs" in options.parts else {}
    found |= {"pairs": 2 * options.count, "seed": options.seed, "python": sys.version.split()[0]}
    for name, value in found.items():
        print(f"{name:36} {value}")
    written = json.dumps(found)
    if options.out:
        options.out.write_text(written + "\n")
    print(written)
    return int(bool(found["wrong_proved"] or found["wrong_refuted"] or found.get("hostile_bad")))


if __name__ == "__main__":
    sys.exit(main())
