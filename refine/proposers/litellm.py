"""Hosted models and OpenAI-compatible servers by litellm, which loads at the first real request.

litellm translates; everything that a run depends on is done here: one retry loop, samples where a provider has no `n`,
the bill, and keys that never leave the environment.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import math
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from refine.errors import Fault, MissingExtra, UsageError
from refine.proposers import Options, content_key
from refine.proposers.merge import merge
from refine.task import Task
from refine.types import Completion, Json, Message, Prompt, Usage

if TYPE_CHECKING:
    from tenacity import RetryCallState

LONGEST_WAIT_S = 3600.0
"""No Retry-After is followed for longer."""


def connect(spec: str, options: Options, task: Task | None = None) -> LiteLLM:
    """`provider/name`, as litellm writes it. Raises `UsageError` if a local server's address is nowhere to be found."""
    del task
    name = spec.removeprefix("litellm:")
    if name.startswith("hosted_vllm/") and not (options.api_base or os.environ.get("HOSTED_VLLM_API_BASE")):
        # Without an address litellm would send the prompts to OpenAI.
        raise UsageError(f"{name}: where? set HOSTED_VLLM_API_BASE or --api-base, such as http://localhost:8000/v1")
    return LiteLLM(name, options)


class LiteLLM:
    """One model. `sleep` waits between attempts."""

    def __init__(self, name: str, options: Options, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.name = name
        self._options = options
        self._sleep = sleep
        self._serves_n: bool | None = None
        self._price_known: bool | None = None
        self._opened = False

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        litellm = await self._open()
        samples: Sequence[int] = prompt.samples
        if len(samples) > 1 and self._many(litellm):
            together = await self._together(prompt, samples)
            for completion in together:
                yield completion
            samples = samples[len(together) :]
        async for completion in merge(self._alone(prompt, sample) for sample in samples):
            yield completion

    async def embed(self, text: str) -> tuple[list[float], Usage]:
        """The text's embedding, of a model that embeds, and what it cost. Raises `Fault`."""
        await self._open()
        body: dict[str, Any] = {"input": [text], "encoding_format": "float", "drop_params": True, **self._how()}
        response = await self._patiently(body, "aembedding")
        first = response.data[0]
        vector = first["embedding"] if isinstance(first, dict) else first.embedding
        return [float(value) for value in vector], self._bill(response)

    async def check(self) -> None:
        """One request for a few tokens, without retries. Raises `Fault`."""
        await self._open()
        await self._once(self._body((Message(role="user", content="Say yes."),), {"max_tokens": 16}, 1))

    def price_known(self) -> bool:
        """Whether answers will carry a price: the user's, or one of litellm's map. Imports litellm."""
        if self._price_known is None:
            self._price_known = self._options.price is not None or _in_price_map(_litellm(), self.name)
        return self._price_known

    async def aclose(self) -> None:
        if self._opened:
            self._opened = False
            await _leave(_litellm())

    def __repr__(self) -> str:
        return f"LiteLLM({self.name!r})"

    async def _open(self) -> Any:  # noqa: ANN401 - a module without usable types, imported by name
        if not self._opened:
            _spare_the_price_map(await asyncio.to_thread(_litellm), self.name)
            _users[0] += not self._opened  # of several first calls one gets here first
            self._opened = True
        return _litellm()

    def _many(self, litellm: Any) -> bool:  # noqa: ANN401 - as above
        """Whether n answers can be had by one request, until a server shows otherwise."""
        if self._serves_n is None:
            model, provider = _provider(litellm, self.name)
            self._serves_n = "n" in (litellm.get_supported_openai_params(model, provider) or ())
        return self._serves_n

    async def _together(self, prompt: Prompt, samples: Sequence[int]) -> list[Completion]:
        """As many of the samples as one request brings: fewer where the server does not know `n`, none where it
        refuses it.
        """
        try:
            completions = await self._request(prompt, samples)
        except _Trouble as trouble:
            if not trouble.refused:
                raise
            completions = []
        self._serves_n = len(completions) == len(samples)
        return completions

    async def _alone(self, prompt: Prompt, sample: int) -> AsyncIterator[Completion]:
        for completion in await self._request(prompt, (sample,)):
            yield completion

    async def _request(self, prompt: Prompt, samples: Sequence[int]) -> list[Completion]:
        params, began = self._options.over(prompt.params), time.monotonic()
        try:
            response = await self._patiently(self._body(prompt.messages, params, len(samples)))
        except _Trouble as trouble:
            if not trouble.filtered:
                raise
            answers = [("", "content_filter")] * len(samples)  # refusing to answer is an answer, and no fault
            bill = Usage()
        else:
            answers = [(_clean(choice.message.content), choice.finish_reason) for choice in response.choices]
            bill = self._bill(response)
        bills = split(bill, [len(text) for text, _ in answers[: len(samples)]])
        seconds = round((time.monotonic() - began) / max(1, len(bills)), 3)
        return [
            Completion(
                sample=sample,
                text=text,
                model=self.name,
                usage=usage,
                finish=finish,
                key=content_key(self.name, prompt.messages, params, sample),
                seconds=seconds,
            )
            for sample, (text, finish), usage in zip(samples, answers, bills, strict=False)
        ]

    def _body(self, messages: Sequence[Message], params: Mapping[str, Json], n: int) -> dict[str, Any]:
        chosen = self._options.over({})
        body: dict[str, Any] = {
            **params,
            **self._how(),
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            # What a strategy suggests may be left out where a model does not know it; what the user set may not.
            "drop_params": not chosen.keys() - {"max_tokens"},
        }
        return body | ({"n": n} if n > 1 else {})

    def _how(self) -> dict[str, Any]:
        """Who is asked, where, and how long is waited; what is asked again is asked again by us alone."""
        how = {"model": self.name, "timeout": self._options.timeout_s, "num_retries": 0, "max_retries": 0}
        return how | ({"api_base": self._options.api_base} if self._options.api_base else {})

    async def _patiently(self, body: dict[str, Any], call: str = "acompletion") -> Any:  # noqa: ANN401 - litellm's response
        """The answer to a request by litellm's function `call`, asked up to `options.attempts` times."""
        tenacity = importlib.import_module("tenacity")
        attempts = tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(self._options.attempts),
            wait=_pause,
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, Fault) and error.retry),
            sleep=self._sleep,
            reraise=True,
        )
        return await attempts(self._once, body, call)

    async def _once(self, body: dict[str, Any], call: str = "acompletion") -> Any:  # noqa: ANN401 - litellm's response
        """One request. Raises `_Trouble`, which knows nothing of the error behind it: that may hold the key."""
        litellm = _litellm()
        try:
            async with asyncio.timeout(self._options.timeout_s + 1):  # litellm's own limit comes first where it holds
                response = await getattr(litellm, call)(**body)
        except (litellm.exceptions.openai.OpenAIError, TimeoutError, OSError, ValueError) as error:
            trouble = self._trouble(litellm, error)
        else:
            if response.data if call == "aembedding" else response.choices:
                return response
            trouble = _Trouble(f"{self.name} answered without an answer")
        raise trouble

    def _trouble(self, litellm: Any, error: Exception) -> _Trouble:  # noqa: ANN401 - a module
        """What the error means for the run."""
        if isinstance(error, TimeoutError | litellm.exceptions.Timeout):
            return _Trouble(f"{self.name}: no answer within {self._options.timeout_s:g} s")
        status = getattr(error, "status_code", None)
        said = _said(error)
        if status in (401, 403) or _NO_KEY.search(said):
            return _Trouble(f"{self.name}: {_about_the_key(litellm, self.name, said)}", retry=False)
        if status == 404:
            return _Trouble(f"{self.name}: {said}; is that the model's name, and the right --api-base?", retry=False)
        lasting = _LASTING.search(said) or (isinstance(status, int) and 400 <= status < 500 and status not in _PASSING)
        headers = getattr(error, "litellm_response_headers", None) or {}
        return _Trouble(
            f"{self.name}: {said}",
            retry=not lasting,
            refused=status in (400, 422),
            filtered=isinstance(error, litellm.exceptions.ContentPolicyViolationError),
            after=retry_after(headers.get("retry-after")),
        )

    def _bill(self, response: Any) -> Usage:  # noqa: ANN401 - litellm's response
        """What the whole response cost; nothing is known if the server does not say how many tokens."""
        usage = getattr(response, "usage", None)
        if usage is None or not usage.total_tokens:
            return Usage()
        sent, received = usage.prompt_tokens, usage.completion_tokens
        price = self._options.price
        if price is not None:
            usd: float | None = (sent * price.prompt + received * price.completion) / 1e6
        else:
            usd = response._hidden_params.get("response_cost") if self.price_known() else None  # noqa: SLF001 - the place that litellm documents
        return Usage(prompt_tokens=sent, completion_tokens=received, usd=usd)


