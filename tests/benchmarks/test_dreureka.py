"""What benchmarks/dreureka.py sums up, on lines made up here."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).parents[2] / "benchmarks" / "dreureka.py"


@pytest.fixture(scope="module")
def benchmark() -> Any:
    spec = importlib.util.spec_from_file_location("benchmarks_dreureka", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def line(name: str, seed: int, training: int, deployment: float) -> dict[str, Any]:
    rest = {"own_physics": 0.7, "proxy": deployment + 0.1, "torque": 0.4, "cpu_seconds": 3.0}
    return {"kind": "trained", "name": name, "seed": seed, "training": training, "deployment": deployment, **rest}


LINES = [
    line(name, seed, training, base + 0.01 * seed + 0.1 * training)
    for name, base in (("no randomisation", 0.3), ("full method", 0.4))
    for seed in range(3)
    for training in range(2)
]
WON = {"kind": "searched", "name": "full method", "seed": 0, "trial": {"a": 0.6}, "winner": "a"}


def test_the_full_method_is_compared_seed_by_seed(benchmark: Any) -> None:
    found = benchmark.summary([*LINES, WON | {"winners_policy_deployed": 0.5}])
    rows = {row["name"]: row for row in found["configurations"]}
    assert rows["no randomisation"]["by_seed"] == pytest.approx([0.35, 0.36, 0.37])
    assert rows["full method"]["deployment"] == pytest.approx(0.46)
    low, high = rows["full method"]["interval"]
    assert low < 0.46 < high
    ahead = found["ahead_of"]["full method"]["no randomisation"]
    assert ahead["by"] == pytest.approx(0.1)
    assert ahead["interval"] == pytest.approx([0.1, 0.1]), "paired: the seeds' common part is gone"
    assert ahead["seeds"] == 3
    assert found["trial_and_deployment_of_the_winners_policy"] == [["full method", 0.6, 0.5]]
    assert found["correlation_of_proxy_and_deployment"] == pytest.approx(1.0)


def test_what_is_half_measured_is_summed_up_over_the_seeds_that_there_are(benchmark: Any) -> None:
    found = benchmark.summary([each for each in LINES if each["name"] != "full method" or each["seed"] == 2])
    rows = {row["name"]: row for row in found["configurations"]}
    assert rows["full method"]["interval"] is None
    assert found["ahead_of"]["full method"]["no randomisation"] == {"by": 0.1, "interval": None, "seeds": 1}


def test_what_was_measured_is_not_measured_again(benchmark: Any, tmp_path: Path, monkeypatch: Any) -> None:
    asked: list[tuple[str, int, int]] = []

    def tried(_setting: Any, name: str, _chosen: Any, seed: int, k: int) -> dict[str, Any]:
        asked.append((name, seed, k))
        return line(name, seed, k, 0.5)

    def searched(_setting: Any, name: str, seed: int, _candidates: int) -> dict[str, Any]:
        asked.append((name, seed, -1))
        return WON | {"name": name, "seed": seed, "ranges": {"mass": [0.9, 1.1]}, "winners_policy_deployed": 0.5}

    monkeypatch.setattr(benchmark, "tried", tried)

    def won(_setting: Any, name: str, seed: int, journal: Path) -> dict[str, Any]:
        assert journal == Path("run.db")
        return searched(_setting, name, seed, 0)

    def answered(_journal: Path) -> Any:
        asked.append((benchmark.ANSWERED, -1, -1))
        yield {"kind": "answered", "name": benchmark.ANSWERED, "seed": None, "ranges": {}, "proxy": 0.5}

    monkeypatch.setattr(benchmark, "answered", answered)
    monkeypatch.setattr(benchmark, "searched", searched)
    monkeypatch.setattr(benchmark, "won", won)
    out = tmp_path / "lines.jsonl"
    options = {"out": out, "minutes": 1.0, "seeds": 2, "only": [], "candidates": 4, "journal": Path("run.db")}
    wish = type("Wish", (), options)()
    benchmark.measure(wish)
    first = len(asked)
    assert first == len(set(asked)) == len([json.loads(text) for text in out.read_text().splitlines()])
    wanted = {"no randomisation", "full range", "the prior's bounds", "full method", benchmark.ANSWERED}
    assert wanted <= {name for name, _, _ in asked}
    benchmark.measure(wish)
    assert len(asked) == first
    out.write_text("\n".join(out.read_text().splitlines()[:-1]) + "\n")
    benchmark.measure(wish)
    assert asked[first:] == [asked[first - 1]]


def test_configurations_lie_where_their_names_say(benchmark: Any) -> None:
    found, full = benchmark.configurations(), benchmark.full_ranges()
    assert found["no randomisation"] == {}
    assert found["full range"] == full
    for name, (low, high) in found["the prior's bounds"].items():
        assert full[name][0] <= low <= high <= full[name][1]
    assert set(found["human-set ranges"]) == set(full)
