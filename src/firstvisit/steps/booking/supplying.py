"""What a manager changes of supply: hours and protected time, days away or extra, limits, a site closed for a day.

Each verb checks in words, writes, notes who did it, and raises the revision in one transaction. What stays open where
two entries meet is decided when they are compiled; here only what nobody can mean is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from firstvisit.kernel import audit
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.practice.models import Resource, User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.steps.booking import patterns, spans, supply
from firstvisit.steps.booking.models import Block, Change, Terms

OPEN: Final = {"clinic": "at the clinic", "home": "visits at home", "video": "by video"}
PROTECTED: Final = {
    "documentation": "notes",
    "supervision": "supervision",
    "case_review": "case review",
    "meeting": "meeting",
    "travel": "travel",
}
AWAY: Final = {"vacation": "vacation", "illness": "ill", "course": "course", "leave": "leave", "other": "away"}
CLOSED: Final = {"weather": "weather", "other": "another reason"}
LONGEST_AWAY: Final = timedelta(days=730)
LEAVES: Final = "enter the last day with us under Limits and last day instead"
SHUTS: Final = "a site that closes for good is retired under Practice"
"""What to do where it would be longer than LONGEST_AWAY."""
MOST_EXTRA: Final = 31
TERMS: Final = {
    "evaluations_a_day": "Evaluations a day",
    "new_patients_a_day": "New patients a day",
    "per_diem": "Per diem",
    "last_day": "Last day with us",
    "home_miles": "Drives for visits at home",
    "home_zips": "And to these ZIP codes",
}
"""What holds of somebody beside their hours, as the form calls it."""
Dated = tuple[date | None, time | None]
"""A day, and an hour of it where one was given."""
COMPARED: Final = timedelta(days=92)
"""So many days of two blocks are laid beside each other to see whether somebody would be at two sites at once."""


@transaction.atomic
def add_block(
    resource: Resource,
    *,
    what: str,
    site: str,
    begins: time | None,
    ends: time | None,
    weekdays: Collection[int] = (),
    every: int = 1,
    rule: str = "",
    first_day: date | None,
    last_day: date | None = None,
    programs: Sequence[str] = (),
    actor: Actor,
    now: datetime,
) -> Block:
    """Hours that repeat, open or protected; on `weekdays` (0 Monday) every so many weeks, or by a `rule` of its own
    (RFC 5545). Neither: on `first_day` alone. BadInput in words, also where the last of these days is over."""
    problems = _place(resource, site)
    if what not in OPEN and what not in PROTECTED:
        problems.append(Problem("what", "Choose what these hours are for."))
    if begins is None or ends is None:
        problems.append(Problem("begins", "Enter when it begins and when it ends, such as 8:00 and 12:30."))
    elif begins == ends:
        problems.append(Problem("ends", "It ends when it begins: enter a later end, or an earlier one for a night."))
    if first_day is None:
        problems.append(Problem("first_day", "Enter the first day on which it holds."))
    if not 1 <= every <= 8:
        problems.append(Problem("every", "Every week, or every second to eighth."))
    known = practice().programs
    if any(slug not in known for slug in programs):
        problems.append(Problem("programs", "One of the programs is no longer there: choose again."))
    if problems or begins is None or ends is None or first_day is None:
        raise BadInput(problems)
    rule = rule.strip().removeprefix("RRULE:").upper() or (patterns.weekly(weekdays, every) if weekdays else "")
    row = Block(
        resource=resource, site=site, what=what, rule=rule, first_day=first_day, last_day=last_day,
        begins=begins, ends=ends, programs=list(dict.fromkeys(programs)) if what in OPEN else [],
    )  # fmt: skip
    try:
        patterns.check(pattern_of(row))
    except patterns.BadRule as bad:
        field = "last_day" if "last day" in str(bad) else "rule"
        raise BadInput([Problem(field, f"{str(bad)[:1].upper()}{str(bad)[1:]}.")]) from None
    if (through := first_day if not rule else last_day) is not None:
        _refuse_over("last_day" if rule else "first_day", through, practice().sites[site], now)
    _not_there_yet(row)
    row.save(force_insert=True)
    _changed(actor, resource.slug, f"{what}_added")
    return row


@transaction.atomic
def drop_block(block: Block, *, actor: Actor) -> None:
    """A block never was."""
    slug, what = block.resource.slug, block.what
    block.delete()
    _changed(actor, slug, f"{what}_dropped")


@transaction.atomic
def end_block(block: Block, last_day: date, *, actor: Actor) -> None:
    """A block holds through `last_day` and no longer. BadInput for a day before its first."""
    if last_day < block.first_day:
        raise BadInput([Problem("last_day", "It begins later than that: take it out instead.")])
    block.last_day = last_day
    block.save(update_fields=["last_day"])
    _changed(actor, block.resource.slug, f"{block.what}_ended")


@transaction.atomic
def except_day(block: Block, day: date, *, actor: Actor, now: datetime) -> None:
    """A block does not hold on one day of its pattern; again changes nothing. BadInput for a day that is over or on
    which it does not fall, or the last one on which it does."""
    block = Block.objects.select_for_update(of=("self",)).select_related("resource").get(id=block.id)
    if day in block.except_days:
        return
    if (known := practice().sites.get(block.site)) is not None:
        _refuse_over("day", day, known, now)
    if day not in patterns.days(pattern_of(block), day, day):
        raise BadInput([Problem("day", f"These hours do not fall on {day:%a %b} {day.day}.")])
    block.except_days = sorted([*block.except_days, day])
    try:
        patterns.check(pattern_of(block))
    except patterns.BadRule:
        raise BadInput([Problem("day", "No day would be left: take these hours out instead.")]) from None
    block.save(update_fields=["except_days"])
    _changed(actor, block.resource.slug, f"{block.what}_excepted")


@transaction.atomic
def take_back_day(block: Block, day: date, *, actor: Actor) -> None:
    """A block holds on a day again on which it was excepted; again changes nothing."""
    block = Block.objects.select_for_update(of=("self",)).select_related("resource").get(id=block.id)
    if day not in block.except_days:
        return
    block.except_days = [each for each in block.except_days if each != day]
    block.save(update_fields=["except_days"])
    _changed(actor, block.resource.slug, f"{block.what}_holds_again")


@transaction.atomic
def add_change(
    resource: Resource,
    *,
    what: str,
    first: Dated,
    last: Dated,
    site: str = "",
    why: str = "",
    by: User | None,
    actor: Actor,
    now: datetime,
) -> list[Change]:
    """Away: from a day (and hour) through a day (to an hour) of the site's zone, without hours whole days. Extra: the
    same hours on each of the days, a row each. BadInput in words, also where the last day is over."""
    site = site or next(iter(_sites_of(resource)), "")
    problems = _place(resource, site)
    if what not in ("away", "extra"):
        problems.append(Problem("what", "Choose: away, or extra hours."))
    if what == "away" and why not in AWAY:
        problems.append(Problem("why", "Choose why."))
    if problems:
        raise BadInput(problems)
    known = practice().sites[site]
    during = _each_day(known, first, last) if what == "extra" else [_during(known, first, last, LEAVES)]
    _refuse_past(during[-1], first, last, known, now)
    rows = [
        Change(
            resource=resource, site=site, what=what, why=why if what == "away" else "", during=one, made_by=by,
            made_at=now,
        )
        for one in during
    ]  # fmt: skip
    Change.objects.bulk_create(rows)
    _changed(actor, resource.slug, f"{what}_added")
    return rows


@transaction.atomic
def close_site(
    site: str, *, first: Dated, last: Dated, why: str,
    by: User | None, actor: Actor, now: datetime,
) -> Change:  # fmt: skip
    """Nobody is seen at a site from a day (and hour) through a day (to an hour). BadInput in words, also where the last
    day is over."""
    known = practice().sites.get(site)
    if known is None:
        raise BadInput([Problem("site", "Choose the site.")])
    if why not in CLOSED:
        raise BadInput([Problem("why", "Choose why.")])
    during = _during(known, first, last, SHUTS)
    _refuse_past(during, first, last, known, now)
    row = Change(what="closed", site=site, why=why, during=during, made_by=by, made_at=now)
    row.save(force_insert=True)
    _changed(actor, site, "site_closed")
    return row


@transaction.atomic
def drop_change(change: Change, *, actor: Actor) -> None:
    """Take a day away, extra hours or a closure back. What a feed brought goes with the feed alone: BadInput."""
    if change.feed_id is not None:
        raise BadInput([Problem("change", "This busy time comes from a calendar elsewhere: change it there.")])
    slug = change.resource.slug if change.resource is not None else change.site
    change.delete()
    _changed(actor, slug, f"{change.what}_dropped")


@transaction.atomic
def set_terms(
    resource: Resource,
    *,
    evaluations_a_day: int | None,
    new_patients_a_day: int | None,
    per_diem: bool,
    last_day: date | None,
    home_miles: int | None,
    home_zips: Sequence[str],
    seen: str,
    actor: Actor,
) -> Terms:
    """Limits a day, per-diem, the last day, and how far somebody drives, on a form that was shown with the mark `seen`.
    BadInput in words, also with both values where somebody else kept others meanwhile."""
    problems = []
    for field, number, most in (
        ("evaluations_a_day", evaluations_a_day, 20),
        ("new_patients_a_day", new_patients_a_day, 20),
        ("home_miles", home_miles, 200),
    ):
        if number is not None and not 0 <= number <= most:
            problems.append(Problem(field, f"Enter a number from 0 to {most}, or nothing."))
    if any(not (each.isascii() and each.isdigit() and len(each) == 5) for each in home_zips):
        problems.append(Problem("home_zips", "ZIP codes have five digits; separate them by spaces."))
    if problems:
        raise BadInput(problems)
    wanted = {
        "evaluations_a_day": evaluations_a_day,
        "new_patients_a_day": new_patients_a_day,
        "per_diem": per_diem,
        "last_day": last_day,
        "home_miles": home_miles,
        "home_zips": list(dict.fromkeys(home_zips)),
    }
    Resource.objects.select_for_update().get(id=resource.id)
    standing = Terms.objects.filter(resource=resource).first()
    if seen != mark_of(standing) and (differs := _differs(standing, wanted)):
        raise BadInput(differs)
    row, _ = Terms.objects.update_or_create(
        resource=resource,
        defaults=wanted,
    )
    _changed(actor, resource.slug, "terms_changed")
    return row


def mark_of(terms: Terms | None) -> str:
    """A short mark of what holds of somebody; "" where nothing was ever entered."""
    if terms is None:
        return ""
    return hashlib.sha256(repr([getattr(terms, name) for name in TERMS]).encode()).hexdigest()[:16]


def _differs(standing: Terms | None, wanted: Mapping[str, object]) -> list[Problem]:
    """What somebody else kept otherwise than it is typed here, both values at each field."""

    def said(value: object) -> str:
        if isinstance(value, list):
            return " ".join(value) or "nothing"
        if isinstance(value, date):
            return f"{value:%a %b} {value.day}, {value.year}"
        if isinstance(value, bool):
            return "yes" if value else "no"
        return "nothing" if value is None else str(value)

    empty = Terms()
    return [
        Problem(
            name,
            f"{label}: somebody kept {said(kept)} since you opened this page, you typed {said(wanted[name])}."
            " Keep again to have yours.",
        )
        for name, label in TERMS.items()
        if (kept := getattr(standing or empty, name)) != wanted[name]
    ]


@transaction.atomic
def set_last_day(resource: Resource, last_day: date, *, actor: Actor) -> None:
    """The last day on which somebody can be booked; what else holds of them stays."""
    Terms.objects.update_or_create(resource=resource, defaults={"last_day": last_day})
    _changed(actor, resource.slug, "terms_changed")


def pattern_of(block: Block) -> patterns.Pattern:
    """A block's days and hours."""
    days = frozenset(block.except_days)
    return patterns.Pattern(block.rule, block.first_day, block.last_day, block.begins, block.ends, days)


