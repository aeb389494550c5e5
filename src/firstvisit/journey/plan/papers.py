"""Missing papers: one request to each party with a date, a chase when it has passed, then whoever answers for it.

That they were asked is a row (the message sent, or the task done), so that nobody asks twice.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Final

from firstvisit.journey.case import RESTRICTED, Blocker
from firstvisit.journey.endings import TWO_WAY
from firstvisit.journey.plan.authorization import payer_asked
from firstvisit.journey.plan.dues import moment
from firstvisit.journey.plan.permitted import permitted
from firstvisit.journey.plan.waiting import asked_beside
from firstvisit.journey.plan.wanted import Draft, Ground, Owner, WantedMessage, WantedTask
from firstvisit.journey.plan.words import AUTHORIZE_BESIDE
from firstvisit.steps.qualify.rules import BOOKS
from firstvisit.steps.routing import clocks
from firstvisit.steps.routing.tries import open_day

PAPERS: Final = frozenset(
    {
        "order",
        "order_unsigned",
        "order_not_stated",
        "way_to_reach",
        "home_place",
        "event_date",
        "surgery_day",
        "authorization",
    }
)
"""Blockers that an office, a family or a payer can end by sending something."""
ASKED_IN: Final = BOOKS | {"need_info", "need_auth_first", "waitlist"}
"""Outcomes in which papers are worth asking for: we expect to see them."""
_NOON: Final = time(12)
_WORDS: Final = {
    "order": "the order",
    "order_unsigned": "the order with its signature",
    "order_not_stated": "the order, if there is one",
    "way_to_reach": "a way to reach them",
    "authorization": "the authorization of the evaluation",
    "event_date": "the date of the surgery or discharge",
    "surgery_day": "the day of the surgery, for which two were stated",
    "home_place": "the home ZIP code and town, which do not fit together",
}
_OF_FAMILY: Final = {"order": "the name of the doctor who orders it"}
"""A family that named no doctor is asked for the name: the order itself is asked of the office."""
_WHOM: Final = {
    "referrer": "whoever referred",
    "orderer": "whoever orders",
    "family": "the family",
    "payer": "the payer",
}


def papers(ground: Ground, draft: Draft) -> None:
    """One combined request to each party that something is missing from."""
    if not draft.blockers or draft.outcome not in ASKED_IN or ground.silent:
        return
    for party in ("referrer", "orderer", "family"):
        missing = [b for b in draft.blockers if b.whom == party and b.what in PAPERS]
        if missing:
            _request(ground, draft, party, missing)
    if asked_beside(draft) and not payer_asked(ground, draft):
        _request(ground, draft, "payer", [b for b in draft.blockers if b.whom == "payer"])


def _request(ground: Ground, draft: Draft, party: str, missing: list[Blocker]) -> None:
    codes = [blocker.what for blocker in missing]
    mark = f"{party}:{'+'.join(codes)}"
    if party == "referrer" and not ground.case.asks_referrer:
        _without_referrer(ground, draft, mark, codes)
        return
    since = moment(min(b.since for b in missing))
    asked = _asked(ground, party, mark, since) or _asked_with_more(ground, party, set(codes), since)
    if asked is None:
        _ask(ground, draft, party, mark, codes, since)
        return
    expected = clocks.due(_wanted_by(ground, draft, asked), 0, ground.site)
    texts = asked.astimezone(UTC).isoformat(), expected.astimezone(UTC).isoformat()
    draft.blockers = [b._replace(asked=texts[0], expected=texts[1]) if b in missing else b for b in draft.blockers]
    if ground.now < expected:
        draft.look_again.append(expected)
    else:
        _chase(ground, draft, party, codes, asked, expected)


def _wanted_by(ground: Ground, draft: Draft, asked: datetime) -> datetime:
    """Until when what was asked for is waited for: some open days, and no longer than until the last day on which the
    site is open before a visit that must not wait is late. One that is late already is waited for as any other."""
    usual = open_day(asked, ground.tries.papers_days, _NOON, ground.site)
    today, by = asked.astimezone(ground.site.tz).date(), draft.steers.by
    last = ground.site.last_open_day(today, by) if by is not None and by < usual.date() else None
    if last is None:
        return usual
    noon = datetime.combine(last, _NOON, ground.site.tz)
    return noon if noon > asked else ground.site.openings(last)[-1][1].astimezone(ground.site.tz)


def _without_referrer(ground: Ground, draft: Draft, mark: str, codes: list[str]) -> None:
    """Whoever referred is named in a restriction: to ask them would tell them, so a person finds another way, once."""
    key = f"{ground.prefix}:request_papers:{mark}:{RESTRICTED}"
    if ground.case.ended(key) is not None:
        return
    what, minutes = " and ".join(_WORDS[code] for code in codes), ground.routing.standard_minutes
    why = f"A restriction names whoever referred: tell and ask them nothing. Find another way to {what}"
    due_at = clocks.due(ground.case.clock_from, minutes, ground.site)
    draft.tasks.append(WantedTask(key, "request_papers", why, draft.owner, due_at, minutes))


def _named(ground: Ground, party: str) -> str:
    """Who is asked, in words; without an office that refers, whoever orders is the doctor whom the family named."""
    return "the doctor whom the family named" if party == "orderer" and not ground.case.office else _WHOM[party]


def _what(party: str, codes: list[str]) -> str:
    """What this party is asked for, in words."""
    return " and ".join(_OF_FAMILY.get(code, _WORDS[code]) if party == "family" else _WORDS[code] for code in codes)


def _asked(ground: Ground, party: str, mark: str, since: datetime) -> datetime | None:
    """When they were asked: by the letter, by a person's task, or, for a family, when somebody spoke with them."""
    case = ground.case
    sent = case.messages.get(f"{ground.prefix}:papers_request:{mark}")
    if sent is not None and sent.status == "sent":
        return sent.ended_at
    done = case.ended(f"{ground.prefix}:request_papers:{mark}")
    if done is not None:
        return done.ended_at
    if party != "family":
        return None
    asking = TWO_WAY - {"told"}  # telling them how it stands asks for nothing
    spoken = [t.ended_at for t in case.tasks if t.tried and t.result in asking and t.ended_at and t.ended_at >= since]
    return min(spoken, default=None)


