"""The model behind OpenAI's chat protocol, one server a run, in a thread of this process."""

from __future__ import annotations

import asyncio
import hashlib
import random
import threading
import time
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from benchmarks.searches.problems import form
from benchmarks.searches.session import Session

_DIMENSIONS = 64


class Served:
    """`with Served(session, budget) as server: ... server.url`. After `budget` completions nobody is answered."""

    def __init__(self, session: Session, budget: int, latency: float = 0.0) -> None:
        self.session = session
        self.spent = threading.Event()
        """Set when the last completion of the budget has been sent."""
        self.url = ""
        self.first_at = self.last_at = 0.0
        """Times (monotonic) of the first request and of the last answer."""
        self._budget = budget
        self._latency = latency
        self._taken = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        runner = self._loop.run_until_complete(self._open())
        self._ready.set()
        self._loop.run_forever()
        waiting = asyncio.all_tasks(self._loop)
        for each in waiting:
            each.cancel()
        self._loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _open(self) -> web.AppRunner:
        app = web.Application(client_max_size=2**28)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/embeddings", self._embeddings)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}/v1"
        return runner

    async def _chat(self, request: web.Request) -> web.Response:
        body = await request.json()
        prompt = "\n\n".join(_text(message["content"]) for message in body["messages"])
        self.first_at = self.first_at or time.monotonic()
        texts = []
        for _ in range(int(body.get("n") or 1)):
            if self._taken >= self._budget:
                await asyncio.Event().wait()  # for ever: the budget is spent
            self._taken += 1
            texts.append(self.session.ask(prompt))
        await asyncio.sleep(self._latency)
        self.last_at = time.monotonic()
        if self._taken >= self._budget:
            self.spent.set()
        return web.json_response(_completion(body, texts, len(prompt)))

    async def _embeddings(self, request: web.Request) -> web.Response:
        """Far apart for different programs, and the same for the same: the best that novelty by embeddings can have."""
        body = await request.json()
        texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
        rows = [{"object": "embedding", "index": i, "embedding": embedding(text)} for i, text in enumerate(texts)]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return web.json_response({"object": "list", "data": rows, "model": body.get("model"), "usage": usage})


def embedding(text: str) -> list[float]:
    """A direction (of length 1) that the program's form alone decides."""
    chance = random.Random(hashlib.sha256(form(text).encode()).digest())
    row = [chance.gauss(0, 1) for _ in range(_DIMENSIONS)]
    length = sum(x * x for x in row) ** 0.5
    return [x / length for x in row]


def _text(content: Any) -> str:  # noqa: ANN401 - text, or OpenAI's list of parts
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content or ())


def _completion(body: dict[str, Any], texts: list[str], prompt_chars: int) -> dict[str, Any]:
    """OpenAI's answer. Tokens are characters / 4."""
    tokens = (prompt_chars // 4, sum(map(len, texts)) // 4)
    usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
    choices = [
        {"index": i, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        for i, text in enumerate(texts)
    ]
    kind = {"id": "stub", "object": "chat.completion", "created": 0, "model": body.get("model", "stub")}
    return {**kind, "choices": choices, "usage": usage}
