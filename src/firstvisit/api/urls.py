"""The doors for machines."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from firstvisit.api.inbound import inbound
from firstvisit.api.rest import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("in/<slug:name>", inbound, name="inbound"),
]
