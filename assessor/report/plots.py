"""The interval, our one signature, as SVG. Which numbers are drawn, and their words, come from elsewhere.

Colours and sizes are presentation attributes, which a printed report needs (WeasyPrint gives inline SVG no
stylesheet); classes let ``report.css`` replace them on a page. Places are percentages: text never shrinks.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

INK = "#1f2326"
INK_SOFT = "#54595c"
RULE = "#b9b3a6"
BAR = "#afcccd"
DOT = "#0b5a60"

#: Room at both ends for half a dot, in per cent of the drawing's width.
MARGIN = 2.0
#: 8.5 points.
TEXT_PX = 11.4
LABEL_ROOM = 13
LINE = 10

_SVG = Markup(
    '<svg class="plot" xmlns="http://www.w3.org/2000/svg" width="100%" height="{height}" role="img"'
    ' font-family="Source Sans Pro" font-size="{text}">'
    "<title>{title}</title><desc>{description}</desc>{drawing}</svg>"
)
_BASE = Markup(
    '<line class="plot-line" x1="{x1}%" x2="{x2}%" y1="{y}" y2="{y}" stroke="{rule}" stroke-width="1"/>'
)
_CUT = Markup(
    '<line class="plot-line" x1="{x}%" x2="{x}%" y1="{y1}" y2="{y2}" stroke="{rule}" stroke-width="1"/>'
)
_BAR = Markup('<rect class="plot-bar" x="{x}%" y="{y}" width="{width}%" height="8" rx="{rx}" fill="{bar}"/>')
_DOT = Markup('<circle class="plot-dot" cx="{x}%" cy="{y}" r="4" fill="{dot}"/>')
_OPEN = Markup(
    '<line class="plot-open" x1="{x}%" x2="{x}%" y1="{y1}" y2="{y2}" stroke="{dot}" stroke-width="1"'
    ' stroke-dasharray="2 2"/>'
)
_MINIMUM = Markup(
    '<line class="plot-minimum" x1="{x}%" x2="{x}%" y1="{y1}" y2="{y2}" stroke="{ink}" stroke-width="2"/>'
    '<text class="plot-label" x="{tx}%" y="{ty}" text-anchor="{anchor}" fill="{ink}">{label}</text>'
)
_NUMBER = Markup(
    '<text class="plot-scale" x="{x}%" y="{y}" text-anchor="{anchor}" fill="{soft}">{label}</text>'
)


def interval(
    estimate: float,
    low: float,
    high: float,
    *,
    title: str,
    description: str,
    cuts: Sequence[float],
    minimum: float | None = None,
    minimum_label: str = "",
) -> Markup:
    """A dot on a hairline scale with its interval as a soft bar; an end beyond the scale is drawn open."""
    top = LABEL_ROOM if minimum is not None else 0
    y = top + LINE
    parts = [_base(y), *(_CUT.format(x=place(cut), y1=y - 6, y2=y + 6, rule=RULE) for cut in cuts)]
    left, right = max(0.0, min(100.0, low)), max(0.0, min(100.0, high))
    is_open = low < 0 or high > 100
    # An open end runs past the end of the hairline, up to a dashed edge.
    x1, x2 = (0.0 if low < 0 else place(left)), (100.0 if high > 100 else place(right))
    if x2 > x1:
        parts.append(_BAR.format(x=x1, y=y - 4, width=round(x2 - x1, 2), rx=0 if is_open else 4, bar=BAR))
    parts.extend(
        _OPEN.format(x=end, y1=y - 7, y2=y + 7, dot=DOT)
        for end, beyond in ((0.3, low < 0), (99.7, high > 100))
        if beyond
    )
    if minimum is not None:
        parts.append(_tick(minimum, minimum_label, y))
    parts.append(_DOT.format(x=place(estimate), y=y, dot=DOT))
    return _drawing(parts, top + 2 * LINE, title, description)


def scale(cuts: Sequence[float], *, title: str, description: str) -> Markup:
    """The scale itself: 0, the cuts and 100 above a hairline; the level names stand under it as text."""
    y = LABEL_ROOM + 5
    parts = [_base(y)]
    for value in (0.0, *cuts, 100.0):
        anchor = "start" if value == 0 else "end" if value == 100 else "middle"
        at = 0.0 if value == 0 else 100.0 if value == 100 else place(value)
        parts.append(_NUMBER.format(x=at, y=LABEL_ROOM - 3, anchor=anchor, label=f"{value:g}", soft=INK_SOFT))
        parts.append(_CUT.format(x=place(value), y1=y - 4, y2=y + 4, rule=RULE))
    return _drawing(parts, y + 5, title, description)


def place(value: float) -> float:
    """Where a point of the 0-100 scale stands, in per cent of the drawing's width; clipped to the scale."""
    clipped = max(0.0, min(100.0, value))
    return round(MARGIN + clipped * (100 - 2 * MARGIN) / 100, 2)


def _base(y: int) -> Markup:
    return _BASE.format(x1=MARGIN, x2=100 - MARGIN, y=y, rule=RULE)


def _tick(minimum: float, label: str, y: int) -> Markup:
    anchor = "start" if minimum < 15 else "end" if minimum > 85 else "middle"
    return _MINIMUM.format(
        x=place(minimum),
        tx=place(minimum),
        y1=y - 8,
        y2=y + 8,
        ty=LABEL_ROOM - 3,
        anchor=anchor,
        label=label,
        ink=INK,
    )


def _drawing(parts: Sequence[Markup], height: int, title: str, description: str) -> Markup:
    return _SVG.format(
        height=height, text=TEXT_PX, title=title, description=description, drawing=Markup("").join(parts)
    )
