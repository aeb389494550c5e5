"""Every address of the web server."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from firstvisit.api.urls import urlpatterns as api
from firstvisit.config import health
from firstvisit.web.demo.urls import urlpatterns as demo
from firstvisit.web.public.urls import urlpatterns as public
from firstvisit.web.staff.urls import urlpatterns as staff
from firstvisit.web.ui.refusals import handler400, handler403, handler404, handler500  # noqa: F401

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    *api,
    *public,
    *staff,
    *demo,
]
