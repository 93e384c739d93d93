"""Cuts assessor/fonts anew: python .ci/faces.py FOLDER, the folder of Debian's fonts-noto-core.

Not part of any build: the faces lie in the tree, as they change about never; so no machine needs the package.
"""

import sys
from pathlib import Path

from fontTools import subset

FONTS = Path(__file__).resolve().parent.parent / "assessor" / "fonts"
#: Space, and the punctuation that a text in another script borrows; joiners and marks of direction.
SHARED = ((0x20, 0x20), (0xA0, 0xA0), (0x200C, 0x200F), (0x25CC, 0x25CC))
CUTS = {
    "arabic": ("NotoNaskhArabic-Regular.ttf", ((0x0600, 0x06FF), (0x0750, 0x077F), *SHARED)),
    "hebrew": ("NotoSerifHebrew-Regular.ttf", ((0x0590, 0x05FF), (0xFB1D, 0xFB4F), *SHARED)),
    "syllabics": ("NotoSansCanadianAboriginal-Regular.ttf", ((0x1400, 0x167F), (0x18B0, 0x18FF), *SHARED)),
    "arrows": ("NotoSansMath-Regular.ttf", ((0x2190, 0x21FF), (0x2200, 0x22FF), *SHARED)),
    "signs": (
        "NotoSansSymbols2-Regular.ttf",
        ((0x25A0, 0x25FF), (0x2600, 0x26FF), (0x2700, 0x27BF), *SHARED),
    ),
}


def cut(source: Path, ranges: tuple[tuple[int, int], ...], target: Path) -> None:
    options = subset.Options(
        layout_features=["*"], hinting=False, notdef_outline=True, recalc_timestamp=False, name_IDs=["*"]
    )
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
    cutter.subset(font)
    subset.save_font(font, str(target), options)


if __name__ == "__main__":
    for name, (file, ranges) in CUTS.items():
        cut(Path(sys.argv[1]) / file, ranges, FONTS / f"{name}.ttf")
