"""The doors for machines."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, URLResolver, path, re_path

from firstvisit.api.calendars import calendar
from firstvisit.api.fhir import views as fhir
from firstvisit.api.inbound import inbound
from firstvisit.api.rest import api
from firstvisit.api.services import READ

_KINDS: Final = "|".join(READ)

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("in/<slug:name>", inbound, name="inbound"),
    path("calendars/<str:secret>.ics", calendar, name="calendar_feed"),
    path("fhir/metadata", fhir.metadata, name="fhir_metadata"),
    path("fhir", fhir.take, name="fhir"),
    path("fhir/Bundle", fhir.take, {"kind": "Bundle"}, name="fhir_bundle"),
    re_path(rf"^fhir/(?P<kind>{_KINDS})$", fhir.kind, name="fhir_kind"),
    re_path(rf"^fhir/(?P<kind>{_KINDS})/(?P<number>[0-9a-f-]{{36}}(?:\.[0-9]{{1,2}})?)$", fhir.one, name="fhir_one"),
]
