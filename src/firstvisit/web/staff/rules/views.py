"""Rules: the versions, one version with what it changes, and what is done with a draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from firstvisit.journey.policy import actions
from firstvisit.journey.queries import answered_proposals, still_to_plan
from firstvisit.journey.signing import with_tasks
from firstvisit.kernel import audit, clock
from firstvisit.kernel.errors import BadInput, ConfigurationError, Conflict, NotAllowed, Problem
from firstvisit.practice import drafting, policy, queries, services, signing
from firstvisit.practice.models import PolicyVersion, User
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.rules import versions
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

MOST_VERSIONS: Final = 100
LONGEST_NOTE: Final = 200
STATUS: Final = {"draft": "draft", "live": "live", "retired": "was live", "dropped": "dropped"}


@require_GET
@screen("practice.see")
def rules(request: HttpRequest) -> HttpResponse:
    """What is live, which drafts wait, and every version."""
    return _listing(request)


def _listing(request: HttpRequest, wrong: str = "") -> HttpResponse:
    """The page; `wrong` says why no draft was begun."""
    user = staff(request)
    rows = list(
        PolicyVersion.objects.select_related("drafted_by", "changed_by", "signed_by", "ready_by").order_by("-number")
    )
    waiting, leads = still_to_plan()
    live = next((row for row in rows if row.status == "live"), None)
    context = {
        "live": _line(request, live) if live else None,
        "drafts": [_line(request, row) for row in rows if row.status == "draft"],
        "rows": [_line(request, row) for row in rows[:MOST_VERSIONS]],
        "sections": [
            {"name": name, "title": title, "sentence": sentence}
            for name in sorted(policy.registered(), key=_place)
            for title, sentence in (versions.titled(name),)
        ],
        "edits": user.may("practice.edit"),
        "waiting": waiting,
        "planned": leads - waiting,
        "open_leads": leads,
        "proposals": _proposals(),
        "wrong": wrong,
        "note": request.POST.get("note", ""),
        "longest_note": LONGEST_NOTE,
    }
    return render(request, "staff/rules/rules.html", context, status=422 if wrong else 200)


@require_GET
@screen("practice.see")
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version: what it changes against the live rules, or against the version before it."""
    return _page(request, _version(number))


