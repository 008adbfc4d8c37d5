import pytest

from benchmarks.searches.problems import PROBLEMS, program
from benchmarks.searches.reading import Program, Reading, known, read

OLD, NEW, OTHER = (program([x, 5], "0 .. 9") for x in (1, 2, 3))


def _parent(seen: Reading) -> Program:
    assert seen.parent is not None
    return seen.parent


def fenced(text: str, language: str = "python") -> str:
    return f"```{language}\n{text}```\n"


def test_the_last_program_is_the_one_to_improve_where_no_heading_says_another() -> None:
    seen = read(f"Earlier:\n{fenced(OLD)}\nNow:\n{fenced(NEW)}")
    assert _parent(seen).knobs == {0: 2.0, 1: 5.0}
    assert [other.knobs[0] for other in seen.others] == [1.0]
    assert _parent(seen).spans == {0: (0.0, 9.0), 1: (0.0, 9.0)}


def test_a_heading_says_which_program_is_to_be_improved() -> None:
    seen = read(f"# Current program\n{fenced(NEW)}\n{'metrics ' * 40}\n# Crossover inspiration\n{fenced(OTHER)}")
    assert _parent(seen).knobs[0] == 2.0


@pytest.mark.parametrize("opening", ["```python", "```", "```{language}", "``` py title=x"])
def test_a_fence_that_holds_no_program_does_not_hide_the_next(opening: str) -> None:
    """Placeholders stand in the prompts of several peers; one of them with a slot that nobody filled."""
    seen = read(f"{opening}\n# The new program here.\n```\n\n{fenced(NEW, '')}")
    assert _parent(seen).knobs[0] == 2.0


def test_the_way_to_answer_is_read_from_the_prompt() -> None:
    assert read("<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE").style == "diff"
    assert read("the whole program").style == "whole"
    assert read("<NAME> <DESCRIPTION> <DIFF>").tags == {"NAME", "DESCRIPTION", "DIFF"}


def test_what_is_wanted_beyond_an_improvement() -> None:
    assert read("Do not propose anything now.").wants == "lessons"
    assert read("whether two snippets are meaningfully different from each other").wants == "novelty"
    assert read("Combine what is best in the programs shown into one.").cross
    assert read("use a completely different approach").afresh
    plain = read("Improve it. Different solutions with other features are valuable.")
    assert (plain.wants, plain.cross, plain.afresh) == ("program", False, False)


def test_words_inside_a_program_ask_for_nothing() -> None:
    assert not read(fenced("# merge\n" + NEW)).cross


def test_sentences_about_a_knob_close_in_on_it() -> None:
    found = known(
        "k3 = 10 is too low; k3 = 40 is too high. k3 = 20 is too low; k1 lies between 3 and 7. k3 = 90 is too high"
    )
    assert found.floors == {3: 20.0, 1: 3.0}
    assert found.ceilings == {3: 40.0, 1: 7.0}


def test_earnings_are_kept_by_pair_and_value() -> None:
    said = PROBLEMS["blocks"].judge([1, 2] * 5).feedback
    assert set(known(said).earnings) == {0, 2, 4, 6, 8}
    assert set(known(said).earnings[4]) == {(1.0, 2.0)}
