"""Profiles: what one sitting says under one role (scoring.md 3), and the score document drawn from it."""

from assessor.profile.build import DRAWS, NotEnough, build
from assessor.profile.document import document, replayed
from assessor.profile.model import Profile

__all__ = ["DRAWS", "NotEnough", "Profile", "build", "document", "replayed"]