class _Trouble(Fault):
    """A request that failed.

    Attributes:
        refused: the server did not like the request's form.
        filtered: it did not like what the request is about.
        after: seconds that it asks us to wait.
    """

    def __init__(
        self,
        message: str,
        *,
        retry: bool = True,
        refused: bool = False,
        filtered: bool = False,
        after: float | None = None,
    ) -> None:
        super().__init__("model", message, retry=retry)
        self.refused = refused
        self.filtered = filtered
        self.after = after


def _clean(text: str | None) -> str:
    """Without lone surrogates, which JSON can carry and UTF-8 cannot."""
    return (text or "").encode("utf-8", "replace").decode()


def split(bill: Usage, lengths: Sequence[int]) -> list[Usage]:
    """A share of the bill for each of several answers; the shares add up to it.

    The prompt was paid once and is shared evenly; what was generated, and USD, by length. A server does not say how
    long each answer was in tokens, so `lengths` are characters.
    """
    sent = _shares(bill.prompt_tokens, [1] * len(lengths))
    received = _shares(bill.completion_tokens, [length + 1 for length in lengths])
    weights = [length + 1 for length in lengths]
    return [
        Usage(
            prompt_tokens=prompt,
            completion_tokens=completion,
            usd=None if bill.usd is None else bill.usd * weight / sum(weights),
        )
        for prompt, completion, weight in zip(sent, received, weights, strict=True)
    ]


