from __future__ import annotations

import base64
import io
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

from PIL import Image

from refine.journal import Journal
from refine.report.history import read
from refine.report.plot import plot
from refine.task import Reference
from refine.types import Outcome
from tests.fakes import Scores, toy
from tests.recorded import record
from tests.report.test_films import filmed

KNOWN = Reference(name="a <b>paper</b>", value=30.0, source="a paper")
EVIL = "x = 1\n# </pre><script>alert(1)</script>\n"


class Page(HTMLParser):
    """What a browser would see: elements with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def sources(self) -> list[str]:
        return [str(attributes["src"]) for tag, attributes in self.elements if tag == "img"]


async def page(folder: Path, *, films: bool = True, seed: str = EVIL) -> Page:
    def score(text: str) -> Outcome:
        return filmed(text.partition("\n")[0])

    task = toy(folder, seeds=(seed,))
    run = await record(task, folder / "run.db", workers=Scores(score) if films else None, candidates=12)
    with Journal.read(run) as journal:
        plot(folder / "run.html", read(journal), references=[KNOWN])
    return Page((folder / "run.html").read_text())


@pytest.fixture(autouse=True)
def _no_gl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUJOCO_GL", "off")


async def test_a_page_has_table_pictures_films_and_the_program(tmp_path: Path) -> None:
    shown = await page(tmp_path)
    for said in ("toy", "best found", "seed", "drawn from positions", "a <b>paper</b> (published, score)", "x = "):
        assert said in shown.text, said
    moving, still = shown.sources()
    assert moving.startswith("data:image/gif;base64,")
    assert still.startswith("data:image/svg+xml;base64,")
    with Image.open(io.BytesIO(base64.b64decode(moving.partition(",")[2]))) as gif:
        assert gif.n_frames > 2


async def test_a_page_without_films_has_the_picture_alone(tmp_path: Path) -> None:
    shown = await page(tmp_path, films=False, seed="x = 1\n")
    assert len(shown.sources()) == 1
    assert "What the policies do" not in shown.text


async def test_nothing_that_a_candidate_wrote_is_markup(tmp_path: Path) -> None:
    def seed_alone_passes(text: str) -> Outcome:
        return filmed("x = 4") if text == EVIL else Outcome(verdict="wrong", feedback="<img src=x onerror=alert(1)>")

    run = await record(toy(tmp_path, seeds=(EVIL,)), tmp_path / "run.db", workers=Scores(seed_alone_passes))
    with Journal.read(run) as journal:
        plot(tmp_path / "run.html", read(journal))
    shown = Page((tmp_path / "run.html").read_text())
    assert "<script>alert(1)</script>" in shown.text, "the program is shown, as text"
    tags = {tag for tag, _ in shown.elements}
    assert not tags & {"script", "iframe", "object", "embed", "link", "a", "form", "svg"}
    assert not [name for _, attributes in shown.elements for name in attributes if name.startswith("on")]
    (policy,) = [attributes["content"] for _, attributes in shown.elements if "http-equiv" in attributes]
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert all(source.startswith("data:image/") for source in shown.sources())
