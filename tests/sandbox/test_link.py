"""The judge's end of a cell's socket: answers belong to questions, and nothing outlasts the deadline."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from refine.errors import CandidateError
from refine.sandbox import wire
from refine.sandbox.link import Link
from refine.types import Verdict

QUESTION = wire.encode(["call", "f", [1]])
TOKEN = 8


def answer(text: bytes, *, length: int | None = None) -> bytes:
    return wire.HEADER.pack(len(text) if length is None else length, 0) + text


@pytest.fixture
def ends() -> Iterator[tuple[Link, socket.socket]]:
    ours, theirs = socket.socketpair()
    link = Link(ours, 1 << 20)
    yield link, theirs
    link.close()
    theirs.close()


def answering(cell: socket.socket, make: Callable[[bytes], bytes]) -> threading.Thread:
    """A cell that reads one question and sends what `make` says of its token."""

    def act() -> None:
        cell.sendall(make(cell.recv(65536)[:TOKEN]))

    thread = threading.Thread(target=act)
    thread.start()
    return thread


def test_an_answer_carries_the_token_of_its_question(ends: tuple[Link, socket.socket]) -> None:
    link, cell = ends
    thread = answering(cell, lambda token: b"R" + token + answer(b'["ok",1]'))
    assert link.exchange(QUESTION, 5.0)[0] == b'["ok",1]'
    assert link.confined
    thread.join()


def test_what_was_sent_before_the_question_answers_nothing(ends: tuple[Link, socket.socket]) -> None:
    link, cell = ends
    cell.sendall(b"R" + bytes(TOKEN) + answer(b'["ok",1]'))
    with pytest.raises(CandidateError, match="answers no question") as caught:
        link.exchange(QUESTION, 5.0)
    assert caught.value.verdict is Verdict.MALFORMED


def test_a_second_answer_is_not_the_next_questions(ends: tuple[Link, socket.socket]) -> None:
    link, cell = ends
    thread = answering(cell, lambda token: b"R" + token + answer(b'["ok",1]'))
    link.exchange(QUESTION, 5.0)
    thread.join()
    thread = answering(cell, lambda token: token + answer(b'["ok",2]'))
    link.exchange(QUESTION, 5.0)
    thread.join()
    cell.sendall(bytes(TOKEN) + answer(b'["ok",3]'))
    with pytest.raises(CandidateError, match="answers no question"):
        link.exchange(QUESTION, 5.0)


def test_what_follows_an_answer_is_malformed(ends: tuple[Link, socket.socket]) -> None:
    link, cell = ends
    thread = answering(cell, lambda token: b"R" + token + answer(b'["ok",1]') + b"more")
    with pytest.raises(CandidateError, match="something follows"):
        link.exchange(QUESTION, 5.0)
    thread.join()


def test_a_length_is_refused_before_anything_is_read(ends: tuple[Link, socket.socket]) -> None:
    link, cell = ends
    thread = answering(cell, lambda token: b"R" + token + answer(b"", length=2**31))
    with pytest.raises(CandidateError, match="at most 1 MiB") as caught:
        link.exchange(QUESTION, 5.0)
    assert caught.value.verdict is Verdict.OVERRUN
    thread.join()


@pytest.mark.parametrize("said", [b"", b"R", b"R123", b"R12345678" + answer(b"", length=100)[:5]])
def test_silence_ends_at_the_deadline(ends: tuple[Link, socket.socket], said: bytes) -> None:
    link, cell = ends
    cell.sendall(said)
    with pytest.raises(TimeoutError):
        link.exchange(QUESTION, 0.05)


def test_no_time_left_is_a_timeout_at_once(ends: tuple[Link, socket.socket]) -> None:
    with pytest.raises(TimeoutError):
        ends[0].exchange(QUESTION, 0.0)


def test_a_question_that_nobody_reads_ends_at_the_deadline(ends: tuple[Link, socket.socket]) -> None:
    with pytest.raises(TimeoutError):
        ends[0].exchange(wire.encode(["call", "f", [b"x" * (1 << 24)]]), 0.05)


def test_a_drip_ends_at_the_deadline(ends: tuple[Link, socket.socket]) -> None:
    link, cell = ends
    over = threading.Event()

    def drip() -> None:
        token = cell.recv(65536)[:TOKEN]
        cell.sendall(b"R" + token + answer(b"", length=100_000))
        while not over.wait(0.005):
            cell.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    with pytest.raises(TimeoutError):
        link.exchange(QUESTION, 0.2)
    over.set()
    thread.join()


@pytest.mark.parametrize("said", [b"", b"R", b"R123"])
def test_a_closed_end_is_an_error_of_the_system(ends: tuple[Link, socket.socket], said: bytes) -> None:
    link, cell = ends
    cell.sendall(said)
    cell.shutdown(socket.SHUT_WR)
    with pytest.raises(ConnectionError):
        link.exchange(QUESTION, 5.0)
