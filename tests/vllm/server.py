"""vLLM's own server for a model in a folder, as a process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_S = 270
"""Half a minute if nobody else uses the machine; much of it is imports from disk."""
END_S = 30


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of the server when it is ready; it knows the model as "tiny".

    Raises:
        RuntimeError: it did not start; the message is the end of what it said.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [*_command(folder), "--port", str(port)],
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    said: list[str] = []
    ready = threading.Event()
    reader = threading.Thread(target=_read, args=(process, said, ready), daemon=True)
    reader.start()
    try:
        if not ready.wait(START_S) or process.poll() is not None:
            raise RuntimeError("the server did not start:\n" + "".join(said[-40:]))
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        _end(process)
        reader.join(10)


def _command(folder: Path) -> list[str]:
    """By its module: `vllm serve` wants a distribution called vllm, and the build for tests has another name."""
    flags = ["--served-model-name", "tiny", "--host", "127.0.0.1", "--enforce-eager", "--no-enable-chunked-prefill"]
    sizes = ["--kv-cache-memory-bytes", str(2**28), "--max-num-seqs", "64"]
    return [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", str(folder), *flags, *sizes]


def _environment() -> dict[str, str]:
    return {**os.environ, "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "OMP_NUM_THREADS": "1"}


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # its workers too
        process.wait()


def _read(process: subprocess.Popen[bytes], said: list[str], ready: threading.Event) -> None:
    """Keeps what the server says, so that it never waits for a reader; its end is an answer too."""
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line.decode(errors="replace"))
        if "Application startup complete" in said[-1]:
            ready.set()
    ready.set()
