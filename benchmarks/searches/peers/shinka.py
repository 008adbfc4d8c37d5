"""ShinkaEvolve on one problem: `python -m benchmarks.searches.peers.shinka URL BUDGET SEED FOLDER`.

Its defaults: two islands, weighted parents, diffs, rewrites and crossings, novelty by embeddings before an evaluation.
The instruction is the task's system message; text feedback, which is off, is switched on, and the scores per instance
are public metrics. The evaluation script writes the two files of its contract by itself: its own helper's imports take
seconds for every program. It has no seed.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.searches.peers import judge

SCRIPT = """
import sys
sys.path.insert(0, {root!r})
from benchmarks.searches.peers.shinka import evaluated
evaluated(*(sys.argv[sys.argv.index(name) + 1] for name in ("--program_path", "--results_dir")))
"""
ROOT = Path(__file__).parents[3]


def evaluated(program_path: str, results_dir: str) -> None:
    """Its contract: metrics.json and correct.json in the folder it names."""
    found = judge.evaluated(Path(program_path).read_text())
    passed, where = found.score is not None, Path(results_dir)
    score = judge.FAILED if found.score is None else found.score
    metrics = {"combined_score": score, "public": found.instances, "private": {}, "text_feedback": found.feedback}
    where.mkdir(parents=True, exist_ok=True)
    (where / "metrics.json").write_text(json.dumps(metrics))
    (where / "correct.json").write_text(json.dumps({"correct": passed, "error": None if passed else found.feedback}))


def main() -> None:
    url, budget, _seed, folder = sys.argv[1:]
    core: Any = importlib.import_module("shinka.core")
    launch: Any = importlib.import_module("shinka.launch")
    database: Any = importlib.import_module("shinka.database")
    script, initial = Path(folder) / "evaluate.py", Path(folder) / "initial.py"
    script.write_text(SCRIPT.format(root=str(ROOT)))
    initial.write_text(judge.problem().seed)
    evolution = core.EvolutionConfig(
        task_sys_msg=judge.problem().instruction,
        num_generations=2 * int(budget),
        llm_models=[f"local/stub@{url}"],
        embedding_model=f"local/stub@{url}",
        init_program_path=str(initial),
        results_dir=str(Path(folder) / "results"),
        use_text_feedback=True,
    )
    job = launch.LocalJobConfig(eval_program_path=str(script))
    runner = core.ShinkaEvolveRunner(evolution, job, database.DatabaseConfig(), verbose=False)
    runner.run()


if __name__ == "__main__":
    main()
