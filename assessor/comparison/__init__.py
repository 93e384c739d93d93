"""Comparisons: several sittings under one role (scoring.md 4), and what another role would change."""

from assessor.comparison.build import compare_sittings
from assessor.comparison.document import document, moves_document
from assessor.comparison.model import Comparison, Concentration
from assessor.comparison.moves import Move, moves
from assessor.scoring.compare import NotComparable

__all__ = [
    "Comparison",
    "Concentration",
    "Move",
    "NotComparable",
    "compare_sittings",
    "document",
    "moves",
    "moves_document",
]
