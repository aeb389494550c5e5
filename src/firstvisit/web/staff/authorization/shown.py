"""A request for authorization in words: its facts, its signs, what the payer's reply says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse

from firstvisit.journey.authorization.seen import Replied, RequestFile, TreatmentOnly
from firstvisit.leads.models import Lead
from firstvisit.practice.queries import practice
from firstvisit.referral.record import Payer
from firstvisit.steps.coverage import codes
from firstvisit.steps.coverage.determinations import Review
from firstvisit.steps.coverage.models import AuthorizationRequest
from firstvisit.steps.coverage.requests import GRANTED, TO_SEND, UNDER_WAY, WAYS
from firstvisit.web.staff.lead.facts import Fact
from firstvisit.web.ui import words
from firstvisit.web.ui.words import Sign

STATUSES: Final = {
    "needed": Sign("soon", "Needed, not sent yet"),
    "prepared": Sign("soon", "Prepared, not sent yet"),
    "requested": Sign("waiting", "Sent, no answer yet"),
    "pended": Sign("waiting", "The payer has it in hand"),
    "approved": Sign("yes", "Authorized"),
    "partly": Sign("doubt", "Authorized in part"),
    "denied": Sign("no", "Refused", hot=True),
    "cancelled": Sign("unknown", "Taken back"),
    "not_needed": Sign("unknown", "Not needed"),
}
WHY: Final = {"271": "the payer's answer", "rule": "the payer's rule", "told": "somebody said so"}
RUNS_OUT: Final = "the one before runs out"
WHENCE: Final = {
    "payer": "the payer named the day",
    "rule": "by its rule",
    "law": "by law",
    "median": "as it usually takes",
    "": "",
}
OUTCOMES: Final = {
    "certified": "authorized as asked for",
    "partly_certified": "authorized in part",
    "modified": "authorized otherwise than asked for",
    "not_certified": "refused",
    "pended": "in hand still",
    "cancelled": "cancelled",
    "contact_payer": "the payer wants to be called",
    "not_needed": "none is needed",
    "mixed": "services are decided differently",
}
SERVICES: Final = {"evaluation": "First evaluation", "treatment": "Treatment"}
BECAME: Final = {
    **{name: STATUSES[name] for name in ("approved", "partly", "denied", "pended", "not_needed")},
    "unclear": Sign("doubt", "No decision could be read"),
    "takes_away": Sign("doubt", "Not taken"),
    "somebody_else": Sign("doubt", "Not taken"),
    "": Sign("unknown", "Kept"),
}
"""What became of a reply."""


@dataclass(frozen=True, slots=True)
class ReplyShown:
    """One reply as the page lists it."""

    at: str
    sign: Sign
    about: str
    lines: list[str]
    text: str


def titled(row: AuthorizationRequest) -> str:
    """ "First evaluation, PT"."""
    what = "More treatment" if row.extends_id else SERVICES.get(row.service, row.service)
    return f"{what}, {row.discipline}" if row.discipline else what


def facts(file: RequestFile, now: datetime) -> list[Fact]:
    """What is known of it, in the order in which it happens."""
    row, details = file.row, file.details
    payer = file.payer
    name = payer.name if payer else file.asked.payer or "not stated"
    why = RUNS_OUT if row.extends_id else WHY.get(row.needed_by, "")
    found = [
        Fact("Status", "", signs=(STATUSES[row.status],)),
        Fact("Payer", name, href=reverse("payer", args=[payer.slug]) if payer else ""),
        Fact("Line", ", ".join(part for part in (payer.phone, payer.portal) if part) if payer else ""),
        Fact("Needed", f"{why}, {words.day(row.needed_at.astimezone(file.site.tz).date())}"),
        Fact("Where from", row.needed_from),
        Fact("Our number", row.trace),
        Fact("Asked for", _asked(file)),
    ]
    if row.requested_at is not None:
        how = ", ".join(part for part in (WAYS.get(row.way, ""), str(details.get("sent_to", ""))) if part)
        found += [
            Fact("Sent", f"{words.moment(row.requested_at, file.site.tz, now)}, {how}"),
            Fact("Its number", str(details.get("reference", ""))),
        ]
    if row.status in UNDER_WAY:
        found += [
            Fact("Answer due", _due(file), strong=row.expected_at is not None),
            Fact("", str(details.get("expected_why", ""))),
        ]
    if row.nudges and row.nudged_at is not None:
        often = "once" if row.nudges == 1 else f"{row.nudges} times"
        last = f"last {words.moment(row.nudged_at, file.site.tz, now)}"
        found.append(Fact("Asked after", f"{often}, {last}: {details.get('nudged', '')}"))
    found += _decided(file, now)
    return [fact for fact in found if fact.text or fact.signs]


def _asked(file: RequestFile) -> str:
    wish = file.wish
    days = " to ".join(_written(day) for day in (wish.begins, wish.ends) if day is not None)
    visits = _visits(wish.units) if wish.units else ""
    said = (visits, f"from {days}" if days else "", ", ".join(wish.procedures), "urgent" if wish.urgent else "")
    return ", ".join(part for part in said if part)


def _due(file: RequestFile) -> str:
    if file.row.expected_at is None:
        return "not known"
    due = file.row.expected_at.astimezone(file.site.tz)
    whence = WHENCE.get(file.row.expected_from, "")
    return f"{words.day(due.date())}, {words.clock_time(due, file.site.tz)}" + (f", {whence}" if whence else "")


def _decided(file: RequestFile, now: datetime) -> list[Fact]:
    row, details = file.row, file.details
    if row.decided_at is None or row.status in (*TO_SEND, *UNDER_WAY):
        return []
    at = words.moment(row.decided_at, file.site.tz, now)
    found = [Fact("Decided", at), Fact("Said by", str(details.get("said_by", "")))]
    if row.status in GRANTED:
        units = f"{_visits(row.units)}, {row.used} used" if row.units else ""
        days = " through ".join(_written(day) for day in (row.begins, row.ends) if day is not None)
        found += [
            Fact("Number", str(details.get("number", "")), strong=True),
            Fact("Holds for", ", ".join(part for part in (units, ", ".join(row.procedures)) if part)),
            Fact("Days", days if row.begins or not row.ends else f"through {days}"),
        ]
    return [*found, Fact("In words", str(details.get("decision_words", "")))]


def earlier(file: RequestFile, now: datetime) -> list[tuple[Sign, str]]:
    """The decisions before the one that stands, the oldest first, each with all that it granted."""
    return [(STATUSES[each["decision"]], _stood(each, file, now)) for each in file.details.get("earlier", [])]


def _stood(said: dict[str, Any], file: RequestFile, now: datetime) -> str:
    days = " through ".join(_written(date.fromisoformat(day)) for day in (said["begins"], said["ends"]) if day)
    parts = (
        words.moment(datetime.fromisoformat(said["at"]), file.site.tz, now),
        f"said by {said['said_by']}" if said["said_by"] else "",
        f"No. {said['number']}" if said["number"] else "",
        f"{_visits(said['units'])}, {said['used']} used" if said["units"] else "",
        days,
        ", ".join(said["procedures"]),
        said["decision_words"],
    )
    return "; ".join(part for part in parts if part)


def replies(file: RequestFile, now: datetime) -> list[ReplyShown]:
    """The payer's replies, the oldest first."""
    return [
        ReplyShown(
            words.moment(each.at, file.site.tz, now) if each.at else "", BECAME[each.became], _about(each),
            lines_of_reply(each.reviews), each.text,
        )
        for each in file.replies
    ]  # fmt: skip


