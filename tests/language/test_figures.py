"""Numbers are rounded in one place, where zero has no sign."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.language.figures import exact, figure, fixed, rounded, share
from tests.test_house import PACKAGE, of_root

#: Rooms that print or keep numbers of people; banks and items speak of what authors wrote.
ROOMS = ("cli", "report", "profile", "web", "services", "analysis.py", "comparison")
OWN_ROUNDING = re.compile(r"(?:\{[^{}]*:[^{}]*\.\d+[f%][^{}]*\}|\bround\([^()]*(?:\([^()]*\))?[^()]*, \w+\))")


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [
        (-0.3, 0, "0"),
        (-0.0, 0, "0"),
        (-0.004, 2, "0.00"),
        (-0.6, 0, "-1"),
        (0.5, 0, "0"),
        (12.345, 1, "12.3"),
    ],
)
def test_zero_has_no_sign(value, decimals, said):
    assert fixed(value, decimals) == said
    assert str(rounded(value, decimals)) == str(float(said))


def test_shares_and_figures_of_a_report_have_none_either():
    assert (share(-0.001), share(0.296)) == ("0%", "30%")
    assert [figure(-0.04, language) for language in ("fr", "en")] == ["0", "0"]
    assert exact(-0.0000001, "en") == exact(-0.0, "fr") == "0"


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_no_number_is_printed_as_minus_zero(value, decimals):
    said = fixed(value, decimals)
    assert not said.startswith("-") or Decimal(said) != 0
    assert not repr(rounded(value, decimals)).startswith("-0.0") or rounded(value, decimals) != 0


def test_no_room_rounds_on_its_own():
    files = [path for room in ROOMS for path in [PACKAGE / room, *(PACKAGE / room).rglob("*.py")]]
    own = [
        f"{of_root(path)}: {found.group()}"
        for path in files
        if path.is_file()
        for found in OWN_ROUNDING.finditer(path.read_text("utf-8"))
    ]
    # Places in a drawing are not printed.
    assert [one for one in own if not one.startswith("assessor/report/plots.py")] == []
