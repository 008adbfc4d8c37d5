from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from refine.archives.islands import AHEAD, Founder, Islands
from refine.archives.seeds import SeedsOnly
from refine.archives.topk import TopK
from refine.types import Direction, Shown
from tests.archives.shown import ENTRIES, ids, shown, the_order_makes_no_difference


def small(direction: Direction) -> TopK:
    return TopK(direction, size=4, pressure=2.0)


def texts(drawn: list[Shown]) -> list[str]:
    return [s.candidate.text for s in drawn]


def test_an_answer_goes_to_the_island_that_was_asked() -> None:
    islands = Islands("maximize", small, count=3)
    islands.add(shown(0, "seed"))
    islands.add(shown(5, "mine"), ask=4)
    rng = np.random.default_rng(0)
    assert texts(islands.sample(rng, 4, ask=7)) == ["mine", "seed"]
    assert texts(islands.sample(rng, 4, ask=5)) == ["seed"], "another island does not know it"
    assert len(islands) == 2


def test_now_and_then_a_parent_comes_from_the_next_island() -> None:
    islands = Islands("maximize", small, count=2, migrate=3)
    islands.add(shown(1, "home"), ask=2)
    islands.add(shown(2, "guest"), ask=3)
    drawn = {ask: texts(islands.sample(np.random.default_rng(0), 2, ask=ask)) for ask in range(0, 12, 2)}
    assert [ask for ask, found in drawn.items() if "guest" in found] == [4, 10]


def test_the_weaker_half_is_founded_anew_by_the_stronger() -> None:
    islands = Islands("maximize", small, count=4, reset=10)
    for ask, score in ((1, 1), (2, 2), (3, 3), (4, 4)):
        islands.add(shown(score, f"{score}"), ask=ask)
    islands.add(shown(0.5, "late"), ask=11)
    rng = np.random.default_rng(0)
    assert texts(islands.sample(rng, 4, ask=4)) == ["4"]
    assert texts(islands.sample(rng, 4, ask=3)) == ["3", "late"]
    assert sorted(texts(islands.sample(rng, 4, ask=1)) + texts(islands.sample(rng, 4, ask=2))) == ["3", "4"]


@given(ENTRIES, st.randoms(use_true_random=False))
def test_without_resets_islands_are_a_function_of_the_set(entries: list[Shown], random: Random) -> None:
    the_order_makes_no_difference(lambda: Islands("maximize", small, count=3, migrate=2), entries, random)


@given(ENTRIES)
def test_resets_never_lose_the_champion(entries: list[Shown]) -> None:
    islands = Islands("maximize", small, count=4, reset=3)
    for ask, one in enumerate(entries):
        islands.add(one, ask)
    best = max((s.outcome.score or 0.0 for s in entries), default=None)
    assert next((s.outcome.score for s in islands), None) == best


def test_seeds_only_draws_seeds_and_keeps_the_best() -> None:
    archive = SeedsOnly("maximize")
    archive.add(shown(1, "seed"))
    archive.add(shown(9, "better"), ask=3)
    assert texts(archive.sample(np.random.default_rng(0), 2, ask=5)) == ["seed"]
    assert ids(archive)[0] == shown(9, "better").candidate.id


def test_islands_that_are_due_to_be_founded_anew_want_whatever_comes() -> None:
    islands = Islands("maximize", lambda direction: TopK(direction, size=1), count=2, reset=10)
    islands.add(shown(5), ask=1)
    assert [islands.wants(1, ask) for ask in (0, 1, 2, 11)] == [True, False, True, True]


def stagnating(founder: Founder = "seeds", most: int = 3) -> Islands:
    """Two islands, of which nothing is improved from ask 4 on."""
    islands = Islands("maximize", small, count=2, spawn=10, most=most, founder=founder)
    islands.add(shown(1, "seed"))
    islands.add(shown(5, "best"), ask=4)
    return islands


def homes(islands: Islands, asks: range) -> list[int]:
    """For each ask, which island it draws from; told by what is in none but that one."""
    marks = {f"mark {number}": number for number in range(9)}
    drawn = [texts(islands.sample(np.random.default_rng(0), 9, ask=ask)) for ask in asks]
    return [next((marks[text] for text in found if text in marks), -1) for found in drawn]


def test_an_island_is_spawned_from_the_seeds_when_nothing_improves() -> None:
    islands = stagnating()
    islands.add(shown(0.1, "mark 0"), ask=13)
    islands.add(shown(0.2, "mark 1"), ask=14)
    assert homes(islands, range(15, 14 + AHEAD)) == [0, 1] * ((AHEAD - 1) // 2) + [0] * ((AHEAD - 1) % 2)
    later = range(14 + AHEAD, 14 + AHEAD + 6)
    assert sorted(set(homes(islands, later))) == [-1, 0, 1], "a third island takes its turn"
    new = next(ask for ask, home in zip(later, homes(islands, later), strict=True) if home == -1)
    assert texts(islands.sample(np.random.default_rng(0), 9, ask=new)) == ["seed"]


def test_answers_in_flight_keep_their_home() -> None:
    islands = stagnating()
    islands.add(shown(0.1, "mark 0"), ask=14)
    islands.add(shown(0.2, "late"), ask=15)
    assert "late" in texts(islands.sample(np.random.default_rng(0), 9, ask=17))


def test_an_island_may_be_founded_by_the_best_of_all() -> None:
    islands = stagnating("elite")
    islands.add(shown(0.1, "mark 0"), ask=14)
    found = [texts(islands.sample(np.random.default_rng(0), 9, ask=ask)) for ask in range(14 + AHEAD, 17 + AHEAD)]
    assert ["best"] in found
    assert len(islands) == len(ids(islands)) == 3, "who is on two islands counts once"


def test_there_are_never_more_islands_than_that() -> None:
    islands = stagnating(most=3)
    for ask in range(5, 500):
        islands.add(shown(0.5, f"{ask}"), ask=ask)
    last = {tuple(texts(islands.sample(np.random.default_rng(0), 9, ask=ask))) for ask in range(500, 520)}
    assert len(last) == 3


def test_a_new_best_puts_it_off() -> None:
    islands = stagnating()
    for ask in range(5, 60):
        islands.add(shown(ask, f"{ask}"), ask=ask)
    assert len({tuple(texts(islands.sample(np.random.default_rng(0), 9, ask=ask))) for ask in range(100, 120)}) == 2
    assert [islands.wants(0, ask) for ask in (60, 69)] == [False, True], "one is due to be spawned"


def test_by_random_guests_come_from_every_other_island() -> None:
    islands = Islands("maximize", small, count=4, migrate=1, route="random")
    for ask in range(1, 5):
        islands.add(shown(ask, f"{ask}"), ask=ask)
    seen = {text for seed in range(40) for text in texts(islands.sample(np.random.default_rng(seed), 2, ask=5))}
    assert seen == {"1", "2", "3", "4"}
    assert all("1" in texts(islands.sample(np.random.default_rng(seed), 2, ask=5)) for seed in range(40))


@given(ENTRIES, st.integers(1, 6))
def test_spawning_never_loses_the_champion(entries: list[Shown], spawn: int) -> None:
    islands = Islands("maximize", small, count=2, spawn=spawn, most=4)
    for ask, one in enumerate({s.candidate.id: s for s in entries}.values()):
        islands.add(one, ask)
    best = max((s.outcome.score or 0.0 for s in entries), default=None)
    assert next((s.outcome.score for s in islands), None) == best
    assert len(islands) == len(set(ids(islands))) == len(ids(islands))
