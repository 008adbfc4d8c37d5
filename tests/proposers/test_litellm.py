"""The real litellm against a stub server."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.errors import Fault, UsageError
from refine.proposers import Checked, Options, Price, Priced, Proposer, content_key
from refine.proposers.litellm import LiteLLM, connect, redact, retry_after, split
from refine.task import Task
from refine.types import Completion, Usage
from tests.proposers.asking import answers, prompt, take
from tests.proposers.conftest import Waits
from tests.stub_model import Stub, answer, tokens

Model = Callable[..., LiteLLM]


def test_no_proposer_loads_litellm_before_it_is_asked() -> None:
    modules = ", ".join(
        f"refine.proposers.{name}" for name in ("choose", "litellm", "manual", "mixed", "replay", "vllm")
    )
    code = f"import sys, {modules}; print('litellm' in sys.modules, 'tenacity' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


async def test_many_samples_are_one_request_where_the_server_serves_n(stub: Stub, model: Model) -> None:
    to = prompt(range(5))
    got = await answers(model(), to)
    assert [c.sample for c in got] == [0, 1, 2, 3, 4]
    assert [c.text for c in got] == [answer(to.messages[0].content, k) for k in range(5)]
    assert len(stub.requests) == 1
    assert {c.finish for c in got} == {"stop"}


@pytest.mark.parametrize("n", ["ignored", "refused"])
async def test_a_server_without_n_is_asked_again_and_remembered(stub: Stub, model: Model, n: str) -> None:
    stub.n = n  # type: ignore[assignment]
    one = model()
    first = await answers(one, prompt(range(4)))
    assert sorted(c.sample for c in first) == [0, 1, 2, 3]
    before = len(stub.requests)
    assert before == (4 if n == "ignored" else 5)
    assert len(await answers(one, prompt(range(4), ask=1))) == 4
    assert len(stub.requests) == before + 4
    assert not any(request.get("n") for request in stub.requests[before:])


async def test_a_provider_without_n_is_asked_once_a_sample(
    stub: Stub, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MISTRAL_API_KEY", "mistral-key-0123")
    got = await answers(model("mistral/some-model"), prompt((2, 5)))
    assert {c.sample for c in got} == {2, 5}
    assert [request.get("n") for request in stub.requests] == [None, None]


async def test_the_key_is_the_content_address_with_the_options_in_it(model: Model) -> None:
    to = prompt(params={"temperature": 0.2, "top_p": 0.9})
    (got,) = await answers(model(temperature=0.7), to)
    assert got.key == content_key("hosted_vllm/stub", to.messages, {"temperature": 0.7, "top_p": 0.9}, 0)
    assert got.model == "hosted_vllm/stub"


async def test_sampling_parameters_reach_the_server_and_options_win(stub: Stub, model: Model) -> None:
    await answers(model(temperature=0.7, max_tokens=99), prompt(params={"temperature": 0.2, "top_p": 0.9}))
    (request,) = stub.requests
    assert (request["temperature"], request["top_p"], request["max_tokens"]) == (0.7, 0.9, 99)


# --- what it costs


async def test_the_bill_of_many_samples_adds_up(model: Model) -> None:
    to = prompt(range(7))
    got = await answers(model(price=Price(prompt=3, completion=15)), to)
    sent = tokens(to.messages[0].content)
    received = sum(tokens(c.text) for c in got)
    bills = [c.usage or Usage() for c in got]
    assert sum(bill.prompt_tokens or 0 for bill in bills) == sent
    assert sum(bill.completion_tokens or 0 for bill in bills) == received
    assert sum(bill.usd or 0 for bill in bills) == pytest.approx((3 * sent + 15 * received) / 1e6, rel=1e-12)


async def test_a_model_in_litellms_price_map_is_priced_by_it(model: Model) -> None:
    one = model("openai/gpt-4o-mini")
    assert one.price_known()
    to = prompt()
    (got,) = await answers(one, to)
    sent, received = tokens(to.messages[0].content), tokens(got.text)
    assert got.usage is not None
    assert got.usage.usd == pytest.approx(0.15e-6 * sent + 0.6e-6 * received)


@pytest.mark.parametrize("spec", ["hosted_vllm/stub", "hosted_vllm/gpt-4o-mini", "openai/my-own-model"])
async def test_a_model_without_a_price_is_unpriced_not_free(model: Model, spec: str) -> None:
    one = model(spec)
    assert not one.price_known()
    (got,) = await answers(one, prompt())
    assert got.usage is not None
    assert got.usage.usd is None
    assert got.usage.prompt_tokens


async def test_a_price_of_zero_is_a_price(model: Model) -> None:
    one = model(price=Price(prompt=0, completion=0))
    assert one.price_known()
    (got,) = await answers(one, prompt())
    assert got.usage is not None
    assert got.usage.usd == 0


async def test_no_token_counts_means_unknown(stub: Stub, model: Model) -> None:
    stub.usage = False
    (got,) = await answers(model(price=Price(prompt=1, completion=1)), prompt())
    assert got.usage == Usage()


@given(
    st.integers(0, 10**7),
    st.integers(0, 10**7),
    st.floats(0, 1e3),
    st.lists(st.integers(0, 10**5), min_size=1, max_size=40),
)
def test_shares_add_up_to_the_bill(sent: int, received: int, usd: float, lengths: list[int]) -> None:
    shares = split(Usage(prompt_tokens=sent, completion_tokens=received, usd=usd), lengths)
    assert len(shares) == len(lengths)
    assert sum(share.prompt_tokens or 0 for share in shares) == sent
    assert sum(share.completion_tokens or 0 for share in shares) == received
    assert sum(share.usd or 0 for share in shares) == pytest.approx(usd, rel=1e-9)


# --- when it fails


@pytest.mark.parametrize("spec", ["hosted_vllm/stub", "openai/gpt-4o-mini"])
@pytest.mark.parametrize("fault", ["429", "500", "503", "empty"])
async def test_what_passes_is_asked_again(stub: Stub, model: Model, waits: Waits, spec: str, fault: str) -> None:
    stub.script.extend([fault, fault])
    (got,) = await answers(model(spec), prompt())
    assert "```python" in got.text
    assert len(stub.requests) == 3
    assert len(waits.seconds) == 2


async def test_a_storm_is_a_fault_after_so_many_attempts(stub: Stub, model: Model, waits: Waits) -> None:
    stub.always = "500"
    with pytest.raises(Fault, match="stub says 500") as caught:
        await answers(model(attempts=4), prompt())
    assert caught.value.retry
    assert caught.value.where == "model"
    assert len(stub.requests) == 4
    assert len(waits.seconds) == 3


async def test_what_arrived_before_a_fault_stays(stub: Stub, model: Model) -> None:
    stub.n = "ignored"
    stub.script.extend([None, None, "400"])
    got: list[Completion] = []
    with pytest.raises(Fault):
        await take(model(), prompt(range(3)), got)
    assert len(got) == 2


async def test_retry_after_is_obeyed(stub: Stub, model: Model, waits: Waits) -> None:
    stub.retry_after = "17"
    stub.script.append("429")
    await answers(model(), prompt())
    assert 17 <= waits.seconds[0] <= 18


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("soon", None),
        ("1e9", 3600.0),
        ("nan", None),
        ("Sat, 21 Nov 2026 10:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 09:00:00 GMT", 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, datetime(2026, 11, 21, 10, tzinfo=UTC)) == seconds


async def test_a_server_that_hangs_is_a_fault_in_time(stub: Stub, model: Model) -> None:
    stub.always = "hang"
    with pytest.raises(Fault, match=r"no answer within 0\.2 s") as caught:
        await answers(model(timeout_s=0.2, attempts=2), prompt())
    assert caught.value.retry
    assert len(stub.requests) == 2


@pytest.mark.parametrize(
    ("fault", "says"),
    [("401", "not accepted"), ("403", "not accepted"), ("404", "model's name"), ("400", "stub says 400")],
)
async def test_what_does_not_pass_is_asked_once(stub: Stub, model: Model, fault: str, says: str) -> None:
    stub.always = fault
    with pytest.raises(Fault, match=says) as caught:
        await answers(model("openai/gpt-4o-mini"), prompt())
    assert not caught.value.retry
    assert len(stub.requests) == 1
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "variable"),
    [("anthropic/claude-sonnet-4-5", "ANTHROPIC_API_KEY"), ("gemini/gemini-2.5-pro", "GEMINI_API_KEY")],
)
async def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch, spec: str, variable: str) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    one = LiteLLM(spec, Options())
    with pytest.raises(Fault, match=variable) as caught:
        await answers(one, prompt())
    assert not caught.value.retry
    await one.aclose()


async def test_an_unknown_provider_is_a_fault_that_says_so() -> None:
    one = LiteLLM("nosuch/model", Options())
    with pytest.raises(Fault, match="no such provider") as caught:
        await answers(one, prompt((0, 1)))
    assert not caught.value.retry
    await one.aclose()


async def test_garbage_is_an_answer_and_no_fault(stub: Stub, model: Model) -> None:
    stub.always = "garbage"
    (got,) = await answers(model(), prompt())
    assert "cannot improve" in got.text
    assert got.text.encode()  # what it held that is no Unicode is gone


def test_vllm_without_an_address_is_refused_before_it_goes_elsewhere(
    monkeypatch: pytest.MonkeyPatch, task: Task
) -> None:
    monkeypatch.delenv("HOSTED_VLLM_API_BASE", raising=False)
    with pytest.raises(UsageError, match="HOSTED_VLLM_API_BASE"):
        connect("hosted_vllm/stub", Options(), task)
    monkeypatch.setenv("HOSTED_VLLM_API_BASE", "http://127.0.0.1:1/v1")
    assert connect("hosted_vllm/stub", Options(), task).name == "hosted_vllm/stub"


async def test_the_address_may_come_from_the_environment(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSTED_VLLM_API_BASE", stub.url)
    one = connect("hosted_vllm/stub", Options())
    assert len(await answers(one, prompt())) == 1
    await one.aclose()


async def test_check_asks_for_little_and_raises_what_is_wrong(stub: Stub, model: Model) -> None:
    one = model()
    await one.check()
    assert stub.requests[0]["max_tokens"] <= 16
    stub.always = "503"
    with pytest.raises(Fault):
        await one.check()
    assert len(stub.requests) == 2


async def test_nobody_listening_is_a_fault(keys: dict[str, str], waits: Waits) -> None:
    del keys
    one = LiteLLM("hosted_vllm/stub", Options(api_base="http://127.0.0.1:9/v1", attempts=2), sleep=waits)
    with pytest.raises(Fault, match=r"127\.0\.0\.1:9") as caught:
        await answers(one, prompt())
    assert caught.value.retry
    await one.aclose()


# --- keys


@pytest.mark.parametrize("spec", ["hosted_vllm/stub", "openai/gpt-4o-mini"])
@pytest.mark.parametrize("fault", ["400", "401", "404", "429", "500"])
async def test_a_server_that_echoes_the_key_leaks_nothing(
    stub: Stub, model: Model, caplog: pytest.LogCaptureFixture, spec: str, fault: str
) -> None:
    stub.always = fault
    one = model(spec, attempts=1)
    with caplog.at_level(logging.DEBUG), pytest.raises(Fault) as caught:
        await answers(one, prompt())
    sent = stub.requests[0]["authorization"].removeprefix("Bearer ")
    assert sent in os.environ.values()  # the server did have it to echo
    assert "[key]" in str(caught.value)
    seen: BaseException | None = caught.value
    texts = [caplog.text, repr(one), one.name]
    while seen is not None:
        texts.append(repr(seen))
        seen = seen.__cause__ or seen.__context__
    assert not [text for text in texts if sent in text]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0[]"), min_size=6), st.text(), st.text())
def test_a_secret_of_the_environment_is_never_in_a_redacted_text(secret: str, before: str, after: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOME_API_KEY", secret)
        assert secret not in redact(before + secret + after)


@pytest.mark.parametrize(
    "text", ["Authorization: Bearer abc.def-123", "key sk-proj-123456789 refused", "http://me:pass@host/v1 is down"]
)
def test_what_looks_like_a_key_is_redacted_too(text: str) -> None:
    got = redact(text)
    assert "[key]" in got
    assert not any(secret in got for secret in ("abc.def-123", "sk-proj-123456789", "me:pass"))


# --- many at once


async def test_as_many_requests_are_in_flight_as_are_asked(stub: Stub, model: Model) -> None:
    """96 requests, none of which is answered before all are there: a lower limit anywhere would time out."""
    stub.latency = 0.5
    one = model()
    got = await asyncio.gather(*(answers(one, prompt(ask=ask)) for ask in range(96)))
    assert len(got) == 96
    assert stub.most_in_flight >= 64


def test_it_is_a_proposer_with_a_price_that_can_be_checked() -> None:
    one = LiteLLM("openai/gpt-4o-mini", Options())
    assert isinstance(one, Proposer)
    assert isinstance(one, Priced)
    assert isinstance(one, Checked)


async def test_a_refusal_for_what_was_asked_is_an_empty_answer(stub: Stub, model: Model) -> None:
    stub.always = "filtered"
    got = await answers(model("openai/gpt-4o-mini"), prompt((0, 1)))
    assert [(c.sample, c.text, c.finish) for c in got] == [(0, "", "content_filter"), (1, "", "content_filter")]
