"""Where the sandboxes' own files are: image definitions, the seccomp profile, the code that runs inside."""

from __future__ import annotations

from pathlib import Path

from refine.errors import UsageError


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
