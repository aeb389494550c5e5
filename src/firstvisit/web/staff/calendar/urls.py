"""Addresses of the calendar."""

from __future__ import annotations

from django.urls import URLPattern, path

from firstvisit.web.staff.calendar.views import calendar

urlpatterns: list[URLPattern] = [
    path("calendar", calendar, name="calendar"),
]
