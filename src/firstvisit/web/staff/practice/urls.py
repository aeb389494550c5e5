"""Addresses of the Practice screens."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, path, re_path

from firstvisit.web.staff.practice import views
from firstvisit.web.staff.practice.register import COLLECTIONS

_LIST: Final = rf"^practice/(?P<collection>{'|'.join(COLLECTIONS)})"
_ENTRY: Final = rf"{_LIST}/of/(?P<slug>[a-z0-9_-]{{1,60}})"

urlpatterns: list[URLPattern] = [
    path("practice", views.overview, name="practice"),
    path("practice/history", views.history, name="practice_history"),
    path("practice/changes/<int:change>/return", views.go_back, name="practice_return"),
    re_path(rf"{_LIST}$", views.listing, name="practice_list"),
    re_path(rf"{_LIST}/new$", views.new, name="practice_new"),
    re_path(rf"{_ENTRY}$", views.entry, name="practice_entry"),
    re_path(rf"{_ENTRY}/retire$", views.retire, name="practice_retire"),
    re_path(rf"{_ENTRY}/(?P<verb>verify|enable|factor|password)$", views.verb, name="practice_verb"),
]
