"""Today: the next things, most pressing first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from firstvisit.journey import queries
from firstvisit.journey import today as today_list
from firstvisit.journey.calls import unended
from firstvisit.journey.inbox import seeing
from firstvisit.journey.signing import number_of
from firstvisit.journey.today import KINDS, PAGE, TIMES, TO_OTHERS, Row, Today
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.leads.queries import code
from firstvisit.people.identity import Identity
from firstvisit.practice.models import User
from firstvisit.practice.queries import user_scope
from firstvisit.practice.shape import Site
from firstvisit.steps.intake.calls import said
from firstvisit.steps.qualify.asking import ADULT_MONTHS
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import start_of
from firstvisit.web.staff.call.shown import card_line, card_name
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import naming, words
from firstvisit.web.ui.context import site_of
from firstvisit.web.ui.words import Sign

TIME_WORDS: Final = {"late": "late", "hour": "this hour", "today": "later today", "later": "later"}
KEYS: Final = (
    ("J", "next row"),
    ("K", "row before"),
    ("Enter", "open the row"),
    ("T", "take the row"),
    ("D", "the row: done, with a result"),
    ("S", "the row: snooze"),
    ("H", "the row: hand over"),
    ("A", "add a lead"),
    ("W", "somebody is at the window"),
    ("C", "start a call"),
    ("R", "back to what you were called away from"),
    ("P", "the day sheet, to print"),
)
SECTIONS: Final = {
    "safety": "Safety first",
    "late": "Late",
    "hour": "This hour",
    "today": "Later today",
    "later": "Later",
}
_SHAPES: Final = {"late": "late", "hour": "soon"}


@dataclass(frozen=True, slots=True)
class Filter:
    """One counter, which is a link to what it counts."""

    label: str
    number: int
    shape: str
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row in words. Empty texts are left out."""

    url: str
    take: str
    name: str
    need: str
    due: str
    due_sign: Sign
    program: str
    date: str
    action: str
    phone: str
    restricted: tuple[str, ...]
    """What kinds of things must not happen; whom and why stands on the lead."""
    why: str
    broken: str
    """What its broken clock did, in words."""
    blockers: tuple[Sign, ...]
    held: Sign
    held_note: str
    free: bool


NO_PHONE: Final = TO_OTHERS | {"close_do_not_contact"}
"""Kinds of tasks beside which the family's phone does not stand: it would be called instead."""


@require_GET
@screen(at_desk=True)
def today(request: HttpRequest) -> HttpResponse:
    """Parse the filter, ask once, render."""
    user, now = staff(request), clock.now()
    site = site_of(request, user)
    time, kind = request.GET.get("time", ""), request.GET.get("kind", "")
    time, kind = time if time in TIMES else "", kind if kind in KINDS else ""
    snoozed, start = "snoozed" in request.GET, start_of(request)
    listed = today_list.today(user, now=now, zone=site.tz, time=time, kind=kind, snoozed=snoozed, start=start)
    whose = _whose(user)
    seen = {"since": queries.last_event(), "inbox": seeing.mark(user, counts=True)}
    noted_view(actor_of(request), "today", listed.leads)
    context = {
        "counts": listed.counts,
        "times": _filters(listed, "time", TIME_WORDS, time, everything=not (time or kind or snoozed)),
        "kinds": _filters(listed, "kind", {name: name for name in KINDS}, kind, everything=None),
        "snoozed": snoozed,
        "sentence": _sentence(listed, whose, time, kind, snoozed),
        "whose": whose,
        "filtered": bool(time or kind or snoozed),
        "sections": _sections(listed, user, site, now),
        "empty": _empty(time, kind, snoozed),
        "next": _next_page(request, listed),
        "from": start + 1,
        "to": start + len(listed.rows),
        "interrupted": _interrupted(listed, user, site, now),
        "call": _interrupted_call(user, site, now),
        "keys": KEYS,
        "prints": user.may("leads.see_site"),
        "adds": user.may("leads.work") and user.may("identity.see"),
        "as_of": words.clock_time(now, site.tz),
        "closed": _closed(site, now),
        "changes": f"{reverse('changes')}?{urlencode(seen)}",
    }
    return render(request, "staff/today/today.html", context)


def _filters(
    listed: Today, name: str, labels: dict[str, str], chosen: str, *, everything: bool | None
) -> list[Filter]:
    numbers = listed.counts.by_time if name == "time" else listed.counts.by_kind
    found = [
        Filter(labels[key], number, _SHAPES.get(key, ""), f"?{urlencode({name: key})}", key == chosen)
        for key, number in numbers.items()
    ]
    if everything is not None:
        found.insert(0, Filter("all", listed.counts.total, "", reverse("today"), everything))
    return found


