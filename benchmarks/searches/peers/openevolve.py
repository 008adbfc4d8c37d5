"""OpenEvolve on one problem: `python -m benchmarks.searches.peers.openevolve URL BUDGET SEED FOLDER`.

Its defaults: MAP-Elites on five islands, diffs, three top programs and two diverse ones in the prompt. The instruction
is the system message, feedback goes into its artifacts, the scores per instance into its metrics, as in its examples.
Cascade evaluation is off, which has stages to be written for it. OpenEvolve loads this file as the evaluator, too.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from benchmarks.searches.peers import judge


def evaluate(program_path: str) -> Any:  # noqa: ANN401 - its own class
    result: Any = importlib.import_module("openevolve.evaluation_result").EvaluationResult
    found = judge.evaluated(Path(program_path).read_text())
    if found.score is None:
        return result(metrics={"combined_score": judge.FAILED}, artifacts={"error": found.feedback})
    metrics = {"combined_score": found.score, **found.instances}
    return result(metrics=metrics, artifacts={"feedback": found.feedback} if found.feedback else {})


def main() -> None:
    url, budget, seed, folder = sys.argv[1:]
    api: Any = importlib.import_module("openevolve.api")
    settings: Any = importlib.import_module("openevolve.config")
    config = settings.Config(random_seed=int(seed), max_iterations=2 * int(budget), log_level="ERROR")
    config.database.random_seed = int(seed)
    config.llm.models = [settings.LLMModelConfig(name="stub", api_base=url, api_key="none", weight=1.0)]
    config.llm.evaluator_models = list(config.llm.models)
    config.llm.update_model_params(
        {"timeout": 600, "retries": 0, "retry_delay": 1, "temperature": 0.7, "max_tokens": 4096}
    )
    config.prompt.system_message = judge.problem().instruction
    config.evaluator.cascade_evaluation = False
    seed_file = Path(folder) / "initial.py"
    seed_file.write_text(judge.problem().seed)
    api.run_evolution(str(seed_file), __file__, config, output_dir=folder, cleanup=False)


if __name__ == "__main__":
    main()
