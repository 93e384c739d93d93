"""Pages that are open to everybody."""

from assessor.web.public import home, workshop

BLUEPRINTS = (home.blueprint,)
#: For those who build pages.
IN_DEBUG_MODE = (workshop.blueprint,)