@require_POST
@screen("practice.edit")
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft from the live rules, once it is said what it is for: whoever signs it reads that first."""
    try:
        draft = drafting.begin_draft(by=staff(request), note=_what_for(request))
    except BadInput as bad:
        return _listing(request, bad.problems[0].message)
    _noted(request, "rules_drafted", draft)
    return HttpResponseRedirect(reverse("rules_version", args=[draft.number]), status=303)


def _what_for(request: HttpRequest) -> str:
    """What a draft is for, as typed; BadInput where nothing is said, or too much."""
    note = request.POST.get("note", "").strip()
    if not note:
        raise BadInput([Problem("note", "Say what the draft is for.")])
    if len(note) > LONGEST_NOTE:
        raise BadInput([Problem("note", f"Say what the draft is for in at most {LONGEST_NOTE} characters.")])
    return note


@require_POST
@screen("practice.see")
def version_verb(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """Sign, drop, renew, return to, or note a version."""
    found = _version(number)
    if verb not in VERBS:
        raise NotAllowed(verb)
    try:
        after = with_tasks(lambda: VERBS[verb](request, found, staff(request)))
    except BadInput as bad:
        return _page(request, _version(number), refused=bad.problems[0].message, status=422)
    except (Conflict, ConfigurationError) as error:
        return _page(request, _version(number), refused=str(error))
    _noted(request, f"rules_{verb}", after)
    return HttpResponseRedirect(reverse("rules_version", args=[after.number]), status=303)


def _sign(request: HttpRequest, found: PolicyVersion, user: User) -> PolicyVersion:
    return services.sign_policy(found.number, signed_by=user, edits=_seen(request))


def _ready(request: HttpRequest, found: PolicyVersion, user: User) -> PolicyVersion:
    return drafting.say_ready(found.number, by=user, edits=_seen(request))


def _write_on(request: HttpRequest, found: PolicyVersion, user: User) -> PolicyVersion:
    return drafting.take_back_ready(found.number, by=user)


def _drop(request: HttpRequest, found: PolicyVersion, user: User) -> PolicyVersion:
    return drafting.drop_draft(found.number, by=user)


def _renew(request: HttpRequest, found: PolicyVersion, user: User) -> PolicyVersion:
    return drafting.renew_draft(found.number, by=user)


def _return(request: HttpRequest, found: PolicyVersion, user: User) -> PolicyVersion:
    return drafting.return_to(found.number, by=user)


def _note(request: HttpRequest, found: PolicyVersion, user: User) -> PolicyVersion:
    edits = _edits(request)
    return drafting.change_draft(
        found.number,
        by=user,
        edits=found.edits if edits is None else edits,
        changes={},
        note=_what_for(request),
    )


VERBS: Final[dict[str, Callable[[HttpRequest, PolicyVersion, User], PolicyVersion]]] = {
    "ready": _ready,
    "write_on": _write_on,
    "sign": _sign,
    "drop": _drop,
    "renew": _renew,
    "return": _return,
    "note": _note,
}


def _page(request: HttpRequest, found: PolicyVersion, *, refused: str = "", status: int = 409) -> HttpResponse:
    user = staff(request)
    live = PolicyVersion.objects.filter(status="live").first()
    draft = found.status == "draft"
    before = live if draft else PolicyVersion.objects.filter(number=found.base).first()
    known = policy.read(before.sections if before else {}, before.number if before else 0).as_json()
    lines = versions.sections_of(found, known, queries.practice())
    context: dict[str, Any] = {
        "version": _line(request, found),
        "draft": draft,
        "before": before.number if before else 0,
        "sections": lines,
        "changes": sum(len(line.changes) for line in lines),
        "refused": refused,
        "edits": draft and user.may("practice.edit"),
        **(_signing(found, user) if draft else {}),
        "may_return": user.may("practice.edit") and found.status in ("retired", "dropped"),
        "why_not": versions.why_not_sign(found, live, user) if draft else "",
        "overtaken": draft and live is not None and live.number > found.number,
        **_carried(found),
    }
    return render(request, "staff/rules/version.html", context, status=status if refused else 200)


def _signing(found: PolicyVersion, user: User) -> dict[str, Any]:
    """Who wrote the draft, who may sign it, and whether this person may say that it is ready."""
    who = signing.signing(found)
    return {
        "authors": signing.names(who.authors) if who.authors else "",
        "signers": signing.names(who.signers) if who.signers else "",
        "signers_n": len(who.signers),
        "signers_from": who.not_before,
        "wrote": user in who.authors or not any(one.is_active for one in who.authors),
    }


def _carried(found: PolicyVersion) -> dict[str, list[str]]:
    """Of a draft: what the practice cannot carry, and what somebody should look at before it is signed."""
    if found.status != PolicyVersion.Status.DRAFT:
        return {"unmet": [], "looks": []}
    rules, ground = policy.read(found.sections, found.number), drafting.ground()
    return {
        "unmet": [versions.placed(problem) for problem in policy.unmet(rules, ground)],
        "looks": [versions.placed(problem) for problem in policy.warned(rules, ground)],
    }


def _line(request: HttpRequest, row: PolicyVersion) -> dict[str, Any]:
    """One version as the pages name it."""
    zone, now = site_of(request, staff(request)).tz, clock.now()
    drafted = row.drafted_by.name if row.drafted_by else "nobody in particular"
    return {
        "number": row.number,
        "url": reverse("rules_version", args=[row.number]),
        "status": STATUS[row.status],
        "note": row.note,
        "edits": row.edits,
        "drafted_by": drafted,
        "drafted_at": words.moment(row.drafted_at, zone, now),
        "changed_by": row.changed_by.name if row.changed_by else "",
        "changed_at": words.moment(row.changed_at, zone, now) if row.changed_at else "",
        "signed_by": row.signed_by.name if row.signed_by else "",
        "ready": row.ready_at is not None,
        "ready_by": row.ready_by.name if row.ready_by else "the practice files",
        "ready_at": words.moment(row.ready_at, zone, now) if row.ready_at else "",
        "live_from": words.moment(row.live_from, zone, now) if row.live_from else "",
    }


def _proposals() -> list[dict[str, Any]]:
    """How often the last proposals of each kind were accepted unchanged, and its switch."""
    from firstvisit.journey.policy import Switches
    from firstvisit.practice.queries import live_policy

    switches, answered = live_policy().section(Switches), answered_proposals()
    return [
        {
            "words": text,
            "switch": getattr(switches, action),
            "accepted": answered.get(action, (0, 0))[0],
            "answered": answered.get(action, (0, 0))[1],
        }
        for action, text in actions().items()
    ]


def _place(name: str) -> int:
    known = list(versions.SECTIONS)
    return known.index(name) if name in known else len(known)


def _version(number: int) -> PolicyVersion:
    rows = PolicyVersion.objects.select_related("drafted_by", "changed_by", "signed_by", "ready_by")
    found = rows.filter(number=number).first()
    if found is None:
        raise NotAllowed("practice.see")
    return found


def _edits(request: HttpRequest) -> int | None:
    text = request.POST.get("edits", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def _seen(request: HttpRequest) -> int:
    """The state of the draft that the person saw."""
    seen = _edits(request)
    if seen is None:
        raise Conflict("this does not say which state of the draft you saw; look at it again")
    return seen


def _noted(request: HttpRequest, verb: str, row: PolicyVersion) -> None:
    audit.note(actor_of(request), verb, "rules", [], why=f"version {row.number}")
