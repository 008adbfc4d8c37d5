"""A person answers, or any chat that a person has open: questions and answers are files in a folder.

    ask-0007.md              written here: how to answer, then the prompt
    ask-0007.answer.md       written by the person: the answer to sample 0
    ask-0007.2.answer.md     the second answer (sample 1), ask-0007.3.answer.md the third, ...

Nothing times out. Answers that are already there are taken, so a run goes on where it stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from refine.errors import Fault
from refine.proposers import Options, content_key
from refine.task import Task
from refine.types import Completion, Prompt, digest

_POLL_S = 0.5


def connect(spec: str, options: Options, task: Task) -> Manual:
    """`manual` or `manual:FOLDER`; without a folder, `manual/TASK` under the current one."""
    del options
    folder = spec.partition(":")[2]
    return Manual(spec, Path(folder) if folder else Path("manual") / task.name)


class Manual:
    """Asks by files in `folder` and looks every `poll_s` seconds whether they are answered."""

    def __init__(self, name: str, folder: Path, poll_s: float = _POLL_S) -> None:
        self.name = name
        self._folder = folder
        self._poll_s = poll_s

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        self._ask(prompt)
        waiting = dict.fromkeys(prompt.samples, b"")
        while waiting:
            for sample, before in list(waiting.items()):
                now = _read(self.answer_file(prompt.ask, sample))
                if now.strip() and now == before:  # the same twice: whoever writes it has finished
                    del waiting[sample]
                    yield self._completion(prompt, sample, now)
                else:
                    waiting[sample] = now
            if waiting:
                await asyncio.sleep(self._poll_s)

    async def aclose(self) -> None:
        pass

    def answer_file(self, ask: int, sample: int) -> Path:
        """Where the answer to a sample is expected."""
        number = f".{sample + 1}" if sample else ""
        return self._folder / f"ask-{ask:04d}{number}.answer.md"

    def _ask(self, prompt: Prompt) -> None:
        """Writes the prompt. Raises `Fault` if another run's prompt is there, or nothing can be written."""
        file = self._folder / f"ask-{prompt.ask:04d}.md"
        text = _question(prompt, [self.answer_file(prompt.ask, sample).name for sample in prompt.samples])
        mark = text.splitlines()[0]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if file.exists() and file.read_text(encoding="utf-8").partition("\n")[0] != mark:
                raise Fault(
                    "model", f"{file} belongs to another run: choose another folder, manual:FOLDER", retry=False
                )
            unfinished = file.with_suffix(".md.new")
            unfinished.write_text(text, encoding="utf-8", errors="backslashreplace")
            unfinished.replace(file)
        except OSError as error:
            raise Fault("model", f"cannot write {file}: {error.strerror}", retry=False) from error

    def _completion(self, prompt: Prompt, sample: int, body: bytes) -> Completion:
        return Completion(
            sample=sample,
            text=body.decode("utf-8", "replace"),
            model=self.name,
            note=self.answer_file(prompt.ask, sample).name,
            key=content_key(self.name, prompt.messages, prompt.params, sample),
        )


def _question(prompt: Prompt, files: list[str]) -> str:
    """The file that a person reads. Its first line identifies the prompt."""
    several = ", one answer a file" if len(files) > 1 else ""
    messages = "\n\n".join(f"## {message.role}\n\n{message.content}" for message in prompt.messages)
    return (
        f"<!-- refine prompt {_fingerprint(prompt)} -->\n"
        f"# Ask {prompt.ask}\n\n"
        f"Give all that stands below the line to whoever shall answer, and save the whole answer, as it is, as\n"
        f"`{'`, `'.join(files)}`\n"
        f"in this folder{several}. It is taken as soon as the file stops growing.\n\n"
        f"---\n\n{messages}\n"
    )


def _fingerprint(prompt: Prompt) -> str:
    return digest("\0".join(f"{message.role}\0{message.content}" for message in prompt.messages))[:32]


def _read(file: Path) -> bytes:
    """What is in the file; nothing if it is not there (yet)."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