def _asked_with_more(ground: Ground, party: str, codes: set[str], since: datetime) -> datetime | None:
    """When all of this was asked for together with what has come meanwhile."""
    letters = [(key, seen.ended_at) for key, seen in ground.case.messages.items() if seen.status == "sent"]
    tasks = [(task.key or "", task.ended_at) for task in ground.case.tasks if task.status == "done"]
    found = [
        at
        for key, at in (*letters, *tasks)
        for begins in (f"{ground.prefix}:papers_request:{party}:", f"{ground.prefix}:request_papers:{party}:")
        if key.startswith(begins) and at is not None and at >= since and codes < set(key[len(begins) :].split("+"))
    ]
    return max(found, default=None)


def _ask(ground: Ground, draft: Draft, party: str, mark: str, codes: list[str], since: datetime) -> None:
    """By e-mail where the switch and the address allow it; else a person asks: the office by a task, a family in
    the call that is next anyway."""
    case, facts = ground.case, ground.case.facts
    key = f"{ground.prefix}:papers_request:{mark}"
    seen = case.messages.get(key)
    astray = seen is not None and seen.status in ("refused", "unclear")
    by_mail = {
        "referrer": case.mails_referrer,
        "family": case.writes_to is not None and facts.has_email and facts.may_email,
    }.get(party, False)
    what = _what(party, codes)
    if by_mail and not astray and ground.switches.of("papers_request") != "off":
        count = len(draft.tasks)
        why = f"Ask {_WHOM[party]}, once, for {what}"
        outside = party == "referrer" and case.referrer_mail != "treating"
        if permitted(ground, draft, "papers_request", key, why, since=since, pressed=outside):
            by = _wanted_by(ground, draft, ground.now).date().isoformat()
            received = case.received_at.astimezone(ground.site.tz).date().isoformat()
            details = (("papers", ",".join(codes)), ("by", by), ("received", received))
            if party == "referrer":
                letter = WantedMessage(
                    key, "email", "partner", "papers_request", case.lead, to="referrer", details=details
                )
            else:
                letter = WantedMessage(key, "email", "request", "papers_family", case.lead, details=details)
            draft.messages.append(letter)
            return
        if len(draft.tasks) > count:
            return
    if party == "family":
        return
    if party == "payer":
        _authorize_beside(ground, draft, mark, since)
        return
    minutes = ground.routing.standard_minutes
    due_at = clocks.due(since, minutes, ground.site)
    why = f"Ask {_named(ground, party)}, once, for {what}; the family is not asked for it"
    draft.tasks.append(
        WantedTask(f"{ground.prefix}:request_papers:{mark}", "request_papers", why, draft.owner, due_at, minutes)
    )


def _authorize_beside(ground: Ground, draft: Draft, mark: str, since: datetime) -> None:
    """The visit is booked and the payer asked at once, so that nobody is seen without anybody knowing of it."""
    minutes, (kind, why) = ground.routing.high_intent_minutes, AUTHORIZE_BESIDE
    key, due_at = f"{ground.prefix}:request_papers:{mark}", clocks.due(since, minutes, ground.site)
    draft.tasks.append(WantedTask(key, kind, why, draft.owner, due_at, minutes))


def _chase(
    ground: Ground, draft: Draft, party: str, codes: list[str], asked: datetime, expected: datetime
) -> None:
    """They did not come by the date: somebody calls; when that brings nothing either, it goes up."""
    minutes, mark = ground.routing.standard_minutes, f"{party}:{asked.isoformat(timespec='seconds')}"
    what = _what(party, codes)
    key = f"{ground.prefix}:chase_papers:{mark}"
    chased = ground.case.ended(key)
    if chased is None or chased.ended_at is None:
        why = f"Asked, and not here by the date: call {_named(ground, party)} for {what}"
        due_at = clocks.due(expected, minutes, ground.site)
        draft.tasks.append(WantedTask(key, "chase_papers", why, draft.owner, due_at, minutes))
        return
    up_at = clocks.due(open_day(chased.ended_at, ground.tries.chase_days, _NOON, ground.site), 0, ground.site)
    key = f"{ground.prefix}:papers_escalated:{mark}"
    if ground.now < up_at:
        draft.look_again.append(up_at)
    elif ground.case.ended(key) is None:
        above = ground.routing.escalation_queue
        owner = Owner(queue=above) if above in ground.practice.queues else draft.owner
        why = f"Asked and chased, and {what} never came: decide how to go on"
        draft.tasks.append(
            WantedTask(key, "papers_escalated", why, owner, clocks.due(up_at, minutes, ground.site), minutes)
        )
