"""One letter as a message that any mail server takes: seven-bit signs, short lines, no header by guile."""

from __future__ import annotations

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr

from assessor.mail.letters import Letter

_WRONG = "this is not an e-mail address that can be written to"


def address(written: str) -> Address:
    """The address in ``NAME <ADDRESS>`` or an address alone, its domain as mail servers read it (IDNA).

    Raises ValueError where it is none, or where its part before the @ is not ASCII, which few servers take.
    """
    name, plain = parseaddr(written)
    box, at, domain = plain.rpartition("@")
    if not (at and box and domain and box.isascii() and written.isprintable()) or " " in plain:
        raise ValueError(_WRONG)
    try:
        return Address(name, addr_spec=f"{box}@{domain.encode('idna').decode('ascii')}")
    except (MessageError, UnicodeError, ValueError, IndexError) as error:
        raise ValueError(_WRONG) from error


def new_message_id(sender: str) -> str:
    """A Message-ID that no other message has; it names the sender's domain and no machine."""
    return make_msgid(domain=address(sender).domain)


def message(letter: Letter, *, sender: str, to: str, message_id: str, now: datetime) -> EmailMessage:
    """The message that carries the letter. Raises ValueError as ``address`` does."""
    made = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    made["From"] = address(sender)
    made["To"] = address(to)
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(now)
    made["Message-ID"] = message_id
    made["Content-Language"] = letter.language
    # RFC 3834: no out-of-office answer is sent to it.
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.text, cte="quoted-printable")
    made.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return made
