"""The pages of a room: every module of its folder that has a ``blueprint``. What is in the folder exists."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from flask import Blueprint


def blueprints(room: ModuleType, *, debug: bool = False) -> Iterator[Blueprint]:
    """The blueprints of the room's modules, in the order of the alphabet.

    A module that says ``IN_DEBUG_MODE_ONLY`` is for those who build pages.
    """
    for name in sorted(found.name for found in iter_modules(room.__path__)):
        module = import_module(f"{room.__name__}.{name}")
        if hasattr(module, "blueprint") and (debug or not getattr(module, "IN_DEBUG_MODE_ONLY", False)):
            yield module.blueprint
