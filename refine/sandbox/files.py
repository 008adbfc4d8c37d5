"""Where the sandboxes' own files are: image definitions and what they declare, the seccomp profile, the runner."""

from __future__ import annotations

import re
from pathlib import Path

from refine.errors import UsageError

_LABEL = re.compile(r'^LABEL refine\.(\w+)="([^"]*)"$', re.MULTILINE)


def folder() -> Path:
    """The folder `sandboxes`: in an installed package its data, in a checkout the top-level folder."""
    package = Path(__file__).resolve().parents[1]
    for found in (package / "_data" / "sandboxes", package.parent / "sandboxes"):
        if (found / "runner" / "supervisor.py").is_file():
            return found
    raise UsageError("refine's sandboxes folder is missing: install the package again")


def runner() -> Path:
    """The folder with what runs inside of a sandbox."""
    return folder() / "runner"


def definition(name: str) -> Path:
    """The folder of an image. Raises UsageError, which names those that exist."""
    found = folder() / name
    if (found / "Dockerfile").is_file():
        return found
    known = sorted(each.parent.name for each in folder().glob("*/Dockerfile"))
    raise UsageError(f"there is no sandbox image {name!r}; there are: {', '.join(known)}")


def declared(name: str, what: str) -> tuple[str, ...]:
    """What an image's Dockerfile declares in `LABEL refine.<what>="a,b"`; empty where it declares nothing.

    `preload` are modules that the supervisor imports before any fork, `programs` what a machine must have to stand in
    for the image. Read from the file for every sandbox: an image's tag is the digest of that file.
    """
    labels = dict(_LABEL.findall((definition(name) / "Dockerfile").read_text()))
    return tuple(each for each in labels.get(what, "").split(",") if each)
