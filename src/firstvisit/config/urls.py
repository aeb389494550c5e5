"""Every address of the web server."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from firstvisit.api.urls import urlpatterns as api
from firstvisit.config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    *api,
    path("account/", include("allauth.urls")),
]
