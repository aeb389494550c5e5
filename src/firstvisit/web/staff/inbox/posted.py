"""What the buttons and keys of a document post: each reads its form, calls one service, and says where to go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from firstvisit.journey.booking import end_settled
from firstvisit.journey.inbox import ending, filing, seeing, signed, unfiling, verbs
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.practice.models import User
from firstvisit.steps.intake import deliveries
from firstvisit.steps.intake.models import Item


def _here(found: Item, **where: object) -> str:
    asked = {name: value for name, value in where.items() if value}
    return reverse("inbox_item", args=[found.id]) + (f"?{urlencode(asked)}" if asked else "")


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        raise BadInput([Problem(name, "Enter a whole number.")])
    return int(text)


def _answer(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    """One field: what stands in it is confirmed, or corrected where it is another text than was shown."""
    part, _, path = request.POST.get("key", "").partition(".")
    verb, text = request.POST.get("verb", ""), request.POST.get("text", "")
    if not (part.isascii() and part.isdecimal() and len(part) < 4):
        raise BadInput([Problem("key", "There is no such field.")])
    if take := request.POST.get("take", ""):
        verb, text = "corrected", take
    elif verb == "confirmed" and text.strip() != request.POST.get("was", ""):
        verb = "corrected"
    verbs.answer(found, user, actor=actor, part=int(part), path=path[:80], verb=verb, text=text[:4000])
    return _here(found)


def _add(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    """Whatever was typed of what was not read."""
    part = _number(request, "part")
    for path, text in zip(request.POST.getlist("path"), request.POST.getlist("text"), strict=False):
        if path and text.strip():
            verbs.answer(found, user, actor=actor, part=part, path=path[:80], verb="corrected", text=text[:4000])
    return _here(found)


def _clear(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    verbs.confirm_clear(found, user, actor=actor, only=_number(request, "part"))
    return _here(found)


def _arrange(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    how = request.POST.get("how", "")
    page = _number(request, "page") if how in ("cut", "move") else 0
    part = _number(request, "part") if how in ("merge", "move") else 0
    verbs.arrange(found, user, actor=actor, how=how, page=page, part=part)
    return _here(found, page=page, asked=1)


def _turn(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    page = _number(request, "page")
    verbs.turn(found, user, actor=actor, page=page, degrees=_number(request, "degrees"))
    return _here(found, page=page)


def _read_again(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    verbs.read_once_more(found, user, actor=actor)
    return _here(found, asked=1)


def _goes(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    lead = request.POST.get("lead", "").strip()[:20]
    verbs.goes_to(found, user, actor=actor, part=_number(request, "part"), lead=lead)
    return _here(found)


def _drop(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    verbs.drop(found, user, actor=actor, part=_number(request, "part"), reason=request.POST.get("reason", ""))
    return _here(found)


def _undo(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    verbs.undo(found, user, actor=actor)
    return _here(found)


def _note(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    verbs.note(found, user, actor=actor, words=request.POST.get("words", ""))
    return _here(found)


def _hand_over(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    chosen = _uuid(request.POST.get("to", ""))
    to = User.objects.select_related("role").filter(id=chosen).first() if chosen is not None else None
    if to is None:
        raise BadInput([Problem("to", "Choose a colleague.")])
    verbs.hand_over(found, user, actor=actor, to=to, words=request.POST.get("words", ""))
    return reverse("inbox")


def _looked(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    ending.looked(found, user, actor=actor, words=request.POST.get("words", ""))
    return reverse("inbox") if seeing.may_open(user) else reverse("today")


def _not_a_referral(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    ending.not_a_referral(found, user, actor=actor, reason=request.POST.get("reason", ""))
    return f"{_next_of(user)}?{urlencode({'signed': str(found.id)})}"


def _take_back(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    waits = signed.take_back(found, user, actor=actor)
    return _here(waits) if waits.status in seeing.UNSETTLED else reverse("inbox")


def _filed_by_mistake(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    return _here(unfiling.take_back(found, user, actor=actor, reason=request.POST.get("reason", "")))


def _looked_at_unread(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    verbs.looked_at_unread(found, user, actor=actor)
    return _here(found)


def _answered(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    lead, words = request.POST.get("lead", "").strip()[:20], request.POST.get("words", "")
    ending.answered(found, user, actor=actor, lead=lead, words=words)
    return _next_of(user)


def _visit_ended(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    said = {name: request.POST.get(name, "").strip() for name in ("lead", "ended", "ended_on", "words")}
    end_settled.note(
        found, user, actor=actor, lead=said["lead"][:20], what=said["ended"], on=said["ended_on"][:20],
        words=said["words"],
    )  # fmt: skip
    return _next_of(user)


def _end_stays(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    end_settled.leave(found, user, actor=actor, lead=request.POST.get("lead", "").strip()[:20])
    return _next_of(user)


def _file(request: HttpRequest, found: Item, user: User, actor: Actor) -> str:
    receipt = filing.file(found, user, actor=actor)
    codes = [code for code in (receipt.code, *receipt.others) if code]
    return f"{_next_of(user)}?{urlencode({'filed': ','.join(codes), 'document': str(found.id)})}"


def _next_of(user: User) -> str:
    rows = [row for row in seeing.listed(user) if deliveries.is_document(row.item)]
    return reverse("inbox_item", args=[rows[0].item.id]) if rows else reverse("inbox")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


VERBS: Final[dict[str, Callable[[HttpRequest, Item, User, Actor], str]]] = {
    "answer": _answer,
    "add": _add,
    "clear": _clear,
    "arrange": _arrange,
    "turn": _turn,
    "read-again": _read_again,
    "goes": _goes,
    "drop": _drop,
    "undo": _undo,
    "note": _note,
    "hand-over": _hand_over,
    "looked": _looked,
    "looked-at-unread": _looked_at_unread,
    "take-back": _take_back,
    "filed-by-mistake": _filed_by_mistake,
    "not-a-referral": _not_a_referral,
    "answered": _answered,
    "visit-ended": _visit_ended,
    "end-stays": _end_stays,
    "file": _file,
}
