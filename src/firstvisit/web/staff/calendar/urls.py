"""Addresses of the calendar."""

from __future__ import annotations

from django.urls import URLPattern, path

from firstvisit.web.staff.calendar.book import book_here
from firstvisit.web.staff.calendar.elsewhere import elsewhere, revoke_one
from firstvisit.web.staff.calendar.groups import group_close, group_list
from firstvisit.web.staff.calendar.next import next_available
from firstvisit.web.staff.calendar.views import calendar
from firstvisit.web.staff.calendar.visit import became

urlpatterns: list[URLPattern] = [
    path("calendar", calendar, name="calendar"),
    path("calendar/book", book_here, name="calendar_book"),
    path("calendar/groups", group_list, name="calendar_groups"),
    path("calendar/groups/<uuid:number>/close", group_close, name="calendar_group_close"),
    path("calendar/next", next_available, name="calendar_next"),
    path("calendar/elsewhere", elsewhere, name="calendar_elsewhere"),
    path("calendar/elsewhere/<uuid:number>", revoke_one, name="calendar_revoke"),
    path("calendar/visits/<uuid:number>", became, name="calendar_visit"),
]
