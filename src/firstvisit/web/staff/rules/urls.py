"""Addresses of the rules."""

from __future__ import annotations

from django.urls import URLPattern, path

from firstvisit.web.staff.rules.editing import edit
from firstvisit.web.staff.rules.previewing import rules_preview
from firstvisit.web.staff.rules.views import begin, rules, version, version_verb

urlpatterns: list[URLPattern] = [
    path("rules", rules, name="rules"),
    path("rules/begin", begin, name="rules_begin"),
    path("rules/<int:number>", version, name="rules_version"),
    path("rules/<int:number>/preview", rules_preview, name="rules_preview"),
    path("rules/<int:number>/do/<slug:verb>", version_verb, name="rules_verb"),
    path("rules/<int:number>/<slug:name>", edit, name="rules_section"),
]
