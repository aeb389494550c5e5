"""Addresses that exist in the demo only."""

from __future__ import annotations

from django.urls import path

from firstvisit.web.demo import views

urlpatterns = [
    path("demo/mail", views.mail, name="demo_mail"),
    path("demo/mail/<str:name>", views.letter, name="demo_letter"),
]
