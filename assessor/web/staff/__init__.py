"""Pages for those who run this server. Behind a key."""

from assessor.web.staff import operator

BLUEPRINTS = (operator.blueprint,)
