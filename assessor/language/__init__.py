"""What depends on a language, a region or a zone, and on nothing else: for pages, print, mail, the terminal.

Every function is told the language, a code such as ``fr``, and the zone; none asks which request is being
answered. What one language does in its own way stands in ``customs``, its words in ``translations/``.
"""