def _shares(total: int | None, weights: Sequence[int]) -> Sequence[int | None]:
    """`total` in whole numbers by weight: differences of the rounded-down running sums, so that nothing gets lost."""
    if total is None:
        return [None] * len(weights)
    ends = [total * sum(weights[:i]) // sum(weights) for i in range(len(weights) + 1)]
    return [after - before for before, after in pairwise(ends)]


def retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Seconds that a Retry-After header (RFC 9110, 10.2.3: seconds or a date) asks for; None if it says nothing."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - (now or datetime.now(UTC))).total_seconds()
        except (ValueError, TypeError):
            return None
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_WAIT_S)


def _pause(state: RetryCallState) -> float:
    """Seconds to wait: as the server says, and at random up to 1, 2, 4 ... 60 s beyond, so that many do not come back
    at once.
    """
    tenacity = importlib.import_module("tenacity")
    jitter: float = tenacity.wait_random_exponential(multiplier=1, max=60)(state)
    trouble = state.outcome.exception() if state.outcome else None
    after = trouble.after if isinstance(trouble, _Trouble) else None
    return jitter if after is None else after + min(jitter, 1.0)


# --- what errors say ---------------------------------------------------------------------------------------------

_PASSING = {408, 409, 425, 429}
_LASTING = re.compile(r"insufficient_quota|exceeded your current quota|No module named|credit balance is too low")
_NO_KEY = re.compile(r"(?i)missing (\w+ )?(api[ _]key|credentials)|unable to locate credentials|api_key client option")
_LABELS = re.compile(r"^(?:(?:litellm\.)?\w*(?:Error|Exception)(?: APIError)?(?::| -)\s*)+|ssl:<[^>]*> ")
_SECRET_NAME = re.compile(r"(?i)key|token|secret|passw|credential")
_SECRET_SHAPE = re.compile(r"(?i)(?<=bearer )[^\s\"',;]+|\bsk-[\w*.-]{6,}|(?<=://)[^/@\s]+(?=@)")


