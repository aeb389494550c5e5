"""Words of the Practice screens in templates."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

from firstvisit.web.staff.practice.fields import DAYS
from firstvisit.web.staff.practice.register import Collection

register = template.Library()


@register.filter
def weekday(day: str) -> str:
    """ "mon" as Monday."""
    return DAYS[day]


@register.filter
def head(column: int, heads: Sequence[str]) -> str:
    """The heading of a cell; the first heading belongs to the name before the cells."""
    return heads[column + 1]


@register.filter
def labelled(field: str, collection: Collection) -> str:
    """A field's label."""
    return next((one.label for one in collection.fields if one.name == field), field)