def _about(reply: Replied) -> str:
    """Why a reply was not taken as a decision, and what to do about it; "" where it was."""
    if reply.became == "unclear":
        return "Say what it decides, under The payer’s answer."
    if reply.became == "takes_away":
        return "It leaves less than is authorized: note the decision if it stands."
    if reply.became != "somebody_else":
        return ""
    named = (
        ", ".join(part for part in (f"{who.first} {who.last}".strip(), f"member {who.id}" if who.id else "") if part)
        for each in reply.reviews
        if (who := each.patient) is not None
    )
    return f"It names somebody else: {' and '.join(dict.fromkeys(named))}. Ask the payer."


def _visits(count: int) -> str:
    return f"{count} visit{'' if count == 1 else 's'}"


def lines_of_reply(reviews: tuple[Review, ...]) -> list[str]:
    """What the payer's reply says, a sentence each."""
    found = []
    for review in reviews:
        for one in review.determinations:
            reasons = [codes.words("certification_reason", each) for each in one.reasons]
            found.append(_sentence(OUTCOMES.get(one.outcome or "", "decides nothing that could be read"), reasons))
            found += [_sentence(f"{_what(each.procedures)}: {OUTCOMES.get(each.stated or '', 'not decided')}",
                                [codes.words("certification_reason", r) for r in each.reasons])
                      for each in one.services if each.code]  # fmt: skip
            found += [f"“{text}”" for each in (one, *one.services) for text in each.messages]
        found += [f"Refused to answer: code {each.code}" for each in review.rejections]
        found += [f"Not understood: {each.segment}" for each in review.not_understood]
        found += [each.said for each in review.faults]
    return found


