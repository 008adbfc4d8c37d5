"""GEPA on one problem: `python -m benchmarks.searches.peers.gepa URL BUDGET SEED FOLDER`, with the Python that has it.

Its defaults for code: `optimize_anything`, single-task search, Pareto selection, hybrid frontier. Feedback
goes into its side information, scores per instance into `scores`, its means for both. The model is a callable, as its
protocol allows, which spares it litellm's 70 ms a call.
"""

from __future__ import annotations

import importlib
import json
import sys
import urllib.request
from typing import Any

from benchmarks.searches.peers import judge


def main() -> None:
    url, budget, seed, folder = sys.argv[1:]
    gepa: Any = importlib.import_module("gepa.optimize_anything")

    def ask(prompt: str | list[dict[str, Any]]) -> str:
        messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
        body = json.dumps({"model": "stub", "messages": messages}).encode()
        request = urllib.request.Request(f"{url}/chat/completions", body, {"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
            text: str = json.load(answer)["choices"][0]["message"]["content"]
        return text

    def evaluate(candidate: str) -> tuple[float, dict[str, Any]]:
        found = judge.evaluated(candidate)
        if found.score is None:
            return judge.FAILED, {"Error": found.feedback}
        return found.score, {"Feedback": found.feedback, "scores": found.instances}

    engine = gepa.EngineConfig(seed=int(seed), max_candidate_proposals=2 * int(budget), run_dir=folder)
    config = gepa.GEPAConfig(engine=engine, reflection=gepa.ReflectionConfig(reflection_lm=ask))
    problem = judge.problem()
    gepa.optimize_anything(problem.seed, evaluator=evaluate, objective=problem.instruction, config=config)


if __name__ == "__main__":
    main()
