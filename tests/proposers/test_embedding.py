"""The real litellm against a stub server that embeds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from refine.errors import Fault, UsageError
from refine.likeness import packed
from refine.proposers import Options, Priced
from refine.proposers.embedding import Embedding, Hosted, Recorded, connect
from refine.proposers.litellm import LiteLLM
from refine.types import Candidate, Usage
from tests.proposers.conftest import Waits
from tests.stub_model import Stub, letters, tokens

Model = Callable[..., LiteLLM]
PROGRAM = Candidate("def f(x):\n    return x + 1\n")


async def test_an_embedding_is_what_the_server_says(stub: Stub, model: Model) -> None:
    got = await Hosted(model("hosted_vllm/embedder"))(PROGRAM)
    assert got == Embedding(
        packed(letters(PROGRAM.text)), Usage(prompt_tokens=tokens(PROGRAM.text), completion_tokens=0)
    )
    (request,) = stub.requests
    assert request["model"] == "embedder"
    assert request["input"] == [PROGRAM.text]


async def test_an_embedding_with_a_price_is_billed(model: Model) -> None:
    one = Hosted(model("openai/text-embedding-3-small"))
    assert isinstance(one, Priced)
    assert one.price_known()
    got = await one(PROGRAM)
    assert got.usage is not None
    assert got.usage.usd == pytest.approx(0.02e-6 * tokens(PROGRAM.text))


async def test_a_server_that_fails_for_a_moment_is_asked_again(stub: Stub, model: Model, waits: Waits) -> None:
    stub.script.extend(["500", "empty"])
    got = await Hosted(model("hosted_vllm/embedder"))(PROGRAM)
    assert got.vector == packed(letters(PROGRAM.text))
    assert len(waits.seconds) == 2


async def test_a_model_that_is_not_there_is_a_fault(stub: Stub, model: Model) -> None:
    stub.always = "404"
    with pytest.raises(Fault, match="model's name") as caught:
        await Hosted(model("hosted_vllm/embedder"))(PROGRAM)
    assert not caught.value.retry


@pytest.mark.parametrize("spec", ["embedder", "mutate", "/", ""])
def test_a_name_without_a_provider_is_refused(spec: str) -> None:
    with pytest.raises(UsageError, match="PROVIDER/NAME"):
        connect(spec, Options())


async def test_what_was_not_recorded_has_no_embedding() -> None:
    assert await Recorded("embedder", ())(PROGRAM) is None
