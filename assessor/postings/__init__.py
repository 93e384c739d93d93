"""Postings read by a lexicon: which duties call for which competencies, in the posting's own sentences."""

from assessor.postings.reading import MOST, Reading, Tie, Unreadable, Unsettled, read
from assessor.postings.role import proposed, written

__all__ = ["MOST", "Reading", "Tie", "Unreadable", "Unsettled", "proposed", "read", "written"]
