"""Reports: a profile as a page, as the same page in print, and as a PDF. Nothing here computes a number."""

from assessor.report.editions import EDITIONS, Edition, UnknownEdition, edition_of
from assessor.report.html import render, sections

__all__ = ["EDITIONS", "Edition", "UnknownEdition", "edition_of", "render", "sections"]
