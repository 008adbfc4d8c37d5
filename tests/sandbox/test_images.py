"""Image definitions: what their tag depends on."""

from pathlib import Path

import pytest

from refine.errors import UsageError
from refine.sandbox import files, images


def test_the_tag_follows_the_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "Dockerfile").write_text("FROM scratch\n")
    monkeypatch.setattr(files, "folder", lambda: tmp_path)
    first = images.tag("mine")
    assert first.startswith("refine-sandbox-mine:")
    assert images.tag("mine") == first
    (tmp_path / "mine" / "requirements.txt").write_text("scipy\n")
    assert images.tag("mine") != first


def test_an_unknown_image_names_those_that_exist() -> None:
    with pytest.raises(UsageError, match="there are: python"):
        images.tag("fortran")


def test_the_files_are_found_in_a_checkout_and_in_a_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert (files.runner() / "runner.py").is_file()
    package = tmp_path / "refine"
    inside = package / "_data" / "sandboxes" / "runner"
    monkeypatch.setattr(files, "__file__", str(package / "sandbox" / "files.py"))
    with pytest.raises(UsageError, match="install the package again"):
        files.folder()
    inside.mkdir(parents=True)
    (inside / "supervisor.py").touch()
    assert files.runner() == inside
