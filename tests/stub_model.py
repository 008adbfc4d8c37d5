"""A model server for tests and benchmarks: speaks OpenAI's chat protocol and answers by arithmetic.

    python tests/stub_model.py --port 0 --latency 0.2        its first line of output is its URL
    with Stub(latency=0.2) as stub: ... stub.url ...         the same in a thread of this process

An answer is the last fenced Python program of the prompt with one numeric constant changed. The k-th answer to a prompt
depends on (seed, prompt, k) alone, whether it comes by `n` or by asking again. Faults are scripted (`stub.script`) or
drawn from the same hash (`--fault 500=0.1`): a status such as 429, or hang, garbage, empty, filtered.

    POST /v1/chat/completions    GET /v1/models    GET /log (one object a request)
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import re
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self

from aiohttp import web

_BLOCK = re.compile(r"```python[ \t]*\n(.*?)```", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_GARBAGE = "I am sorry, I cannot improve this program. \ud800"  # a lone half of a surrogate pair, as JSON may carry


def answer(prompt: str, repeat: int, seed: int = 0) -> str:
    """What a stub with this seed answers to a prompt that it has answered `repeat` times before."""
    blocks = _BLOCK.findall(prompt)
    if not blocks:
        return _GARBAGE
    chance = _chance(seed, prompt, repeat)
    return f"One constant is different.\n\n```python\n{_perturbed(blocks[-1].rstrip(), chance)}\n```\n"


def _chance(*what: object) -> int:
    return int.from_bytes(hashlib.sha256(repr(what).encode()).digest()[:8])


def _perturbed(program: str, chance: int) -> str:
    """The program with one of its numbers scaled by 0.75 to 1.25; a small integer moves by one or two."""
    numbers = list(_NUMBER.finditer(program))
    if not numbers:
        return f"{program}\n# variant {chance % 10**6}"
    found = numbers[chance % len(numbers)]
    return program[: found.start()] + _changed(found.group(), chance // len(numbers)) + program[found.end() :]


def _changed(number: str, chance: int) -> str:
    scale = 0.75025 + chance % 1000 / 2000  # never 1
    if "." in number:
        return f"{float(number) * scale or scale:.6f}"
    value = round(int(number) * scale)
    return str(value if value != int(number) else int(number) + 1 + chance % 2)


@dataclass
class Stub:
    """A running server, as a context manager. Fields may be changed while it runs.

    Attributes:
        latency: seconds before an answer.
        n: "served", "ignored" (one choice whatever is asked) or "refused" (400).
        usage: whether answers carry token counts.
        script: faults for the requests to come, first in, first out; None is a good answer.
        always: a fault for every request that the script says nothing of.
        chances: fault to probability, drawn from the request's hash.
        retry_after: header of every 429 and 503.
        requests: one object a request: at, model, n, messages, status, authorization.
    """

    latency: float = 0.0
    seed: int = 0
    port: int = 0
    n: Literal["served", "ignored", "refused"] = "served"
    usage: bool = True
    script: deque[str | None] = field(default_factory=deque)
    always: str | None = None
    chances: Mapping[str, float] = field(default_factory=dict)
    retry_after: str | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    _seen: Counter[str] = field(default_factory=Counter)
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """What to give as `api_base`."""
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(self._loop, ready), daemon=True)
        self._thread.start()
        if not ready.wait(10):
            raise TimeoutError("the stub did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop and self._thread:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)

    def _run(self, loop: asyncio.AbstractEventLoop, ready: threading.Event) -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(self.start())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    async def start(self) -> web.AppRunner:
        """Listens in the running loop; `cleanup()` of what it returns ends that."""
        app = web.Application(client_max_size=2**28)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/embeddings", self._embeddings)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/log", self._log)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, backlog=1024)
        await site.start()
        self.port = runner.addresses[0][1]
        return runner

    async def _chat(self, request: web.Request) -> web.Response:
        body = await request.json()
        prompt = "\n\n".join(str(message["content"]) for message in body["messages"])
        entry = {
            "at": time.time(),
            "status": "open",
            "authorization": request.headers.get("Authorization", ""),
            **body,
        }
        self.requests.append(entry)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            response = await self._respond(prompt, body, entry["authorization"])
        finally:
            self.in_flight -= 1
        entry["status"] = response.status
        return response

    async def _respond(self, prompt: str, body: dict[str, Any], authorization: str) -> web.Response:
        fault = self._fault(prompt)
        if fault == "hang":
            await asyncio.Event().wait()
        await asyncio.sleep(self.latency)
        if fault and fault.isdigit():
            return self._refusal(int(fault), f"stub says {fault} to {authorization}")
        if fault == "filtered":
            return self._refusal(400, "The request was rejected as a result of the safety system")
        wanted = int(body.get("n") or 1)
        if wanted > 1 and self.n == "refused":
            return self._refusal(400, "'n' : number must be at most 1")
        count = 0 if fault == "empty" else wanted if self.n == "served" else 1
        return self._completion(body["model"], prompt, self._texts(prompt, count, garbage=fault == "garbage"))

    def _fault(self, prompt: str) -> str | None:
        if self.script:
            return self.script.popleft()
        draw = _chance(self.seed, prompt, len(self.requests)) % 10**6 / 10**6
        for fault, probability in self.chances.items():
            if draw < probability:
                return fault
            draw -= probability
        return self.always

    def _texts(self, prompt: str, count: int, *, garbage: bool) -> list[str]:
        first = self._seen[prompt]
        self._seen[prompt] += count
        return [_GARBAGE if garbage else answer(prompt, first + i, self.seed) for i in range(count)]

    def _refusal(self, status: int, message: str) -> web.Response:
        headers = {"Retry-After": self.retry_after} if self.retry_after and status in (429, 503) else {}
        error = {"message": message, "type": "stub", "code": str(status)}
        return web.json_response({"error": error}, status=status, headers=headers)

    def _completion(self, model: str, prompt: str, texts: list[str]) -> web.Response:
        choices = [
            {"index": i, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            for i, text in enumerate(texts)
        ]
        body: dict[str, Any] = {"id": f"stub-{len(self.requests)}", "object": "chat.completion", "choices": choices}
        body |= {"created": int(time.time()), "model": model}
        if self.usage:
            sent, received = tokens(prompt), sum(map(tokens, texts))
            body["usage"] = {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}
        return web.json_response(body)

    async def _embeddings(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.requests.append({"at": time.time(), "status": 200, **body})
        fault = self._fault("")
        if fault and fault.isdigit():
            return self._refusal(int(fault), f"stub says {fault}")
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        data = [{"object": "embedding", "index": i, "embedding": letters(text)} for i, text in enumerate(texts)]
        found: dict[str, Any] = {"object": "list", "data": [] if fault == "empty" else data, "model": body["model"]}
        if self.usage:
            sent = sum(map(tokens, texts))
            found["usage"] = {"prompt_tokens": sent, "total_tokens": sent}
        return web.json_response(found)

    async def _models(self, request: web.Request) -> web.Response:
        del request
        return web.json_response({"object": "list", "data": [{"id": "stub", "object": "model", "owned_by": "stub"}]})

    async def _log(self, request: web.Request) -> web.Response:
        del request
        return web.json_response(self.requests)


def letters(text: str) -> list[float]:
    """The stub's embedding: how often each letter of a to z occurs."""
    return [float(text.count(letter)) for letter in "abcdefghijklmnopqrstuvwxyz"]


def tokens(text: str) -> int:
    """How many tokens the stub counts in a text: one for four characters, at least one."""
    return max(1, len(text) // 4)


def _chances(texts: Iterable[str]) -> dict[str, float]:
    return {fault: float(probability) for fault, _, probability in (text.partition("=") for text in texts)}


async def _serve(stub: Stub) -> None:
    await stub.start()
    print(stub.url, flush=True)  # noqa: T201 - the URL is this program's output
    await asyncio.Event().wait()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--latency", type=float, default=0.0, help="seconds")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--n", choices=["served", "ignored", "refused"], default="served")
    options.add_argument("--no-usage", dest="usage", action="store_false")
    options.add_argument("--always", help="a fault for every request: 429, 500, hang, garbage, empty, filtered")
    options.add_argument("--fault", action="append", default=[], metavar="FAULT=PROBABILITY")
    options.add_argument("--retry-after")
    fields = vars(options.parse_args())
    stub = Stub(**{name: value for name, value in fields.items() if name != "fault"}, chances=_chances(fields["fault"]))
    asyncio.run(_serve(stub))


if __name__ == "__main__":
    main()
