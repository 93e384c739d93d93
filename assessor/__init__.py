"""Assessor: judgement and skills in social media, tested and reported with their uncertainty."""

__version__ = "0.1.0"
