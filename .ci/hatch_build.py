"""What the wheel carries beside the package's own files: templates, banks, and catalogs compiled here."""

from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WheelHook(BuildHookInterface):  # type: ignore[misc,type-arg]
    """Works on a checkout and on an sdist alike; a checkout's own `assessor` reads its folders in place."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        for folder in ("question_banks", "templates"):
            build_data["force_include"][str(root / folder)] = f"assessor/_data/{folder}"
        compiled = Path(mkdtemp(prefix="assessor-catalogs-"))
        for source in sorted(root.glob("assessor/translations/*/LC_MESSAGES/*.po")):
            target = source.relative_to(root).with_suffix(".mo")
            (compiled / target).parent.mkdir(parents=True)
            with source.open("rb") as po, (compiled / target).open("wb") as mo:
                write_mo(mo, read_po(po, locale=source.parent.parent.name))
            build_data["force_include"][str(compiled / target)] = str(target)
