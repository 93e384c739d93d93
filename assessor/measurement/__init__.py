"""From items, a domain and a role to the numbers that scoring needs, and what they can say beforehand."""

from assessor.measurement.design import (
    Expected,
    Floats,
    area_weights,
    composite_weights,
    design_of,
    expected,
    form_digest,
    unit_weights,
)

__all__ = [
    "Expected",
    "Floats",
    "area_weights",
    "composite_weights",
    "design_of",
    "expected",
    "form_digest",
    "unit_weights",
]
