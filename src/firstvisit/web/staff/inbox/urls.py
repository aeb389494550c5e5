"""Addresses of the Inbox."""

from __future__ import annotations

from django.urls import URLPattern, path

from firstvisit.web.staff.inbox import views
from firstvisit.web.staff.inbox.accuracy import accuracy, accuracy_file

urlpatterns: list[URLPattern] = [
    path("inbox", views.inbox, name="inbox"),
    path("inbox/signed", views.inbox_signed, name="inbox_signed"),
    path("inbox/accuracy", accuracy, name="inbox_accuracy"),
    path("inbox/accuracy.csv", accuracy_file, name="inbox_accuracy_file"),
    path("inbox/<uuid:item>", views.inbox_item, name="inbox_item"),
    path("inbox/<uuid:item>/page/<int:number>.png", views.inbox_page, name="inbox_page"),
    path("inbox/<uuid:item>/original", views.inbox_original, name="inbox_original"),
    path("inbox/<uuid:item>/undo-filing", views.inbox_undo_filing, name="inbox_undo_filing"),
    path("inbox/<uuid:item>/<slug:verb>", views.inbox_verb, name="inbox_verb"),
]
