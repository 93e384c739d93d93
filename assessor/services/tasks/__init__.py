"""The kinds of work that no request waits for: one module each. What is in the folder exists.

A module's name is its kind's, ``KIND`` is how it is done, and a function ``order`` is how it is asked for. A
module may be run twice with the same end; ``tests/services/test_tasks.py`` runs every one of them twice.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from assessor.services.jobs import Kind


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of work by its name, which is that of its module."""
    found = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return MappingProxyType({name: import_module(f"{__name__}.{name}").KIND for name in found})
