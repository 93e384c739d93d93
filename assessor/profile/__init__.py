"""Profiles: what one sitting says under one role (scoring.md 3), and the score document drawn from it."""

from assessor.profile.build import DRAWS, NotEnough, build
from assessor.profile.document import document, replayed
from assessor.profile.model import Answer, Profile, Sitting

__all__ = ["DRAWS", "Answer", "NotEnough", "Profile", "Sitting", "build", "document", "replayed"]
