"""Shapes and signs in templates: `{% shape "late" %}`, `{% sign a_sign %}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from firstvisit.web.ui.words import Sign

register = template.Library()


@register.simple_tag
def shape(name: str) -> SafeString:
    """One symbol of the base page; a word always stands beside it."""
    return (
        format_html('<svg class="s" aria-hidden="true"><use href="#{}"/></svg>', name)
        if name
        else SafeString("")
    )


@register.simple_tag
def sign(value: Sign, kind: str = "") -> SafeString:
    """A word with its shape; `kind="w"` lets it wrap."""
    classes = " ".join(
        part for part in ("st", kind, "hot" if value.hot else "", "ink" if value.ink else "") if part
    )
    return format_html('<span class="{}">{}{}</span>', classes, shape(value.shape), value.word)


@register.filter
def of(values: Mapping[str, Any], name: str) -> Any:
    """The value of this name, None where there is none."""
    return values.get(name)
