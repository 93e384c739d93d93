"""The compiled catalogs of the wheel: each messages.po is compiled here, as .mo files are not tracked."""

from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogHook(BuildHookInterface):  # type: ignore[misc,type-arg]
    """Compiles the catalogs into the wheel, whether it is built from a checkout or from an sdist."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        compiled = Path(mkdtemp(prefix="assessor-catalogs-"))
        for source in sorted(root.glob("assessor/translations/*/LC_MESSAGES/*.po")):
            target = source.relative_to(root).with_suffix(".mo")
            (compiled / target).parent.mkdir(parents=True)
            with source.open("rb") as po, (compiled / target).open("wb") as mo:
                write_mo(mo, read_po(po, locale=source.parent.parent.name))
            build_data["force_include"][str(compiled / target)] = str(target)
