"""Reports: a profile as a page, as the same page in print, and as a PDF. Nothing here computes a number."""

from assessor.report.html import UnknownEdition, editions, render, sections

__all__ = ["UnknownEdition", "editions", "render", "sections"]