def _not_there_yet(row: Block) -> None:
    """Refuse the same once more, and open hours at two sites at once: nobody is at two places."""
    zone = practice().sites[row.site].tz
    first = row.first_day
    own = patterns.pattern_spans(pattern_of(row), zone, first, first + COMPARED)
    for other in Block.objects.filter(resource=row.resource):
        alike = (other.what, other.site, other.programs) == (row.what, row.site, row.programs)
        if alike and pattern_of(other) == pattern_of(row):
            raise BadInput([Problem("begins", "These hours are there already.")])
        if other.what not in OPEN or row.what not in OPEN or other.site == row.site:
            continue
        there = practice().sites.get(other.site)
        if there is None:
            continue
        theirs = patterns.pattern_spans(pattern_of(other), there.tz, first, first + COMPARED)
        if both := spans.common(own, theirs):
            when = spans.moment(both[0][0]).astimezone(zone)
            words = f"They are at {there.name} at that time, first on {when:%a %b} {when.day} at {when:%H:%M}."
            raise BadInput([Problem("site", f"{words} Nobody is at two sites at once.")])


def _sites_of(resource: Resource) -> tuple[str, ...]:
    known = practice().resources.get(resource.slug)
    return tuple(slug for slug in (known.sites if known else ()) if slug in practice().sites)


