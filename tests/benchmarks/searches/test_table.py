from typing import Any

from benchmarks.searches.table import behind, joined, printed


def row(method: str, seed: int, at_50: float, at_100: float, problem: str = "p") -> dict[str, Any]:
    rest = dict.fromkeys(("wasted", "refusals", "other", "crashed", "evaluations", "took_s"), 1)
    return {"problem": problem, "method": method, "seed": seed, "best": {"50": at_50, "100": at_100}, **rest}


ROWS = [row("a", 0, 1.0, 5.0), row("a", 1, 2.0, 6.0), row("a", 2, 3.0, 7.0), row("b", 0, 4.0, 5.5)]


def test_runs_are_joined_to_medians_and_quartiles() -> None:
    table = joined(ROWS)
    assert table["p"]["a"]["best_at_50"] == [1.5, 2.0, 2.5]
    assert table["p"]["a"]["runs"] == 3


def test_who_is_behind_whom_and_when() -> None:
    assert behind(joined(ROWS), "a", ["b"]) == [("p", "b", "best_at_50")]
    assert behind(joined(ROWS), "b", ["a", "c"]) == [("p", "a", "best_at_100")]


def test_people_read_the_best_first() -> None:
    lines = printed(joined(ROWS)).splitlines()
    assert lines[0].startswith("p")
    assert [line.split()[0] for line in lines[1:]] == ["a", "b"]
