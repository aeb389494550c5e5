"""Addresses of the public pages."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from firstvisit.web.public.privacy import views as privacy
from firstvisit.web.public.request import views as request
from firstvisit.web.public.stop import views as stop

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="request_start")),
    path("request", request.start, name="request_start"),
    path("request/2/<str:link>", request.step2, name="request_step2"),
    path("request/done/<str:link>", request.done, name="request_done"),
    path("privacy", privacy.privacy, name="privacy"),
    path("stop/<str:mark>", stop.stop, name="stop"),
]
