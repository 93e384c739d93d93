"""Profiles: what one sitting says under one role (scoring.md 3), and the score document drawn from it."""

from assessor.profile.build import DRAWS, build
from assessor.profile.document import document, replayed
from assessor.profile.model import Profile
from assessor.profile.recall import Unreadable, recalled

__all__ = ["DRAWS", "Profile", "Unreadable", "build", "document", "recalled", "replayed"]