def _place(resource: Resource, site: str) -> list[Problem]:
    if site in _sites_of(resource):
        return []
    return [Problem("site", "Choose one of the sites they work at; others are added under Practice.")]


def _refuse_over(field: str, day: date, site: Site, now: datetime) -> None:
    if day < now.astimezone(site.tz).date():
        raise BadInput([Problem(field, f"That day is over: {day:%a %b} {day.day}, {day.year}.")])


def _refuse_past(
    during: DateTimeTZRange, first: Dated, last: Dated, site: Site, now: datetime
) -> None:
    """Refuse what ended before today began, at the day that was typed last; what a night brings into today is not."""
    ended = during.upper is not None and during.upper <= datetime.combine(now.astimezone(site.tz), time(), site.tz)
    field, day = ("last_day", last[0]) if last[0] is not None else ("first_day", first[0])
    if ended and day is not None:
        _refuse_over(field, day, site, now)


def _during(site: Site, first: Dated, last: Dated, instead: str) -> DateTimeTZRange:
    """From a day (and hour) through a day (to an hour). BadInput in words; `instead` is what to do where it is too
    long."""
    (day, begins), (through, ends) = first, last
    if day is None:
        raise BadInput([Problem("first_day", "Enter the first day.")])
    through = through or day
    if through < day:
        raise BadInput([Problem("last_day", "The last day is before the first.")])
    if through - day > LONGEST_AWAY:
        raise BadInput([Problem("last_day", f"That is more than two years: {instead}.")])
    start = datetime.combine(day, begins or time(), site.tz).astimezone(UTC)
    if ends is None or ends == time():
        end = datetime.combine(through + timedelta(days=1), time(), site.tz).astimezone(UTC)
    else:
        end = datetime.combine(through, ends, site.tz).astimezone(UTC)
    if end <= start:
        raise BadInput([Problem("ends", "It ends before it begins.")])
    return DateTimeTZRange(start, end)


def _each_day(site: Site, first: Dated, last: Dated) -> list[DateTimeTZRange]:
    """The same hours on each day from the first through the last; ends before begins: the next morning."""
    (day, begins), (through, ends) = first, last
    if begins is None or ends is None:
        raise BadInput([Problem("begins", "Enter from when to when they work.")])
    if day is None:
        raise BadInput([Problem("first_day", "Enter the first day.")])
    days = ((through or day) - day).days
    if days < 0:
        raise BadInput([Problem("last_day", "The last day is before the first.")])
    if days >= MOST_EXTRA:
        raise BadInput([Problem("last_day", f"Extra hours on at most {MOST_EXTRA} days: for more, add hours.")])
    over = timedelta(days=ends <= begins)
    each = (day + timedelta(days=number) for number in range(days + 1))
    return [_during(site, (one, begins), (one + over, ends), LEAVES) for one in each]


def _changed(actor: Actor, slug: str, what: str) -> None:
    supply.raise_revision()
    audit.note(actor, "supply_changed", "resource", [slug], why=what)
