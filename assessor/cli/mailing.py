"""Letters sent from the command line."""

from __future__ import annotations

from datetime import UTC, datetime

from assessor.cli.banks import settings
from assessor.cli.exits import DONE, WRONG
from assessor.cli.failures import UsageError, WrongInput
from assessor.config import host_of
from assessor.mail import envelope, letters, transport
from assessor.mail.transport import Fate


def trial(to: str, language: str | None) -> int:
    """Send one test letter and print what the server said; 1 where it did not take it."""
    known = settings()
    if not known.smtp_url:
        raise WrongInput("ASSESSOR_SMTP_URL is not set: no mail leaves this server")
    if language is not None and language not in known.languages:
        raise UsageError(f"--lang: {language} is not offered - write {' or '.join(known.languages)}")
    words = letters.letter("trial", language or known.languages[0], {"server": known.base_url})
    sender = known.mail_from
    try:
        message = envelope.message(
            words, sender=sender, to=to, message_id=envelope.new_message_id(sender), now=datetime.now(UTC)
        )
    except ValueError as error:
        raise WrongInput(f"{to!r}: {error}") from error
    answer = transport.send(known.smtp_url, message, name=host_of(known.base_url))
    print(f"{answer.fate.value}: {answer.code or 'no code'} {answer.words}".rstrip())
    return DONE if answer.fate is Fate.SENT else WRONG
