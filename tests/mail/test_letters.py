"""The words of letters, and the messages that carry them."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import cast

import pytest

from assessor.language.catalogues import shipped_languages
from assessor.mail import envelope, letters

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
SENDER = "Équipe des tests <tests@évaluation.example>"


def made(to: str = "ada@example.org", language: str = "fr") -> EmailMessage:
    words = letters.letter("trial", language, {"server": "https://tests.example.org"})
    return envelope.message(words, sender=SENDER, to=to, message_id="<1@example.org>", now=NOW)


@pytest.mark.parametrize("language", shipped_languages())
@pytest.mark.parametrize("kind", letters.KINDS)
def test_a_letter_says_all_its_values_as_text_and_as_html(kind: str, language: str) -> None:
    values = {name: f"<{name}> & co" for name in letters.KINDS[kind].values}
    found = letters.letter(kind, language, values)
    for name in values:
        assert f"<{name}> & co" in found.text
        assert f"&lt;{name}&gt; &amp; co" in found.html
    assert f'lang="{language}"' in found.html
    assert "\n\n\n" not in found.text


def test_languages_say_it_in_their_own_words() -> None:
    said = {letters.letter("trial", one, {"server": "x"}).subject for one in ("fr", "en")}
    assert len(said) == 2


@pytest.mark.parametrize("values", [{}, {"server": "x", "score": "62"}, {"name": "Ada"}])
def test_a_value_too_many_or_too_few_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="holds"):
        letters.letter("trial", "fr", values)


def test_a_letter_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="no letter"):
        letters.letter("advert", "fr", {})


@pytest.mark.parametrize("language", shipped_languages())
def test_a_message_is_of_seven_bit_signs_and_short_lines_and_says_the_same_when_read(language: str) -> None:
    wire = made("Zoë Œuvré-Νικόλαος 李 <zoe@école.example>", language).as_bytes()
    assert wire.isascii()
    assert max(len(line) for line in wire.split(b"\r\n")) <= 78
    assert b"\n" not in wire.replace(b"\r\n", b"")
    read = cast(EmailMessage, email.message_from_bytes(wire, policy=SMTP))
    words = letters.letter("trial", language, {"server": "https://tests.example.org"})
    assert read["Subject"] == words.subject
    assert read["To"].addresses[0].display_name == "Zoë Œuvré-Νικόλαος 李"
    assert read["To"].addresses[0].addr_spec == "zoe@xn--cole-9oa.example"
    assert read["From"].addresses[0].addr_spec == "tests@xn--valuation-93a.example"
    assert read["Date"].datetime == NOW
    assert read["Auto-Submitted"] == "auto-generated"
    text, html = (read.get_body((form,)) for form in ("plain", "html"))
    assert text.get_content().splitlines() == words.text.splitlines()
    assert html.get_content().splitlines() == words.html.splitlines()


@pytest.mark.parametrize(
    "written",
    [
        *("", "ada", "ada@", "@example.org", "a b@example.org", "ada@example..org", "a..b@example.org"),
        *("ada@example.org\r\nBcc: all@example.org", "Ada\nBcc: x@example.org <ada@example.org>"),
        *("zoë@example.org", "ada@exam\x00ple.org", "ada@" + "x" * 70 + ".org"),
    ],
)
def test_what_is_no_address_or_would_add_a_header_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        made(written)


def test_a_message_id_is_its_own_and_names_no_machine() -> None:
    found = {envelope.new_message_id(SENDER) for _ in range(20)}
    assert len(found) == 20
    assert all(one.endswith("@xn--valuation-93a.example>") for one in found)
