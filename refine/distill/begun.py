"""What a folder was begun with: the same call goes on there, another one does not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from refine.distill.export import record
from refine.distill.rows import Row
from refine.errors import UsageError
from refine.types import Json, digest

FILE = "begun.json"


def begin(folder: Path, what: Mapping[str, Json]) -> None:
    """Notes in `folder` what is begun there, or finds that it is the same as what was begun.

    Raises:
        UsageError: it is not, or the folder holds a model that was not made there.
    """
    path = folder / FILE
    if path.is_file():
        before = json.loads(path.read_text("utf-8"))
        other = [name for name in {**before, **what} if before.get(name) != what.get(name)]
        if other:
            raise UsageError(f"{folder} was begun with another {' and '.join(other)}: name a new folder with -o")
        return
    if (folder / "config.json").exists():
        raise UsageError(f"{folder} holds a model already: name a new folder with -o")
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{FILE}.new")
    unfinished.write_text(json.dumps(what, indent=1) + "\n", "utf-8")
    unfinished.replace(path)


def named(rows: Iterable[Row]) -> str:
    """The digest of rows, in their order."""
    return digest("\n".join(json.dumps(record(row)) for row in rows))
