"""Stored calibrations, read and signed: whose they are is said wherever they are used. Estimates nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from pathlib import Path

from assessor.banks.names import name_of
from assessor.banks.places import BankError, Finding
from assessor.cli.banks import settings
from assessor.cli.failures import WrongInput, near
from assessor.cli.inputs import text_of
from assessor.config import known_secret
from assessor.statistics.calibrate import Calibration, Signature, canonical, from_json

KIND = "a file that assessor calibrate wrote"
#: What the server's key signs here: no signature of sessions or forms can be taken for one of these.
_PURPOSE = b"assessor calibration 1"


def calibration_of(path: Path | None) -> Calibration | None:
    """The stored calibration, which says who signed it.

    Raises WrongInput where the file holds none, or was changed.
    """
    if path is None:
        return None
    text = text_of(path, KIND)
    try:
        found = from_json(text)
        name_of(found.name)
        return _checked(found)
    except json.JSONDecodeError as trouble:
        said = f"the file is not JSON: {trouble.msg}"
        raise BankError([Finding(path, trouble.lineno, "error", said, f"give {KIND}")]) from None
    except (ValueError, RecursionError) as refused:
        raise WrongInput(f"{near(path)}: {refused} - give {KIND}") from None


def signed(calibration: Calibration) -> Calibration:
    """The calibration with the signature of this server's key; as it is where there is no key."""
    key = _key()
    if key is None:
        return calibration
    return replace(calibration, signature=Signature(_name(key), _mac(key, calibration)), trust="signed")


def _checked(calibration: Calibration) -> Calibration:
    """The calibration with what its signature is worth here; ValueError where it does not fit the content."""
    signature, key = calibration.signature, _key()
    if signature is None:
        return replace(calibration, trust="unsigned")
    if key is None or signature.key != _name(key):
        return replace(calibration, trust="signed by another key")
    if not hmac.compare_digest(signature.mac.encode(), _mac(key, calibration).encode()):
        raise ValueError("this calibration was changed: its signature is not that of its content")
    return replace(calibration, trust="signed")


def _key() -> bytes | None:
    secret = known_secret(settings())
    return hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256) if secret else None


def _name(key: bytes) -> str:
    """What a signature calls the key, which tells nothing of it."""
    return hmac.digest(key, b"name", hashlib.sha256).hex()[:16]


def _mac(key: bytes, calibration: Calibration) -> str:
    return hmac.digest(key, b"of " + canonical(calibration).encode(), hashlib.sha256).hex()
