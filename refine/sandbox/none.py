"""No isolation: the candidate is a process of yours. Only ever by name."""

from __future__ import annotations

from refine.sandbox import local

WARNING = (
    "--sandbox none isolates nothing: a candidate is a program that a model wrote, and it can read and delete your "
    "files, read your keys, use your network and outlive the run. Use it only for candidates that you have read."
)
"""What the command line prints."""


def connect(image: str = "python") -> local.LocalSandbox:
    """A sandbox in name only. The interpreter is the one that runs this; what `image` declares must be installed beside
    it, or UsageError is raised.
    """
    local.require(image)
    return local.LocalSandbox("none", image)