def _whose(user: User) -> str:
    """Whose next things Today lists, beside one's own."""
    if user.queues.exists():
        return "for you and your queues"
    if not user.may("leads.see_site"):
        return "for you"
    return "at every site" if user_scope(user) is None else "at your sites"


def _sentence(listed: Today, whose: str, time: str, kind: str, snoozed: bool) -> str:
    total = listed.counts.total
    things = "1 next thing" if total == 1 else f"{total:,} next things"
    if snoozed:
        return f"Showing what was put away. {things} otherwise."
    if time or kind:
        what = TIME_WORDS[time] if time else kind
        return f"Showing {what} only. {things} {whose} in all."
    return (
        f"{things} {whose}. Order: safety, then promises past due, "
        "then the nearest due time. Payer never counts."
    )


def _sections(listed: Today, user: User, site: Site, now: datetime) -> list[dict[str, Any]]:
    """Consecutive rows of one section together, in the order of the list."""
    found: list[dict[str, Any]] = []
    for row in listed.rows:
        if not found or found[-1]["key"] != row.section:
            note = f"until {words.clock_time(listed.hour_ends, site.tz)}" if row.section == "hour" else ""
            found.append({"key": row.section, "title": SECTIONS[row.section], "note": note, "lines": []})
        found[-1]["lines"].append(_line(row, user, site, now))
    return found


def _line(row: Row, user: User, site: Site, now: datetime) -> Line:
    task, lead = row.task, row.lead
    named = user.may("identity.see")
    due = words.due_sign(row.left, task.minutes, late=task.due_at < now)
    reach = row.reached
    held, note, free = _held(row, user, site)
    works = lead is not None and user.may("leads.work") and lead.owner_user_id != user.id
    decides = not task.safety or user.may("clinical.review")
    program, date_behind = _program(row)
    return Line(
        url=_url(row),
        take=reverse("lead_verb", args=[row.code, "take"]) if works and free and decides else "",
        name=_name(row) if named else row.code or "Something that arrived",
        need=_need(row, now, site) if named else "name hidden from your role",
        due=words.moment(task.due_at, site.tz, now),
        due_sign=due,
        program=program,
        date=date_behind,
        action=row.words,
        phone=_phone(row, reach) if named and reach and task.kind not in NO_PHONE else "",
        restricted=tuple(dict.fromkeys(each.what.rstrip(".") for each in row.restrictions)),
        why=task.reason,
        broken=_broken(row, user, site, now),
        blockers=tuple(words.blocker(w, whom, lead.outcome) for w, whom, *_ in lead.blockers) if lead else (),
        held=held,
        held_note=note,
        free=free,
    )


def _phone(row: Row, reach: Identity) -> str:
    number = words.phone(reach.phone, reach.extension)
    return f"{number} ({words.NOT_USED})" if reach.phone in row.unused else number


def _child(row: Row, now: datetime) -> bool:
    """Whether the patient is stated to be under age: a child calls nobody."""
    who = row.patient
    if who is None:
        return False
    months = words.months_since(who.born, now.date()) if who.born else (who.age_years or ADULT_MONTHS) * 12
    return months < ADULT_MONTHS


def _broken(row: Row, user: User, site: Site, now: datetime) -> str:
    broken = row.broken
    if broken is None:
        return ""
    to = "you" if broken.to == user.name and row.lead and row.lead.assigned_user_id == user.id else broken.to
    waits = row.lead is not None and row.lead.owner_user_id is None
    return words.broken_clock(datetime.fromisoformat(broken.at), to, site.tz, now, waits=waits)


def _url(row: Row) -> str:
    if row.lead is not None:
        return reverse("lead", args=[row.code])
    if row.task.about_kind == "way":
        return reverse("way_task", args=[row.task.about_id])
    if row.task.about_kind == "rules":
        return reverse("rules_version", args=[number_of(row.task)])
    if row.task.about_kind == "visits":
        return reverse("unanswered_visits")
    return reverse("call" if row.task.about_kind == "call" else "inbox_item", args=[row.task.about_id])


def _name(row: Row) -> str:
    if row.call is not None:
        return card_name(said(row.call).answers) or "A call" if row.call.sealed is not None else "A call"
    if row.task.about_kind == "rules":
        return f"Rules, draft {number_of(row.task)}"
    if row.task.about_kind == "visits":
        return "Visits that are over"
    if row.lead is None:
        return row.sender or "Something that arrived"
    return naming.called(row.patient, row.contact, row.organization, row.code)


