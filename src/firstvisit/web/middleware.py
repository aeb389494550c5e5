"""What stands around every page: refusals in plain words, and the rules of a staff session."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote_to_bytes, urlencode

import structlog
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from firstvisit.kernel import addresses, audit
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, ConfigurationError, Conflict, DatabaseUnreachable, NotAllowed
from firstvisit.web import accounts, readable
from firstvisit.web.ui import refusals

log = structlog.get_logger("web")

Response = Callable[[HttpRequest], HttpResponse]

UNREACHABLE: Final = (OperationalError, InterfaceError, DatabaseUnreachable)
ACTIVE_AT: Final = "active_at"
"""Session key: when the person last did something, in seconds since 1970; polling is not doing something."""

_LEAD_PATH: Final = re.compile(r"^/leads/([Ll]-?\d{1,18})(?:/|$)")
_BEFORE_ENROLMENT: Final = {
    "mfa_activate_totp",
    "account_reauthenticate",
    "account_logout",
    "account_login",
    "changes",
}


def client_address(request: HttpRequest) -> str:
    """The caller's IP address, as many hops from the end of X-Forwarded-For as we have proxies."""
    meta = request.META
    return addresses.client_address(
        meta.get("REMOTE_ADDR", ""),
        meta.get("HTTP_X_FORWARDED_FOR", ""),
        settings.ENVIRONMENT.trusted_proxies,
    )


def actor_of(request: HttpRequest) -> Actor:
    """Who acts in this request, for timeline and audit."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return Actor("user", str(user.pk), client_address(request))
    return Actor("public", "", client_address(request))


class Refusals:
    """Turns what services refuse into a page with a status and plain words.

    NotAllowed is a 404 that tells nothing, with an audit row; a database that does not answer is a 503.
    """

    def __init__(self, get_response: Response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request) if _readable(request) else refusals.bad_request(request)
        if request.path.startswith("/api/") and answer.status_code in refusals.FOR_MACHINES:
            return refusals.for_machines(answer)
        if f"{request.path}/".startswith("/fhir/") and answer.status_code in refusals.FOR_MACHINES:
            return refusals.as_outcome(answer)
        return answer

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """A form that is no text never reaches a view that could not name the field."""
        if request.content_type != readable.URLENCODED or getattr(view, "names_fields", False):
            return None
        try:
            fields = readable.unreadable_fields(request)
        except RequestDataTooBig:
            return None  # the page says so in its own words
        return refusals.unreadable_form(request, fields) if fields else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if isinstance(error, NotAllowed):
            self._note(request, error.capability)
            return refusals.not_found(request)
        if isinstance(error, BadInput):
            return refusals.bad_input(request, error.problems)
        if isinstance(error, Conflict):
            return refusals.conflict(request, str(error), lead=error.lead)
        if isinstance(error, ConfigurationError):
            return refusals.not_set_up(request, error.problems)
        if isinstance(error, UNREACHABLE):
            log.error("database_unreachable", error=type(error).__name__)
            return refusals.unreachable(request)
        return None

    def _note(self, request: HttpRequest, capability: str) -> None:
        found = _LEAD_PATH.match(request.path)
        match = request.resolver_match
        kind = "lead" if found else "page"
        subject = found[1].upper() if found else (match.url_name if match else None)
        audit.note(actor_of(request), "refused", kind, [subject] if subject else [], why=capability)


class Staff:
    """Automatic sign-off, and the second factor before anything else."""

    def __init__(self, get_response: Response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "_cached_user", None)
        if user is not None and user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return None
        name = request.resolver_match.url_name if request.resolver_match else None
        if self._idle(request, polling=name == "changes"):
            audit.note(actor_of(request), "signed_off", "user", [request.user.pk])
            logout(request)
            return self._signed_off(request, polling=name == "changes")
        if settings.SECOND_FACTOR and name not in _BEFORE_ENROLMENT and not _enrolled(request):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return None

    def _idle(self, request: HttpRequest, *, polling: bool) -> bool:
        """Whether the session was left alone too long; if not, notes the activity, at most once a minute."""
        limit = settings.ENVIRONMENT.signoff_minutes * 60
        now, last = time.time(), request.session.get(ACTIVE_AT)
        if last is not None and now - last > limit:
            return True
        if last is None or (not polling and now - last > min(60, limit / 4)):
            request.session[ACTIVE_AT] = now
        return False

    def _signed_off(self, request: HttpRequest, *, polling: bool) -> HttpResponse:
        if polling:
            return JsonResponse({"signed_off": True}, status=401)
        back = request.get_full_path() if request.method == "GET" else reverse("today")
        return HttpResponseRedirect(
            f"{reverse('account_login')}?{urlencode({'next': back, 'signed_off': 1})}"
        )


def _enrolled(request: HttpRequest) -> bool:
    return bool(Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists())


def _readable(request: HttpRequest) -> bool:
    """Whether path and query are UTF-8 without NUL."""
    query = request.META.get("QUERY_STRING", "").encode("latin-1", "replace")
    return "\x00" not in request.path and readable.is_text(unquote_to_bytes(query))


accounts.listen()
