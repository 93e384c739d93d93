"""One message handed to a mail server over an encrypted connection, and what became of it."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from enum import Enum
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from assessor.config import host_of

#: Seconds that the server may take for each of its answers.
PATIENCE_S = 20.0


class Fate(Enum):
    """What became of a message."""

    SENT = "sent"
    #: For good: the server will not take it.
    REFUSED = "refused"
    #: Not now: it did not leave, and may be tried again.
    LATER = "later"
    #: It left whole and nobody answered: it may have arrived.
    UNSURE = "unsure"


@dataclass(frozen=True)
class Answer:
    """What became of a message, with the server's code (0: it gave none) and words."""

    fate: Fate
    code: int
    words: str


class _Refusal(Exception):
    def __init__(self, code: int, words: bytes) -> None:
        super().__init__(code)
        self.code, self.words = code, words


def send(url: str, message: EmailMessage, *, name: str, patience_s: float = PATIENCE_S) -> Answer:
    """Hand the message to the server at ``url``, as the machine ``name``; raises no error of the network."""
    try:
        server = _opened(url, name, patience_s)
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        return Answer(Fate.LATER, 0, _in_one_line(str(error)))
    try:
        return _handed_over(server, message)
    finally:
        server.close()


def _opened(url: str, name: str, patience_s: float) -> smtplib.SMTP:
    parts = urlsplit(url)
    host = host_of(url)
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, local_hostname=name, timeout=patience_s, context=context
        )
    else:
        server = smtplib.SMTP(host, parts.port or 587, local_hostname=name, timeout=patience_s)
    try:
        server.ehlo_or_helo_if_needed()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo_or_helo_if_needed()
        elif parts.scheme == "smtp" and (parts.password or not _is_this_machine(host)):
            raise smtplib.SMTPNotSupportedError("the server offers no encryption (STARTTLS)")
        if parts.username and parts.password:
            server.login(unquote(parts.username), unquote(parts.password))
    except BaseException:
        server.close()
        raise
    return server


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _handed_over(server: smtplib.SMTP, message: EmailMessage) -> Answer:
    sender, to = (message[field].addresses[0].addr_spec for field in ("From", "To"))
    has_left = False
    try:
        _wanted(server.mail(sender), 250)
        _wanted(server.rcpt(to), 250, 251)
        _wanted(server.docmd("DATA"), 354)
        # A line that is one dot ends a message (RFC 5321, 4.5.2).
        content = message.as_bytes().replace(b"\r\n.", b"\r\n..")
        # From here on the server may hold all of it, whatever is heard from it.
        has_left = True
        server.send(content + b".\r\n")
        code, words = _wanted(server.getreply(), 250)
    except _Refusal as refusal:
        if has_left and refusal.code < 400:
            return Answer(Fate.UNSURE, 0, _in_one_line(refusal.words.decode("utf-8", "replace")))
        return _refused(refusal.code, refusal.words)
    except (OSError, smtplib.SMTPException) as error:
        return Answer(Fate.UNSURE if has_left else Fate.LATER, 0, _in_one_line(str(error)))
    return Answer(Fate.SENT, code, _in_one_line(words.decode("utf-8", "replace")))


def _wanted(reply: tuple[int, bytes], *codes: int) -> tuple[int, bytes]:
    if reply[0] not in codes:
        raise _Refusal(*reply)
    return reply


def _refused(code: int, words: bytes | str) -> Answer:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return Answer(Fate.REFUSED if code >= 500 else Fate.LATER, code, _in_one_line(said))


def _in_one_line(words: str) -> str:
    """What a server said, fit for a terminal and a table: one line, nothing that steers, not too long."""
    return "".join(sign if sign.isprintable() else " " for sign in words)[:500]
