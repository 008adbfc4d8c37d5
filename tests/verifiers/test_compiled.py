"""What is kept of compilations: by content, within bounds, never for another slot."""

from hypothesis import given
from hypothesis import strategies as st

from refine.sandbox.cell import Completed
from refine.types import Limits
from refine.verifiers import compiled
from refine.verifiers.compiled import Compiled, key


def made(size: int, name: str = "prog") -> Completed:
    return Completed(0, b"", b"", {name: bytes(size)})


def test_what_was_not_asked_for_longest_goes_first() -> None:
    kept = Compiled(most=100)
    kept.put("a", made(40))
    kept.put("b", made(40))
    assert kept.get("a") == made(40)
    kept.put("c", made(40))
    assert [name for name in "abc" if kept.get(name)] == ["a", "c"]


def test_what_is_larger_than_everything_is_not_kept() -> None:
    kept = Compiled(most=100)
    kept.put("a", made(60))
    kept.put("b", made(101))
    assert kept.get("b") is None
    assert kept.get("a") == made(60)


def test_nobody_changes_what_is_kept() -> None:
    kept = Compiled()
    kept.put("a", made(3))
    first = kept.get("a")
    assert first
    first.files.clear()
    assert kept.get("a") == made(3)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 60)), max_size=40))
def test_it_never_holds_more_than_it_may(puts: list[tuple[str, int]]) -> None:
    kept = Compiled(most=100)
    for name, size in puts:
        kept.put(name, made(size))
        held = [entry for each in "abcdef" if (entry := kept.get(each))]
        assert sum(len(entry.files["prog"]) for entry in held) <= 100


def test_everything_that_goes_in_is_in_the_key() -> None:
    limits = Limits()
    first = key(["g++", "a"], {"a": b"1", "b": b"2"}, ["o"], limits)
    assert key(["g++", "a"], {"b": b"2", "a": b"1"}, ["o"], limits) == first
    others = {
        key(["g++", "b"], {"a": b"1", "b": b"2"}, ["o"], limits),
        key(["g++ a"], {"a": b"1", "b": b"2"}, ["o"], limits),
        key(["g++", "a"], {"a": b"12", "b": b""}, ["o"], limits),
        key(["g++", "a"], {"a": b"2", "b": b"1"}, ["o"], limits),
        key(["g++", "a"], {"a": b"1", "b": b"2"}, [], limits),
        key(["g++", "a"], {"a": b"1", "b": b"2"}, ["o"], Limits(seconds=1)),
    }
    assert len(others | {first}) == 7


def test_other_slots_have_other_entries() -> None:
    class Slots: ...

    one, other = Slots(), Slots()
    compiled.of(one).put("a", made(1))  # type: ignore[arg-type]
    assert compiled.of(one).get("a") == made(1)  # type: ignore[arg-type]
    assert compiled.of(other).get("a") is None  # type: ignore[arg-type]
