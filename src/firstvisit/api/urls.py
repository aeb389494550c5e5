"""The doors for machines."""

from __future__ import annotations

from django.urls import path

from firstvisit.api.rest import api

urlpatterns = [path("api/v1/", api.urls)]
