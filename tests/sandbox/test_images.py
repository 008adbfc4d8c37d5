"""Image definitions: what their tag depends on, what they declare, what an engine gets to build from."""

import tarfile
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
    with pytest.raises(UsageError, match="there are: cpp, mujoco, python, torch"):
        images.tag("fortran")


def test_an_image_declares_what_is_preloaded_and_what_stands_in_for_it() -> None:
    preloads = {name: files.declared(name, "preload") for name in ("python", "cpp", "torch", "mujoco")}
    assert preloads["python"] == preloads["cpp"] == ("numpy",)
    assert preloads["torch"][:2] == ("numpy", "torch")
    assert preloads["mujoco"] == ("numpy", "mujoco")
    assert files.declared("cpp", "programs") == ("g++",)
    assert files.declared("python", "programs") == ()


def test_no_definition_names_a_registry_or_an_index() -> None:
    for file in files.folder().glob("*/Dockerfile"):
        text = file.read_text()
        assert text.count("ARG BASE=python:3.12-slim\nFROM ${BASE}") == 1
        assert "://" not in text
        assert "USER 65534:65534" in text.splitlines()


def context(name: str, wheels: Path | None) -> list[str]:
    with images._context(name, wheels) as made, tarfile.open(fileobj=made) as archive:
        return archive.getnames()


def test_wheels_stand_beside_the_definition(tmp_path: Path) -> None:
    assert context("torch", None) == ["Dockerfile"]
    (tmp_path / "one-1.0-py3-none-any.whl").write_bytes(b"1")
    (tmp_path / "notes.txt").write_bytes(b"2")
    assert context("torch", tmp_path) == ["Dockerfile", "wheels/one-1.0-py3-none-any.whl"]
    with pytest.raises(UsageError, match="the image cpp installs no wheels: leave --wheels out"):
        context("cpp", tmp_path)


def test_a_folder_without_wheels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no wheels: `pip download"):
        context("torch", tmp_path)
    with pytest.raises(UsageError, match="holds no wheels"):
        context("torch", tmp_path / "not there")


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
