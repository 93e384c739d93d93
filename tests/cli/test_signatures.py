"""Whose a calibration is: signed with the server's key, or said to be unsigned wherever it is used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assessor.cli.calibrations import calibration_of, signed
from assessor.config import load_settings, with_secret
from assessor.statistics.calibrate import Calibration, General, from_json, to_json
from tests.cli.conftest import ROLE, Run

KEY, OTHER = "k3y-of-this-server-0123456789-abcdefgh", "0ther-key-0123456789-zyxwvutsrqponmlk"
CALIBRATION = Calibration(
    name="autumn",
    sittings=400,
    reference=(),
    tau_a2=0.02,
    tau_a2_se=0.001,
    tau_c2=0.01,
    tau_c2_se=0.001,
    beta=0.15,
    beta_t=0.05,
    general=tuple(General(block, 0.45, 0.01, 0.2, 0.01) for block in range(3)),
    types=(),
    items={},
    kept_planning=(),
    log_likelihood=-1.0,
    rounds=3,
)
SAID = {
    "signed": ("signed by this server", "signé par ce serveur"),
    "unsigned": ("unsigned", "non signé"),
    "signed by another key": ("signed by another key", "signé par une autre clé"),
}


@pytest.fixture(params=list(SAID))
def trust(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What `x.json` is worth here: a calibration signed here, by nobody, or by another server."""
    found = CALIBRATION
    if request.param != "unsigned":
        monkeypatch.setenv("ASSESSOR_SECRET_KEY", KEY if request.param == "signed" else OTHER)
        found = signed(CALIBRATION)
    (tmp_path / "x.json").write_text(to_json(found), "utf-8")
    monkeypatch.setenv("ASSESSOR_SECRET_KEY", KEY)
    return str(request.param)


@pytest.mark.parametrize("command", ["score", "compare"])
def test_tables_and_documents_say_whose_the_calibration_is(
    run: Run, sittings: Path, trust: str, command: str
) -> None:
    asked = (command, sittings, "--role", ROLE, "--calibration", "x.json")
    english, french = SAID[trust]
    name = f"autumn ({CALIBRATION.digest[7:19]})"
    assert f"read under the calibration {name}, {english}" in run(*asked).lines
    assert f"lu selon l’étalonnage {name}, {french}" in run(*asked, "--lang", "fr").lines
    document = json.loads(run(*asked, "--json").lines[0])
    assert document["model"]["source"] == f"calibration {name}"
    assert document["model"]["signature"] == trust


def test_a_report_says_whose_its_calibration_is(run: Run, sittings: Path, trust: str, tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(sittings.read_text("utf-8").splitlines()[0], "utf-8")
    for language, said in zip(("en", "fr"), SAID[trust], strict=True):
        asked = ("report", "one.jsonl", "--role", ROLE, "--calibration", "x.json", "--lang", language)
        assert run(*asked, "-o", "x.html").code == 0
        page = Path("x.html").read_text("utf-8")
        assert f"autumn ({CALIBRATION.digest[7:19]}), {said}" in page
        assert "Étalonnage autumn" in page or "Calibration autumn" in page


def test_planning_values_have_no_signature(run: Run, sittings: Path) -> None:
    for command in ("score", "compare"):
        assert "read under" not in run(command, sittings, "--role", ROLE).out
        document = json.loads(run(command, sittings, "--role", ROLE, "--json").lines[0])
        assert "signature" not in document["model"]


def changed(text: str, **values: Any) -> str:
    """The stored calibration with other content and the digest of that, as anybody can make it."""
    whole = json.loads(text) | values
    signature = whole.pop("signature", None)
    made = Calibration(
        **{**vars(from_json(text)), **{name: values[name] for name in values}, "signature": None}
    )
    anew = json.loads(to_json(made))
    return json.dumps(anew | ({} if signature is None else {"signature": signature}))


def test_a_changed_file_whose_digest_was_made_anew_is_refused(
    run: Run, sittings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_SECRET_KEY", KEY)
    path = tmp_path / "x.json"
    path.write_text(changed(to_json(signed(CALIBRATION)), sittings=4_000), "utf-8")
    ran = run("score", sittings, "--role", ROLE, "--calibration", path)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "its signature is not that of its content - give a file that assessor calibrate wrote" in ran.err


@pytest.mark.parametrize(
    "signature", [1, "x", [], {}, {"key": "x"}, {"key": 1, "mac": 2}, {"key": "x", "mac": "y", "z": 1}]
)
def test_what_is_no_signature_is_refused(run: Run, sittings: Path, signature: Any) -> None:
    Path("x.json").write_text(json.dumps(json.loads(to_json(CALIBRATION)) | {"signature": signature}))
    ran = run("score", sittings, "--role", ROLE, "--calibration", "x.json")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "this calibration is incomplete" in ran.err


def test_the_kept_key_signs_as_the_given_one_does_and_none_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ASSESSOR_SECRET_KEY", raising=False)
    assert signed(CALIBRATION).trust == "unsigned"
    assert not (tmp_path / "state").exists()
    kept = with_secret(load_settings()).secret_key
    by_kept = signed(CALIBRATION)
    monkeypatch.setenv("ASSESSOR_SECRET_KEY", kept)
    assert by_kept == signed(CALIBRATION)
    assert by_kept.trust == "signed"
    assert kept not in to_json(by_kept)


def test_a_signature_changes_no_identity_and_is_not_the_reader_s_to_claim(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(json.loads(to_json(CALIBRATION)) | {"trust": "signed"}), "utf-8")
    found = calibration_of(path)
    assert found is not None
    assert (found.trust, found.digest) == ("unsigned", CALIBRATION.digest)