def _need(row: Row, now: datetime, site: Site) -> str:
    """Age and who calls: "2 y 9 m, mother Rosa"; while the patient has no name, "mother, child not named yet"."""
    if row.call is not None:
        return f"{'call' if row.call.kind == 'call' else 'lead'} begun by {row.call.holder.name}"
    if row.task.about_kind == "rules":
        return "a draft that waits for a second person"
    if row.task.about_kind == "visits":
        return "neither arrived, missed nor completed"
    if row.lead is None:
        return "a document to confirm" if row.sender else "kept, not yet understood"
    parts = []
    unnamed = naming.not_named(row.patient, row.relationship)
    if unnamed:
        parts += [words.relation(row.relationship) if naming.named(row.contact) else "", unnamed]
    if row.patient is not None:
        if row.patient.born:
            parts.append(words.age(words.months_since(row.patient.born, now.astimezone(site.tz).date())))
        elif row.patient.age_years is not None:
            parts.append(str(row.patient.age_years))
    if unnamed:
        pass
    elif row.contact is not None and row.patient is not None:
        first = row.contact.first_name or row.contact.name
        parts.append(f"{words.relation(row.relationship) or 'contact'} {first}")
    elif row.patient is not None and row.lead.kind == "patient":
        parts.append("calls for themselves" if not _child(row, now) else "nobody named who speaks for them")
    elif row.contact is not None:
        parts.append(row.contact.name)
    if row.organization and row.patient is not None and _name(row) != row.organization:
        parts.append(row.organization)
    if row.patient is not None and row.patient.language not in (None, "English"):
        parts.append(str(row.patient.language))
    return ", ".join(part for part in parts if part)


def _program(row: Row) -> tuple[str, str]:
    checks = row.checks
    if checks is None or row.lead is None:
        return "", ""
    if checks.program is not None:
        name = f"{checks.program.name}, {' + '.join(checks.program.disciplines)}"
    elif checks.facts.disciplines:
        name = f"Program open, {' + '.join(checks.facts.disciplines)}"
    else:
        name = "An organization asks" if row.lead.kind == "organization" else "Program not stated"
    facts, said = checks.facts, []
    if facts.event_on is not None:
        said.append(
            f"{words.DATES.get(facts.event_kind or '', 'date')} {facts.event_on:%b} {facts.event_on.day}"
        )
    if checks.deadline is not None:
        last = checks.site.last_open_day(checks.today, checks.deadline)
        if last is not None and last < checks.deadline:
            said.append(f"by {words.day(last)}, last open day")
        else:
            said.append(f"by {words.day(checks.deadline)}")
    if not said and checks.date_to_ask:
        said.append("no date given, ask for it")
    return name, ", ".join(said) or ("" if row.lead.kind == "organization" else "no date behind it")


def _held(row: Row, user: User, site: Site) -> tuple[Sign, str, bool]:
    if row.held is not None:
        name = "you" if row.held.holder == user.id else row.holder or "somebody"
        return Sign("held", name), f"until {words.clock_time(row.held.until, site.tz)}", False
    task = row.task
    if task.owner_user is not None:
        given = row.lead is not None and row.lead.assigned_user_id == task.owner_user_id
        name = "you" if task.owner_user_id == user.id else task.owner_user.name
        return Sign("held", name), "given it" if given else "took it", False
    queue = task.owner_queue
    return Sign("free", "free"), str(queue.data.get("name", queue.slug)) if queue else "", True


def _empty(time: str, kind: str, snoozed: bool) -> str:
    if snoozed:
        return "Nothing was put away."
    if time:
        return {"late": "Nothing is late.", "hour": "Nothing falls due this hour."}.get(time, "Nothing here.")
    return f"Nothing to {kind} now." if kind else "Nothing is left to do."


def _next_page(request: HttpRequest, listed: Today) -> str:
    if not listed.more:
        return ""
    wanted = request.GET.copy()
    wanted["from"] = str(listed.start + PAGE)
    return f"?{wanted.urlencode()}"


def _interrupted_call(user: User, site: Site, now: datetime) -> dict[str, Any] | None:
    """The call that this person was called away from last, on this machine or another."""
    own = [card for card in unended(user) if card.holder_id == user.id]
    return {**card_line(own[0], user, site, now, held=None), "more": len(own) - 1} if own else None


def _interrupted(listed: Today, user: User, site: Site, now: datetime) -> dict[str, str] | None:
    if listed.interrupted is None:
        return None
    lead, who, until = listed.interrupted
    name = who.name if who and naming.named(who) and user.may("identity.see") else code(lead.number)
    return {
        "name": name,
        "url": reverse("lead", args=[code(lead.number)]),
        "until": words.clock_time(until, site.tz),
    }


def _closed(site: Site, now: datetime) -> str:
    """The next closed day within two weeks, on which clocks stand still."""
    today = now.astimezone(site.tz).date()
    soon = sorted(h.on for h in site.holidays if 0 <= (h.on - today).days <= 14)
    return f"Closed {words.day(soon[0])}: clocks stand still." if soon else ""
