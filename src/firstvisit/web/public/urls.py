"""Addresses of the public pages."""

from __future__ import annotations

from django.urls import path, re_path
from django.views.generic import RedirectView

from firstvisit.web.public.book import views as book
from firstvisit.web.public.card import views as card
from firstvisit.web.public.estimate import views as estimate
from firstvisit.web.public.event import views as event
from firstvisit.web.public.guide import views as guide
from firstvisit.web.public.preferences import views as preferences
from firstvisit.web.public.privacy import views as privacy
from firstvisit.web.public.refer import views as refer
from firstvisit.web.public.request import views as request
from firstvisit.web.public.status import ask as status_ask
from firstvisit.web.public.status import views as status
from firstvisit.web.public.stop import views as stop

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="request_start", query_string=True)),
    path("request", request.start, name="request_start"),
    path("request/2/<str:link>", request.step2, name="request_step2"),
    path("request/done/<str:link>", request.done, name="request_done"),
    path("refer", refer.refer, name="refer"),
    path("refer/organization", refer.enquiry, name="refer_enquiry"),
    path("refer/again/<str:link>", refer.refer, name="refer_again"),
    path("refer/done/<str:link>", refer.done, name="refer_done"),
    path("status", status_ask.ask, name="status_ask"),
    path("status/<str:mark>", status.status, name="status"),
    path("estimate/<str:mark>", estimate.estimate, name="estimate_page"),
    path("book/<str:mark>", book.book, name="book"),
    path("book/<str:mark>/move", book.move, name="book_move"),
    path("book/<str:mark>/cancel", book.cancel, name="book_cancel"),
    path("book/<str:mark>/later/<uuid:number>", book.later, name="book_later"),
    path("book/<str:mark>/later/<uuid:number>/move", book.move_later, name="book_move_later"),
    path("book/<str:mark>/later/<uuid:number>/cancel", book.cancel_later, name="book_cancel_later"),
    path("book/<str:mark>/when", book.tell_when, name="book_when"),
    path("book/<str:mark>/visit.ics", book.calendar, name="book_calendar"),
    path("event/<slug:slug>", event.event, name="event"),
    path("event/<slug:slug>/done/<str:link>", event.done, name="event_done"),
    path("guide/<slug:slug>", guide.guide, name="guide"),
    path("guide/<slug:slug>/ready/<str:link>", guide.ready, name="guide_ready"),
    path("guide/<slug:slug>/file/<str:link>", guide.file, name="guide_file"),
    path("preferences/<str:mark>", preferences.preferences, name="preferences"),
    path("privacy", privacy.privacy, name="privacy"),
    path("card/<str:mark>", card.card, name="card"),
    re_path(r"^[Cc][Aa][Rr][Dd]/(?P<mark>[^/]+)$", card.card),  # it is read out, and typed in any capitals
    path("card/photos/<str:proof>", card.photos, name="card_photos"),
    path("stop/<str:mark>", stop.stop, name="stop"),
]
