import json
import urllib.request
from typing import Any

import pytest

from benchmarks.searches.problems import PROBLEMS
from benchmarks.searches.server import Served, embedding
from benchmarks.searches.session import Session

SEED = PROBLEMS["bounds"].seed
ASKED = f"```python\n{SEED}```"
BODY: dict[str, Any] = {"model": "stub", "messages": [{"role": "user", "content": ASKED}]}


def posted(url: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
        return json.load(answer)


def test_it_answers_as_the_session_does_counts_and_says_when_the_budget_is_spent() -> None:
    session, alone = Session(7), Session(7)
    expected = [alone.ask(ASKED) for _ in range(3)]
    with Served(session, 3) as server:
        one = posted(f"{server.url}/chat/completions", BODY)
        assert not server.spent.is_set()
        two = posted(f"{server.url}/chat/completions", {**BODY, "n": 2})
        assert server.spent.wait(5)
    assert [choice["message"]["content"] for choice in (*one["choices"], *two["choices"])] == expected
    assert session.forms == alone.forms


def test_beyond_the_budget_nobody_is_answered() -> None:
    with Served(Session(0), 1) as server:
        posted(f"{server.url}/chat/completions", BODY)
        request = urllib.request.Request(f"{server.url}/chat/completions", json.dumps(BODY).encode())  # noqa: S310 - as above
        with pytest.raises(TimeoutError):
            urllib.request.urlopen(request, timeout=0.3)  # noqa: S310 - as above
        assert len(server.session.kinds) == 1


def test_embeddings_tell_forms_apart_and_nothing_else() -> None:
    same, other = SEED + "# a comment\n", SEED.replace("k0 = 499", "k0 = 500")
    assert embedding(same) == embedding(SEED)
    assert sum(a * b for a, b in zip(embedding(SEED), embedding(other), strict=True)) < 0.9
