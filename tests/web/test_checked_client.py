"""The checked client finds what it promises to find."""

import pytest

from tests.web.checked import faults_of

SOUND = """<!doctype html><html lang="en-CA"><head><meta charset="utf-8"><title>Page – Site</title></head>
<body><h1>Page</h1>
<form><label for="a">A</label><input id="a" name="a"><button>Go</button></form></body></html>"""


def test_checked_client_accepts_a_sound_page() -> None:
    assert faults_of(SOUND, language="en") == []


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (("</form>", ""), "HTML"),
        (('lang="en-CA"', 'lang="fr"'), "not in en"),
        (("<h1>Page</h1>", "<p>Page</p>"), "first headings"),
        (("<title>Page – Site</title>", "<title> – Site</title>"), "title"),
        (("<h1>", '<h1 id="a">'), "stands twice"),
        (('<label for="a">A</label>', ""), "no label"),
        (("<h1>", '<h1 style="color:red">'), "inline"),
        (("</body>", "<script>1</script></body>"), "inline script"),
        (("<button>Go</button>", "<button></button>"), "no words"),
        (("Page</h1>", '<a href="#gone">x</a></h1>'), "nothing has the id"),
        (("<h1>", '<h1 aria-describedby="gone">'), "names no id"),
        (("<form>", '<form><fieldset><p class="hint" id="h">How</p></fieldset>'), "read out with nothing"),
        (("Page</h1>", "⟦Page⟧</h1>"), "untranslated"),
        (("<form>", '<form action="https://elsewhere.example/">'), "elsewhere"),
        (('name="a">', 'name="a" required>'), "the browser would say"),
        (('name="a">', 'name="a" type="email">'), "the browser would say"),
        (
            (
                '<form><label for="a">A</label><input',
                '<form method="post"><label for="a">A</label><input type="file"',
            ),
            "sends no file",
        ),
    ],
)
def test_checked_client_finds(change: tuple[str, str], wanted: str) -> None:
    broken = SOUND.replace(*change)
    assert broken != SOUND
    assert any(wanted in fault for fault in faults_of(broken, language="en"))
