import ast
import itertools
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.searches.model import BROKEN, Answer, answer
from benchmarks.searches.problems import PROBLEMS, form, program
from benchmarks.searches.reading import read
from refine.edits import edited
from refine.extract import Unreadable, extract

SEED = PROBLEMS["bounds"].seed
DIFF = "\n<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE\n"


def prompt(*programs: str, say: str = "") -> str:
    return "\n\n".join(f"```python\n{text}```" for text in programs) + f"\n{say}"


def answers(asked: str, count: int = 200, seed: int = 0) -> list[Answer]:
    return [answer(asked, times, seed) for times in range(count)]


def programs(found: Iterable[Answer]) -> list[str]:
    return [each.program for each in found if each.program is not None]


def knobs(text: str) -> dict[int, float]:
    parent = read(prompt(text)).parent
    assert parent is not None
    return parent.knobs


@given(times=st.integers(0, 50), seed=st.integers(0, 50))
def test_the_same_question_has_the_same_answer(times: int, seed: int) -> None:
    assert answer(prompt(SEED), times, seed) == answer(prompt(SEED), times, seed)


def test_other_seeds_and_other_times_have_other_answers() -> None:
    assert len({each.text for each in answers(prompt(SEED))}) > 150
    assert answer(prompt(SEED), 0, 1) != answer(prompt(SEED), 0, 2)


@given(times=st.integers(0, 300), seed=st.integers(0, 3))
def test_the_program_it_says_is_the_one_that_is_read_from_its_answer(times: int, seed: int) -> None:
    whole, diff = (answer(prompt(SEED, say=say), times, seed) for say in ("", DIFF))
    for found, base in ((whole, None), (diff, SEED)):
        read_ = extract(found.text, "python", base)
        if found.program is None or "half_written" in found.program:
            assert isinstance(read_, Unreadable)
        elif found.text.endswith("No change is needed.\n"):
            assert form(found.program) == form(SEED)
        else:
            assert not isinstance(read_, Unreadable)
            assert form(read_.text) == form(found.program)


def test_tags_are_put_where_a_prompt_uses_them() -> None:
    said = answer(prompt(SEED, say="<NAME> <DESCRIPTION> <DIFF>" + DIFF), 1, 0).text
    assert said.startswith("<NAME>")
    assert edited(said, SEED) is not None


def test_some_answers_are_useless_and_most_are_not() -> None:
    found = answers(prompt(SEED), 1000)
    broken = [text for text in programs(found) if BROKEN in text]
    assert 10 < sum(each.kind == "refusal" for each in found) < 60
    assert 10 < len(broken) < 60
    assert len(programs(found)) > 900


def test_a_broken_program_is_cured_when_it_is_shown() -> None:
    broken = SEED.replace("\n\n\ndef", f"\n{BROKEN}\n\n\ndef")
    assert not any(BROKEN in text for text in programs(answers(prompt(broken))))


def test_feedback_is_heeded() -> None:
    """The knob that is said to be too low goes up, nearly always; without the sentence, any knob goes anywhere."""
    told = [knobs(text) for text in programs(answers(prompt(SEED, say="k4 = 499 is too low")))]
    untold = [knobs(text) for text in programs(answers(prompt(SEED)))]
    assert sum(each[4] > 499 for each in told) > 0.6 * len(told)
    assert sum(each[4] > 499 for each in untold) < 0.2 * len(untold)


def test_what_is_known_to_fail_is_not_tried_again() -> None:
    """But for the few answers that begin a part afresh."""
    told = answers(prompt(SEED, say="k4 = 520 is too high: it is above its limit"), 500)
    untold = answers(prompt(SEED), 500)
    beyond, as_before = ([knobs(text)[4] >= 520 for text in programs(each)] for each in (told, untold))
    assert sum(beyond) < 0.5 * sum(as_before)


def test_two_sentences_about_a_knob_narrow_it_down() -> None:
    say = "k4 = 499 is too low; k4 = 600 is too high"
    moved = [each[4] for each in map(knobs, programs(answers(prompt(SEED, say=say)))) if each[4] != 499]
    assert sum(499 < value < 600 for value in moved) > 0.8 * len(moved)


def test_a_crossing_takes_the_pairs_that_are_said_to_earn_more() -> None:
    left, right = program([1, 1, 9, 9], "0 .. 9"), program([5, 5, 2, 2], "0 .. 9")
    rows = [(0, 1, 3.0), (0, 5, 6.0), (2, 9, 7.0), (2, 2, 1.0)]
    say = "; ".join(f"pair at k{k} = {x}, k{k + 1} = {x} earns {won:g}" for k, x, won in rows)
    found = [knobs(text) for text in programs(answers(prompt(left, right, say=say + ". Combine them.")))]
    assert sum((each[0], each[1], each[2], each[3]) == (5, 5, 9, 9) for each in found) > 0.3 * len(found)


def test_lessons_say_what_the_prompt_said() -> None:
    say = "k1 = 10 is too low; k1 = 40 is too high; k2 = 7 is too low. Do not propose anything now."
    found = answer(prompt(SEED, say=say), 0, 0)
    assert found.kind == "lessons"
    assert found.text.splitlines() == ["- k1 lies between 10 and 40.", "- k2 = 7 is too low."]


def test_no_program_in_the_prompt_no_program_in_the_answer() -> None:
    assert answer("Write one.", 0, 0).program is None


def test_whole_numbers_stay_whole_and_within_their_range() -> None:
    for text in itertools.islice(programs(answers(prompt(SEED), 300)), 250):
        if "half_written" not in text:
            ast.parse(text)
        assert all(value == int(value) and 0 <= value <= 999 for value in knobs(text).values())
