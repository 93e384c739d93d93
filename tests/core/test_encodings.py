"""A person's file as text, whatever program saved it, or the line and the cure."""

from pathlib import Path

import pytest

from assessor.banks.encodings import decoded
from assessor.banks.places import BankError

FILE = Path("people.csv")
TEXT = "candidate,région\nZoé,Montérégie\n"


@pytest.mark.parametrize(
    ("codec", "name"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("utf-32", "utf-32-le")],
)
def test_a_file_is_read_by_what_it_says_of_itself(codec, name):
    found = decoded(TEXT.encode(codec), FILE, kind="CSV")
    assert (found.text, found.encoding, found.is_guessed) == (TEXT, name, False)


def test_big_endian_with_its_mark_is_read():
    assert decoded(b"\xfe\xff" + TEXT.encode("utf-16-be"), FILE, kind="CSV").text == TEXT


def test_windows_1252_is_read_only_where_it_is_asked_for():
    found = decoded(TEXT.encode("cp1252"), FILE, kind="CSV", guess=True)
    assert (found.text, found.encoding, found.is_guessed) == (TEXT, "Windows-1252", True)
    assert not decoded(TEXT.encode(), FILE, kind="CSV", guess=True).is_guessed


@pytest.mark.parametrize(
    ("raw", "guess", "line", "said"),
    [
        (TEXT.encode("cp1252"), False, 1, "the byte 0xe9"),
        (b"a,b\nc,\x81", True, 2, "is not Windows-1252: the byte 0x81"),
        (TEXT.encode("utf-16-le"), True, 1, "UTF-16 without its mark"),
        (b"a,b\nc,\0", True, 2, "NUL bytes"),
        ("a,b\nc,\0".encode("utf-16"), True, 2, "a NUL character - take it out"),
        (b"\xff\xfea", True, 1, "is not UTF-16"),
        (b"PK\x03\x04\x14\0\x06\0", True, 1, "a workbook (.xlsx, .ods) or an archive - save it as CSV"),
        (b"%PDF-1.7\n", True, 1, "the file is a PDF"),
    ],
)
def test_what_cannot_be_read_has_its_line_and_its_cure(raw, guess, line, said):
    with pytest.raises(BankError) as refused:
        decoded(raw, FILE, kind="CSV", guess=guess)
    [finding] = refused.value.findings
    assert finding.line == line
    assert said in str(finding)
    assert " in UTF-8" in finding.wanted or finding.wanted == "take it out"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize(("widths", "line"), [([5, 2000], 2), ([2000, 5], 1), ([5, 5, 2000, 2000], 3)])
def test_the_first_line_that_is_too_long_is_named(end, widths, line):
    raw = end.join(b"a" * width for width in widths)
    with pytest.raises(BankError) as refused:
        decoded(raw, FILE, kind="CSV", longest=1024)
    assert str(refused.value).startswith(f"people.csv:{line}: error: the line is over 1 kB - ")
    assert decoded(raw, FILE, kind="CSV", longest=2001).text == raw.decode()


def test_a_file_without_end_is_not_read():
    with pytest.raises(BankError, match="over 1 MB - split it"):
        decoded(b"a" * (1024 * 1024 + 1), FILE, kind="CSV", most=1024 * 1024)
