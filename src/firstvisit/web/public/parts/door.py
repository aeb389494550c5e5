"""The doors of the public pages: who may post what and how often, and what is said when it cannot be taken."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any, Final

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from firstvisit.journey.receiving import Receipt, receive
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import Conflict
from firstvisit.practice.queries import practice
from firstvisit.steps.intake.services import Arrival, OtherBody
from firstvisit.steps.intake.sources import parse
from firstvisit.web.middleware import actor_of, client_address
from firstvisit.web.public.parts import device, languages, shown, touch
from firstvisit.web.public.parts.frame import draw, frame_of
from firstvisit.web.public.parts.limits import allowance, may_post
from firstvisit.web.readable import names_fields, unreadable_fields

log = structlog.get_logger("public")

View = Callable[..., HttpResponse]
MEDIA_TYPE: Final = "application/json"


class AlreadySent(Conflict):
    """The form of a shared device was sent before: whoever is there now is somebody else."""


class InMemory(FileUploadHandler):
    """Keeps what is uploaded in memory; how much may come is looked at before."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._kept.seek(0)
        return InMemoryUploadedFile(
            self._kept, self.field_name, self.file_name or "file", self.content_type, file_size, self.charset
        )


class SeeOther(HttpResponseRedirect):
    """303: the answer to a post stands elsewhere."""

    status_code = 303


def public_page(view: View) -> View:
    """A page that only shows: the browser does not store it, and remembers language and first touch for us."""

    @never_cache
    @require_http_methods(["GET", "HEAD"])
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _remembered(request, view(request, *args, **kwargs))

    return page


def form_page(
    view: View, *, most_bytes: int | None = None, link_of: Callable[[str], str] | None = None
) -> View:
    """A page with a form: stored by no browser, except with what was typed wrong in it, so that Back leads there from
    the page after it. Posts that cannot be read are refused in words.

    The size is looked at before the form's token is, because finding the token reads the body. `most_bytes` where a
    form takes files; they stay in memory, for nothing that a visitor sends may lie unsealed on a disk. `link_of` for a
    page behind a link that we sent: what it leads to, by its mark; "" where it is none of ours.
    """
    inner = csrf_protect(view)
    most = most_bytes or settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    @names_fields
    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if most_bytes is not None:
            request.upload_handlers = [InMemory(request)]
        link = link_of(kwargs["mark"]) if link_of is not None else ""
        no = _refusal(request, most, link) if request.method == "POST" else None
        try:
            response = no or _remembered(request, inner(request, *args, **kwargs))
        except AlreadySent:
            response = refused(request, "sent", 409)
        if response.status_code == 422 and not device.begins_at(request):
            response["Cache-Control"] = "private, no-cache"
        else:
            add_never_cache_headers(response)
        return response

    return page


def refused(request: HttpRequest, why: str, status: int) -> HttpResponse:
    """A page that says no: what happened and what to do."""
    frame = frame_of(request, unread=True)
    said = frame.words("refused")
    values = {"title": said[why], "sentence": said[f"{why}_why"]}
    return draw(request, "public/parts/refused.html", values, status, frame=frame, private=True)


def take(
    source: str,
    body: bytes,
    *,
    actor: Actor,
    token: str | None,
    joins: uuid.UUID | None = None,
    continues: uuid.UUID | None = None,
    once: bool = False,
) -> Receipt:
    """Read and keep what a form sent. BadInput names the fields; Running when a double tap is being judged. With `once`
    a form that was sent takes nothing else: AlreadySent."""
    reading = parse(source, body, today=clock.now().date(), programs=practice().program_words)
    try:
        return receive(Arrival(source, actor, body, MEDIA_TYPE, token, joins, continues), reading, waits=True)
    except OtherBody as other:
        if once:
            raise AlreadySent("this form was sent before") from other
        # They went back and corrected something: that is a new delivery of its own, and it joins the first.
        mark = f"{token}:{hashlib.sha256(body).hexdigest()[:32]}"
        return receive(Arrival(source, actor, body, MEDIA_TYPE, mark, joins, continues), reading, waits=True)


def take_post(
    request: HttpRequest,
    source: str,
    body: bytes,
    *,
    joins: uuid.UUID | None = None,
    continues: uuid.UUID | None = None,
) -> Receipt:
    """`take` for a visitor's own post, under the form's own mark."""
    mark, once = shown.token_of(request.POST), bool(device.begins_at(request))
    return take(source, body, actor=actor_of(request), token=mark, joins=joins, continues=continues, once=once)


def _refusal(request: HttpRequest, most: int, link: str) -> HttpResponse | None:
    """Why a post is not even looked at; None when it is."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        return refused(request, "large", 413)
    if not may_post(client_address(request), now=clock.now(), link=link):
        response = refused(request, "often", 429)
        response["Retry-After"] = str(int(allowance().per.total_seconds()))
        return response
    try:
        trapped = bool(request.POST.get(shown.TRAP, "").strip())
    except RequestDataTooBig:
        return refused(request, "large", 413)
    except (BadRequest, SuspiciousOperation, MultiPartParserError):
        return refused(request, "unreadable", 400)
    if trapped:
        log.info("form_trap")
        return refused(request, "trap", 422)
    if "" in unreadable_fields(request):
        return refused(request, "unreadable", 400)
    return None


def _remembered(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    device.remember(request, response)
    languages.remember(request, response)
    touch.remember(request, response)
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response
