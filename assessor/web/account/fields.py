"""The fields of the pages of people: each is read by the service that keeps it."""

from __future__ import annotations

from wtforms import EmailField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from assessor.language.locales import own_name, tag
from assessor.messages import N_
from assessor.services.people import entries
from assessor.web.plumbing.forms import PageForm, SecretField, kept_as, one_of, posted
from assessor.web.plumbing.server import server


def given_name() -> StringField:
    """A person's given name."""
    return StringField(
        N_("Given name"), validators=[kept_as(entries.name_of)], render_kw={"autocomplete": "given-name"}
    )


def family_name() -> StringField:
    """A person's family name."""
    return StringField(
        N_("Family name"), validators=[kept_as(entries.name_of)], render_kw={"autocomplete": "family-name"}
    )


def email() -> EmailField:
    """The address by which a person signs in."""
    return EmailField(
        N_("E-mail address"),
        description=N_("You sign in with it."),
        validators=[kept_as(entries.email_of)],
        render_kw={"autocomplete": "username"},
    )


def new_password() -> SecretField:
    """A password that is being chosen."""
    return SecretField(
        N_("New password"),
        description=N_(
            "12 characters or more; nothing else is asked. Four words that you remember do well, and so does "
            "what a password manager makes and pastes."
        ),
        validators=[kept_as(entries.password_of)],
        render_kw={"autocomplete": "new-password"},
    )


def workspace_name() -> StringField:
    """What a workspace is called."""
    return StringField(
        N_("Name of the workspace"),
        description=N_(
            "That of your organisation, for example. Colleagues read it at the top of every page."
        ),
        validators=[kept_as(entries.title_of)],
        render_kw={"autocomplete": "organization"},
    )


def language(label: str, description: str = "") -> object:
    """One of the languages that this server offers."""
    return one_of(label, N_("Choose a language."), description)


class WithLanguage(PageForm):
    """A form that asks for a language."""

    def offer_languages(self) -> None:
        """Allow the languages of this server only, each under its own name."""
        offered = server().settings.languages
        self.offer(
            {"language": [SelectChoice(code, own_name(code), {"lang": tag(code)}) for code in offered]}
        )

    def validate_language(self, field: object) -> None:
        """Refuse a language that is not offered."""
        if posted("language") not in server().settings.languages:
            raise ValidationError(N_("Choose a language."))