def redact(text: str) -> str:
    """The text with "[key]" in place of every secret of the environment and of what looks like one."""
    for secret in sorted(_secrets(), key=len, reverse=True):
        text = text.replace(secret, "[key]")
    return _SECRET_SHAPE.sub("[key]", text)


def _secrets() -> set[str]:
    """The values of variables with a telling name, plain and as JSON and URLs write them."""
    values = {value for name, value in os.environ.items() if _SECRET_NAME.search(name) and len(value) >= 6}
    return values | {json.dumps(value)[1:-1] for value in values} | {quote(value, safe="") for value in values}


def _said(error: Exception) -> str:
    """The error in one line without keys: the server's own message where there is one."""
    text = redact(str(error))
    message = re.search(r'"message":\s*"((?:[^"\\]|\\.)*)"', text)
    line = message.group(1) if message else _LABELS.sub("", text.strip().split("\n", 1)[0])
    return line[:300].strip() or type(error).__name__


def _about_the_key(litellm: Any, name: str, said: str) -> str:  # noqa: ANN401 - a module
    missing = litellm.validate_environment(name).get("missing_keys") or []
    return (
        f"no key: set {' and '.join(missing)} in the environment"
        if missing
        else f"{said}; the key in the environment is not accepted"
    )


# --- litellm itself ----------------------------------------------------------------------------------------------

_users = [0]
"""How many proposers have litellm's connections open: they share one pool, and the last one closes it."""


@cache
def _litellm() -> Any:  # noqa: ANN401 - following its types would take mypy minutes
    """The module, quiet. About 3 CPU-seconds the first time. Raises `MissingExtra`."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # or it fetches a price list
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")  # or it loads the folder's .env
    try:
        litellm: Any = importlib.import_module("litellm")
        importlib.import_module("tenacity")
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "litellm", "litellm") from error
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return litellm


async def _leave(litellm: Any) -> None:  # noqa: ANN401 - a module
    _users[0] -= 1
    if _users[0] == 0:
        await litellm.close_litellm_async_clients()
        litellm.in_memory_llm_clients_cache.flush_cache()


def _spare_the_price_map(litellm: Any, name: str) -> None:  # noqa: ANN401 - a module
    """Enters a local server's model in the map, without a price. Searching the map in vain takes a fifth of a call."""
    if name.startswith("hosted_vllm/") and name not in litellm.model_cost:
        free = {
            "input_cost_per_token": 0,
            "output_cost_per_token": 0,
            "litellm_provider": "hosted_vllm",
            "mode": "chat",
        }
        litellm.register_model({name: free})


def _provider(litellm: Any, name: str) -> tuple[str, str]:  # noqa: ANN401 - a module
    """Model and provider. Raises `Fault` if litellm knows no such provider."""
    try:
        model, provider, *_ = litellm.get_llm_provider(name)
    except litellm.exceptions.BadRequestError:
        raise Fault("model", f"{name}: litellm knows no such provider; write PROVIDER/NAME", retry=False) from None
    return str(model), str(provider)


def _in_price_map(litellm: Any, name: str) -> bool:  # noqa: ANN401 - a module
    """Whether litellm's map has a price for this model at this provider. A price of 0 stands for "runs on your own
    machine" there, and that is unpriced.
    """
    model, provider = _provider(litellm, name)
    entries = [litellm.model_cost.get(key) or {} for key in (name, model)]
    return any(
        str(entry.get("litellm_provider", "")).startswith(provider)
        and (entry.get("input_cost_per_token") or 0) + (entry.get("output_cost_per_token") or 0) > 0
        for entry in entries
    )
