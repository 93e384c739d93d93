"""Comparisons: several sittings under one role (scoring.md 4), and what another role would change."""

from assessor.scoring.compare import NotComparable
from assessor.studies.comparison.build import compare_sittings
from assessor.studies.comparison.document import document, moves_document
from assessor.studies.comparison.model import Comparison, Concentration
from assessor.studies.comparison.moves import Move, moves

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
