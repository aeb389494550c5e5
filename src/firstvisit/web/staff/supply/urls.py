"""Addresses of Supply."""

from __future__ import annotations

from django.urls import URLPattern, path

from firstvisit.web.staff.supply import unfit, views

urlpatterns: list[URLPattern] = [
    path("supply", views.listing, name="supply"),
    path("supply/close", views.close, name="supply_close"),
    path("supply/unfit", unfit.unfit, name="supply_unfit"),
    path("supply/of/<slug:slug>", views.one, name="supply_of"),
    path("supply/of/<slug:slug>/<slug:verb>", views.verb, name="supply_verb"),
    path("supply/changes/<uuid:change>/drop", views.drop_change, name="supply_drop_change"),
]
