"""Numbers as they are kept and printed, plain or as a language has them: rounded once, zero unsigned."""

from __future__ import annotations

from babel.numbers import format_decimal, format_percent, get_decimal_symbol

from assessor.language.locales import locale_of
from assessor.language.typography import typeset


def rounded(value: float, decimals: int) -> float:
    """The value to so many decimals; what rounds to zero is 0.0, never -0.0."""
    return round(float(value), decimals) + 0.0


def fixed(value: float, decimals: int) -> str:
    """The value with so many decimals, in plain digits: -0.3 with none is 0, never -0."""
    return format(float(value), f"z.{decimals}f")


def share(value: float) -> str:
    """The value as a whole number of per cent: 0.296 is 30%."""
    return format(float(value), "z.0%")


def figure(value: float, language: str, decimals: int = 1) -> str:
    """The value as the language writes it, with so many decimals at most."""
    pattern = f"#,##0.{'#' * decimals}"
    return typeset(format_decimal(rounded(value, decimals), pattern, locale=locale_of(language)), language)


def decimal(value: float, language: str, decimals: int) -> str:
    """The value as the language writes it, with so many decimals, zeros too."""
    pattern = f"#,##0.{'0' * decimals}"
    return typeset(format_decimal(rounded(value, decimals), pattern, locale=locale_of(language)), language)


def exact(value: float, language: str) -> str:
    """The value as the language writes it, with all its decimals."""
    return figure(value, language, 6)


def percentage(value: float, language: str) -> str:
    """A share as the language writes a whole number of per cent."""
    return typeset(format_percent(value, locale=locale_of(language)), language)


def signed(value: float, language: str) -> str:
    """A whole number with its sign, as the language writes it."""
    return format_decimal(round(value), "+0;\u22120", locale=locale_of(language))


def plural_number(value: float, language: str) -> int:
    """A whole number of the same grammatical number as ``value``: 1.5 is plural in English, not in French."""
    said = int(value) if value == int(value) else value
    return 1 if locale_of(language).plural_form(said) == "one" else 2


def signs_of(language: str) -> tuple[str, str]:
    """The language's decimal sign, and its sign of per cent with the space before it."""
    return get_decimal_symbol(locale_of(language)), percentage(0, language).replace("0", "")
