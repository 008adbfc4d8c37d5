"""The place of a local model in this process. Not built yet: `connect` says what to do instead."""

from __future__ import annotations

from refine.errors import UsageError
from refine.proposers import Options, Proposer
from refine.task import Task


def connect(spec: str, options: Options, task: Task) -> Proposer:
    """Raises `UsageError`, always."""
    del options, task
    path = spec.partition(":")[2] or "PATH"
    raise UsageError(
        f"vLLM inside this process is not built yet: run `vllm serve {path}`, then"
        f" `HOSTED_VLLM_API_BASE=http://localhost:8000/v1 refine run TASK --model hosted_vllm/{path}`"
    )
