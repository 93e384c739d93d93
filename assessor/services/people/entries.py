"""What people enter of themselves, in the one spelling in which it is kept, or refused."""

from __future__ import annotations

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from assessor.errors import Invalid
from assessor.language.texts import tidied
from assessor.messages import N_

LONGEST_NAME = 80
LONGEST_TITLE = 120
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1000
#: Between letters of some scripts these two are part of the spelling; every other sign of format is not.
_JOINERS = {"\N{ZERO WIDTH NON-JOINER}", "\N{ZERO WIDTH JOINER}"}


def email_of(text: str, field: str = "email") -> str:
    """The address as it is known here: composed, in lower case, its domain in letters; raises Invalid."""
    try:
        # Whether mail arrives there is found out by mail, not by asking the network from within a request.
        found = validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        raise Invalid(field, N_("Enter one e-mail address, such as marie@example.org.")) from error
    # Not case folding, which makes another mailbox of some: ß is not ss.
    return unicodedata.normalize("NFC", found.normalized.lower())


def name_of(text: str, field: str, longest: int = LONGEST_NAME) -> str:
    """The name on one line, without signs that show nothing; raises Invalid for none, or one too long."""
    shown = "".join(char for char in text if unicodedata.category(char) != "Cf" or char in _JOINERS)
    name = re.sub(r"\s+", " ", tidied(shown))
    if not name:
        raise Invalid(field, N_("Enter a name."))
    if len(name) > longest:
        raise Invalid(field, N_("Shorten the name: it is too long to be kept."))
    return name


def title_of(text: str, field: str) -> str:
    """The name of a workspace, as ``name_of`` keeps it; raises Invalid."""
    return name_of(text, field, LONGEST_TITLE)


def password_of(text: str, field: str = "password") -> str:
    """The password as it is hashed: composed, so that every keyboard gives the same; raises Invalid."""
    password = unicodedata.normalize("NFC", text)
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(
            field,
            N_("Use 12 characters or more. Four words that you remember do well; nothing else is asked."),
        )
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(field, N_("Shorten the password: 1,000 characters are the most."))
    return password
