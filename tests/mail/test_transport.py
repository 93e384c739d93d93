"""Handing a message to a real server, which takes it, refuses it or hangs up."""

from __future__ import annotations

import socket
from datetime import UTC, datetime

import pytest

from assessor.mail import envelope, letters, transport
from assessor.mail.transport import Answer, Fate
from tests.mail.conftest import Box

pytestmark = pytest.mark.smtp


def sent(url: str) -> Answer:
    words = letters.letter("trial", "fr", {"server": ".a line that begins with a dot"})
    message = envelope.message(
        words,
        sender="tests@example.org",
        to="Zoë <zoe@example.org>",
        message_id="<17@example.org>",
        now=datetime(2026, 12, 1, tzinfo=UTC),
    )
    return transport.send(url, message, name="tests.example.org", patience_s=5)


def test_a_message_is_taken_whole(box: Box) -> None:
    assert sent(box.url) == Answer(Fate.SENT, 250, "taken")
    (taken,) = box.taken
    assert b"Message-ID: <17@example.org>" in taken
    assert b"\r\n.a line that begins with a dot\r\n" in taken


def test_a_refusal_for_now_and_one_for_good_are_told_apart(box: Box) -> None:
    box.recipient = "451 4.3.0 come back later"
    assert sent(box.url) == Answer(Fate.LATER, 451, "4.3.0 come back later")
    box.recipient = "550 5.1.1 no such box"
    assert sent(box.url) == Answer(Fate.REFUSED, 550, "5.1.1 no such box")
    box.recipient, box.content = "250 OK", "554 5.7.1 not wanted"
    assert sent(box.url) == Answer(Fate.REFUSED, 554, "5.7.1 not wanted")
    assert box.taken == []


def test_hanging_up_before_the_letter_left_is_no_doubt(box: Box) -> None:
    box.hangs_up = "before"
    assert sent(box.url).fate is Fate.LATER
    assert box.taken == []


def test_hanging_up_after_the_letter_left_is_a_doubt(box: Box) -> None:
    box.hangs_up = "after"
    assert sent(box.url).fate is Fate.UNSURE
    assert len(box.taken) == 1


def test_an_answer_that_says_neither_yes_nor_no_is_a_doubt(box: Box) -> None:
    box.content = "well, perhaps"
    assert sent(box.url).fate is Fate.UNSURE


def test_a_server_that_is_not_there_is_tried_later() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert sent(f"smtp://127.0.0.1:{closed.getsockname()[1]}").fate is Fate.LATER


def test_a_password_never_leaves_unencrypted(box: Box) -> None:
    found = sent(box.url.replace("//", "//me:hunter2@"))
    assert found.fate is Fate.LATER
    assert "encryption" in found.words
    assert "hunter2" not in found.words
    assert box.taken == []