def _what(procedures: object) -> str:
    named = [each.code for each in procedures]  # type: ignore[attr-defined]
    return ", ".join(named) or "a service"


def _sentence(text: str, reasons: list[str]) -> str:
    said = f"{text} ({'; '.join(reasons)})" if reasons else text
    return f"{said[:1].upper()}{said[1:]}."


def on_lead(rows: list[AuthorizationRequest], lead: Lead) -> list[tuple[str, Sign, str, str]]:
    """The requests of a lead as its page lists them: what, how it stands, a note, and the address."""
    site = practice().sites.get(lead.site)
    found = []
    for row in rows:
        note = ""
        if row.status in UNDER_WAY and row.expected_at is not None and site is not None:
            note = f"answer due {words.day(row.expected_at.astimezone(site.tz).date())}"
        elif row.status in GRANTED:
            left = f"{row.used} of {row.units} used" if row.units else ""
            note = ", ".join(part for part in (left, f"through {_written(row.ends)}" if row.ends else "") if part)
        where = reverse("authorization", args=[f"L-{lead.number}", row.id])
        found.append((titled(row), STATUSES[row.status], note, where))
    return found


def in_coverage(
    stated: list[Fact], rows: list[AuthorizationRequest], said: TreatmentOnly | None, payers: tuple[Payer, ...]
) -> list[Fact]:
    """What was stated of the first plan, where its authorization says more: given in part, and for what; or needed for
    treatment alone."""
    first = next((n for n, each in enumerate(stated) if each.label == "Authorization"), None)
    status = payers[0].authorization_status or payers[0].authorization_number if payers else None
    if first is None:
        return stated
    fact, partly = stated[first], [each for each in rows if (each.service, each.status) == ("evaluation", "partly")]
    if status == "approved" and partly:
        codes_of = dict.fromkeys(code for each in partly for code in each.procedures)
        text = ", ".join(part for part in (fact.text, f"for {', '.join(codes_of)}" if codes_of else "") if part)
        fact = replace(fact, text=text, signs=(Sign("doubt", "approved in part"),))
    elif status is None and said is not None:
        fact = replace(fact, text=narrowed(said), signs=(Sign("waiting", "for treatment, not for the evaluation"),))
    return [*stated[:first], fact, *stated[first + 1 :]]


def narrowed(said: TreatmentOnly) -> str:
    """What the payer's answer and its rule say together."""
    rule = f"{said.source}, as of {_written(said.as_of)}"
    return (
        f"The payer's answer of {words.day(said.day)} says that {said.discipline} must be authorized. By its rule "
        f"({rule}) the first evaluation need not be."
    )


def _written(day: date | None) -> str:
    return f"{words.day(day)}, {day.year}" if day is not None else ""
