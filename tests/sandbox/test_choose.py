"""Which sandbox is taken, what a machine is said to offer, and the self-test's eye for a sandbox that keeps nothing."""

import pytest

from refine.errors import Fault, UsageError
from refine.sandbox import choose as chosen
from refine.sandbox import local, none
from refine.sandbox.choose import choose, selftest, status
from refine.sandbox.promises import promised


def test_a_name_is_taken_at_its_word() -> None:
    assert choose("local").name == "local"
    assert choose("none").name == "none"
    with pytest.raises(UsageError, match=r"no sandbox 'jail'; there are: auto, docker, local, none"):
        choose("jail")


def test_auto_takes_the_first_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(name: str, image: str) -> local.LocalSandbox:
        assert image == "python"
        if name == "docker":
            raise Fault("sandbox", "no Docker engine answers")
        return local.LocalSandbox("strict")

    monkeypatch.setattr(chosen, "_connect", connect)
    assert choose().describe().startswith("local: strict")


def test_auto_never_takes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(name: str, image: str) -> local.LocalSandbox:
        del image
        raise UsageError(f"no {name} here")

    monkeypatch.setattr(chosen, "_connect", connect)
    with pytest.raises(UsageError, match=r"docker: no docker here \| local: no local here"):
        choose()
    assert "none" not in chosen.STRONGEST_FIRST


def test_status_tells_the_machine_and_the_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen, "STRONGEST_FIRST", ("local",))
    facts = {fact.name: fact for fact in status()}
    assert {"kernel", "user namespaces", "seccomp", "Landlock", "cgroup", "bubblewrap", "Docker"} <= facts.keys()
    assert facts["sandbox"].value.startswith("local: ")
    assert facts["no network"].good
    assert facts["a bug in the kernel"].good is False


def test_selftest_passes_local_and_fails_none() -> None:
    assert [fact for fact in selftest(local.connect()) if not fact.good] == []
    broken = {fact.name for fact in selftest(none.connect()) if not fact.good}
    assert {"no network", "files out of sight"} <= broken
    assert "answers" not in broken


def test_each_kind_of_walls_has_every_promise() -> None:
    names = [[promise.name for promise in promised("local", walls)] for walls in ("namespaces", "strict", "none")]
    assert names[0] == names[1] == names[2]
    kept = [sum(promise.kept for promise in promised("local", walls)) for walls in ("namespaces", "strict", "none")]
    assert kept[0] > kept[1] > kept[2]
