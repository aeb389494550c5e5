"""Download a guide: a short form, then the guide at once. Works without JavaScript."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify

from firstvisit.kernel.errors import BadInput
from firstvisit.steps.intake.models import Guide
from firstvisit.steps.intake.outreach import pdf_of
from firstvisit.steps.intake.services import Running
from firstvisit.steps.intake.sources import answers as form_answers
from firstvisit.web.public.parts import links, shown, soon
from firstvisit.web.public.parts.door import SeeOther, form_page, public_page, refused, take_post
from firstvisit.web.public.parts.frame import Frame, choices, draw, frame_of
from firstvisit.web.public.parts.languages import switches
from firstvisit.web.public.parts.touch import touches_of
from firstvisit.web.readable import unreadable_fields

FIELDS: Final = ("first_name", "email", "timing", "may_email")
_GROUPS: Final = {"timing": "timing-asap"}
_TIMINGS: Final = ("asap", "two_weeks", "within_month", "later", "not_sure")


@form_page
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """The form before one guide; 404 once it is taken back."""
    found = _offered(slug)
    if found is None:
        return refused(request, "gone", 404)
    frame = frame_of(request)
    typed = shown.typed_on(request, FIELDS, language=frame.language, groups=_GROUPS)
    if request.method != "POST" or switches(request):
        return _page(request, frame, found, typed.shown())
    try:
        if problems := shown.damaged(typed.answers, unreadable_fields(request), FIELDS):
            raise BadInput(problems)
        came, about = touches_of(request), {"title": found.title, "slug": found.slug}
        body = form_answers.kept(typed.answers, guide=about, language=frame.language, came=came)
        receipt = take_post(request, "guide", body)
    except BadInput as bad:
        return _page(request, frame, found, typed.shown(bad.problems), status=422)
    except Running:
        return refused(request, "saving", 409)
    link = links.link_to("guide_ready", receipt.item)
    return SeeOther(reverse("guide_ready", args=[found.slug, link]))


@public_page
def ready(request: HttpRequest, slug: str, link: str) -> HttpResponse:
    """The guide itself, one press away."""
    found = _offered(slug)
    if found is None or links.behind("guide_ready", link) is None:
        return refused(request, "link", 404)
    frame = frame_of(request)
    words = frame.words("guide")
    press = words["download" if found.document_id else "open"].format(title=found.title)
    address = reverse("guide_file", args=[slug, link]) if found.document_id else found.address
    # Only our own address ends: a page of somebody else stays where it is.
    ours = found.document_id is not None
    values = {"t": words, "press": press, "address": address, "ours": ours, "lang_of": found.language}
    values |= soon.by_site(frame)
    return draw(request, "public/guide/ready.html", values, frame=frame, private=True)


@public_page
def file(request: HttpRequest, slug: str, link: str) -> HttpResponse:
    """The PDF, as a file to keep."""
    found = _offered(slug)
    if found is None or found.document_id is None or links.behind("guide_ready", link) is None:
        return refused(request, "link", 404)
    name = slugify(found.title) or "guide"
    response = HttpResponse(pdf_of(found), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name[:80]}.pdf"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _offered(slug: str) -> Guide | None:
    guides = Guide.objects.select_related("document__key")
    return guides.filter(slug=slug, ended_at__isnull=True).first()


def _page(
    request: HttpRequest, frame: Frame, found: Guide, page: shown.Shown, status: int = 200
) -> HttpResponse:
    words = frame.words("guide")
    timings = ((timing, words[f"timing_{timing}"]) for timing in _TIMINGS)
    values: dict[str, Any] = {
        "t": words,
        "guide": found,
        "shown": page,
        "fields": page.fields,
        "timings": choices(timings, page.fields["timing"].value),
        "boxes": [("may_email", *frame.wording("email-guide"), bool(page.fields["may_email"].value))],
    }
    return draw(request, "public/guide/guide.html", values, status, frame=frame, form=True)
