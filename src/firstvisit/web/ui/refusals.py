"""The pages that say no: each with a status, one sentence what happened and one what to do."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from firstvisit.kernel.errors import DatabaseUnreachable, Problem

_CONFLICTS = {
    "somebody else is working on this lead": "Somebody else is working on this lead right now.",
    "this lead is closed": "This lead is closed. Reopen it first.",
    "this task is no longer open": "This task is no longer open; somebody was faster.",
}

_FIELDS = {
    "q": "the search",
    "login": "E-mail address",
    "password": "Password",
    "oldpassword": "Password now",
    "password1": "New password",
    "password2": "New password again",
    "code": "Code",
    "reason": "Why",
}
"""Names of fields as their pages label them."""
_TYPED: Final = ("words", "reason", "message")
"""Fields in which somebody writes sentences."""
FOR_MACHINES: Final = {
    400: "this request cannot be read; send its address in UTF-8, percent-encoded, to a host of ours",
    404: "there is nothing at this address; the addresses stand in /api/v1/openapi.json",
    405: "this address does not take this method; those it takes stand in the header Allow",
}
"""What the API says where no operation of its own answered."""


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404. Also what lies outside a person's scope: the page does not tell which."""
    user = getattr(request, "user", None)
    parts = request.path.strip("/").split("/")
    glass = (
        len(parts) >= 2
        and parts[0] == "leads"
        and user is not None
        and user.is_authenticated
        and user.may("break_glass")
    )
    return _page(
        request,
        404,
        "There is nothing here for you.",
        "Either it does not exist, or it is outside what your role sees.",
        code=parts[1][:24] if glass else "",
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: an address or a form with bytes that are no text."""
    return _page(
        request,
        400,
        "This could not be read.",
        "Its address or its form has characters that are no text (no UTF-8). "
        "Go back, type it again and send it once more.",
        bare=True,
    )


def unreadable_form(request: HttpRequest, fields: Sequence[str]) -> HttpResponse:
    """400: names the fields whose bytes are no text, by what stands beside them on the page."""
    names = list(dict.fromkeys(_FIELDS.get(field, "a field of the form") for field in fields))
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return _page(
        request,
        400,
        "This could not be read.",
        f"Nothing was changed. Some letters did not arrive well in: {listed}. Go back and type this again.",
        bare=True,
    )


def for_machines(answer: HttpResponse) -> HttpResponse:
    """The same refusal in the API's own form; an answer that is JSON already stays as it is."""
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        return answer
    problem = {"field": "path", "message": FOR_MACHINES[answer.status_code]}
    said = JsonResponse({"problems": [problem]}, status=answer.status_code)
    if "Allow" in answer.headers:
        said["Allow"] = answer["Allow"]
    return said


def as_outcome(answer: HttpResponse) -> HttpResponse:
    """The same refusal as FHIR says it (hl7.org/fhir/R4/operationoutcome.html); what is JSON already stays as it is."""
    if "json" in answer.headers.get("Content-Type", ""):
        return answer
    code = {400: "invalid", 404: "not-found", 405: "not-supported"}[answer.status_code]
    said = FOR_MACHINES[answer.status_code].replace("/api/v1/openapi.json", "/fhir/metadata")
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code, "diagnostics": said}]}
    return JsonResponse(outcome, status=answer.status_code, content_type="application/fhir+json")


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403: the form came from another site, or its page was open too long."""
    return _page(
        request,
        403,
        "This form is no longer valid.",
        "Nothing was changed. Go back, load the page again, and send the form once more. "
        "Cookies must be allowed.",
        bare=True,
    )


def bad_input(request: HttpRequest, problems: Sequence[Problem]) -> HttpResponse:
    """422: names each field and what to enter instead."""
    return _page(
        request, 422, "This cannot be used yet.", "Go back and mend what is named here.", problems=problems
    )


def conflict(request: HttpRequest, why: str, *, lead: str = "") -> HttpResponse:
    """409: somebody was faster. What was typed is shown, so that it is not lost; `lead` is where to go on."""
    words = _CONFLICTS.get(why, why[:1].upper() + why[1:] + ".")
    typed = [request.POST[name] for name in _TYPED if request.POST.get(name, "").strip()]
    sentence = "Nothing was changed. Load the page again to see how it stands."
    return _page(request, 409, words, sentence, lead=lead, typed=typed)


def not_set_up(request: HttpRequest, problems: Sequence[str]) -> HttpResponse:
    """503: the practice is not set up."""
    return _page(
        request, 503, "This practice is not set up yet.", "An administrator runs: firstvisit setup", bare=True
    )


def unreachable(request: HttpRequest) -> HttpResponse:
    """503: no database."""
    response = _page(
        request,
        503,
        "We cannot reach our records right now.",
        "Nothing is lost. Try again in a minute; if it stays so, call your administrator.",
        bare=True,
    )
    response["Retry-After"] = "30"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when what failed was the database."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError | DatabaseUnreachable):
        return unreachable(request)
    return _page(
        request,
        500,
        "Something went wrong on our side.",
        "It was noted for the engineer. Go back and try again; nothing you typed was sent anywhere else.",
        bare=True,
    )


handler400 = bad_request
handler403 = forbidden
handler404 = not_found
handler500 = server_error


def _page(
    request: HttpRequest,
    status: int,
    title: str,
    sentence: str,
    *,
    problems: Sequence[Problem] = (),
    code: str = "",
    lead: str = "",
    typed: Sequence[str] = (),
    bare: bool = False,
) -> HttpResponse:
    """`bare` pages ask the database nothing: it may be what is broken."""
    values: dict[str, object] = {"title": title, "sentence": sentence, "problems": problems, "code": code}
    values |= {"lead": lead, "typed": typed, "bare": bare}
    html = render_to_string("ui/refused.html", values, None if bare else request)
    return HttpResponse(html, status=status)
