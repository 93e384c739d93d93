"""``analyse``: what many sittings say about items and forms, as tables or as a document. Judges nobody."""

from __future__ import annotations

import json
from pathlib import Path

from assessor.banks.places import BankError
from assessor.cli.banks import language_of, library
from assessor.cli.columns import joined, read_columns
from assessor.cli.exits import DONE
from assessor.cli.failures import UsageError, WrongInput
from assessor.cli.reading import sittings_of
from assessor.cli.tabulating import Telling
from assessor.language.catalogues import shipped_languages
from assessor.report.words import Words
from assessor.studies.analysis import analyse, document


def run(
    source: str,
    *,
    columns: Path | None,
    selected: str | None,
    within: str | None,
    as_json: bool,
    seed: int,
    language: str,
) -> int:
    """Print the analysis of these sittings, in that language."""
    if columns is None and selected is not None:
        raise UsageError("--selected: names a column of a file - give it with --columns")
    if selected is None and within is not None:
        raise UsageError("--within: rounds are of those who were selected - give --selected too")
    words = Words(language_of(language, shipped_languages()))
    given = None if columns is None else read_columns(columns)
    sittings = sittings_of(source)
    groups = {} if given is None else joined(given, [one.candidate for one in sittings])
    try:
        found = analyse(sittings, library(), columns=groups, selected=selected, within=within, seed=seed)
    except ValueError as refused:
        if isinstance(refused, BankError):
            raise
        raise WrongInput(str(refused)) from None
    if as_json:
        print(json.dumps(document(found), ensure_ascii=False, allow_nan=False))
        return DONE
    for line in Telling(words, library()).analysis(found):
        print(line)
    return DONE
