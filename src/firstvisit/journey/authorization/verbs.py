"""What a person does with a request for authorization. Each verb checks capability and scope, writes the row and a
line of the timeline, and lets the journey go on before the commit, as the verbs of a lead do."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from firstvisit.journey import authorizing
from firstvisit.journey.authorization import composing
from firstvisit.journey.authorization.composing import Wished
from firstvisit.journey.authorization.papers import kept_for
from firstvisit.journey.authorization.replies import NamesAnother, NotTheirs, Unclear, read
from firstvisit.journey.authorizing import Answered
from firstvisit.journey.case import BY_HAND
from firstvisit.journey.plan.authorization import EVALUATED
from firstvisit.journey.verbs import act_on
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.kernel.seal import OpenKey, open_key
from firstvisit.leads import services
from firstvisit.leads.models import Lead, LeadReferral, Task
from firstvisit.leads.queries import code
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.referral.record import Referral
from firstvisit.steps.coverage import requests
from firstvisit.steps.coverage.expecting import Expected, expected, legal_clock
from firstvisit.steps.coverage.league import median_days
from firstvisit.steps.coverage.models import AuthorizationRequest
from firstvisit.steps.coverage.requests import GRANTED, Decision
from firstvisit.steps.coverage.review_requests import is_procedure

CAPABILITY: Final = "leads.work"
SEES: Final = "insurance.see"
MOST_VISITS: Final = 999
_ASKS: Final = ("request_authorization", "authorize_beside", "request_treatment")
"""Tasks that end by sending the request."""


@dataclass(frozen=True, slots=True)
class Locked:
    """A request with its lead, both locked, and what is sealed of it opened."""

    lead: Lead
    row: AuthorizationRequest
    reading: Referral
    key: OpenKey
    details: dict[str, Any]


def need(lead: Lead, by: User, *, actor: Actor, discipline: str, said_by: str) -> None:
    """The payer told us that treatment wants an authorization: a request that is needed. That the evaluation wants
    one is noted with what was stated, and asked for by itself."""
    if not said_by.strip():
        raise BadInput([Problem("said_by", "Enter who said so: a name, a portal, a letter.")])

    def write(locked: Lead, now: datetime) -> None:
        _sees(by)
        facts = locked.facts
        if discipline and discipline not in facts.disciplines:
            raise BadInput([Problem("discipline", "Choose one of the therapies that were asked for.")])
        payer = facts.payer or ""
        if any(each.discipline == discipline for each in in_force(locked, _day_there(locked, now))):
            raise BadInput([Problem("therapy", "This treatment is authorized already: ask for more on its page.")])
        key = f"{locked.id}:auth:treatment:{discipline}:{payer[:20]}{BY_HAND}"
        if AuthorizationRequest.objects.filter(key=key).exists():
            raise Conflict("an authorization of this treatment is in hand already")
        requests.needed_row(
            locked.id, key=key, payer=payer, discipline=discipline, service="treatment", needed_by="told",
            needed_from="The payer told one of ours; the timeline has the words", now=now,
        ).save(force_insert=True)  # fmt: skip
        data = {"discipline": discipline, "service": "treatment"}
        services.noted(locked, "authorization_needed", actor, at=now, data=data, words=said_by.strip())

    act_on(lead, by, CAPABILITY, write)


def in_force(lead: Lead, today: date) -> list[AuthorizationRequest]:
    """The authorizations of treatment that the payer gave and that hold on that day, without their sealed parts."""
    rows = AuthorizationRequest.objects.filter(lead=lead, service="treatment", payer=lead.facts.payer or "")
    held = rows.filter(status__in=GRANTED).exclude(ends__lt=today).order_by("needed_at", "id")
    return list(held.defer("details", "request", "reply"))


def prepare(row: AuthorizationRequest, by: User, *, actor: Actor, wish: Wished) -> None:
    """Say what is asked for."""

    def write(at: Locked, now: datetime) -> None:
        requests.prepared(
            at.row, at.key, units=wish.units, procedures=wish.procedures, urgent=wish.urgent, begins=wish.begins,
            ends=wish.ends, words=wish.words, papers=wish.papers,
        )  # fmt: skip
        _noted(at, "authorization_prepared", actor, now)

    _on(row, by, write)


def send(
    row: AuthorizationRequest, by: User, *, actor: Actor, way: str, to: str, reference: str = "",
    said: date | None = None,
) -> None:  # fmt: skip
    """It has gone to the payer, by hand: how, to whom, and under which number the payer has it. What was sent is kept
    as it was; when the answer is due follows, and the task of asking is done."""
    problems = [] if way in requests.WAYS else [Problem("way", "Choose how it was sent.")]
    if not to.strip():
        problems.append(Problem("to", "Enter to whom: a number, a portal, a name."))
    if problems:
        raise BadInput(problems)

    def write(at: Locked, now: datetime) -> None:
        composing.may_be_told(at.reading)
        shape = practice()
        site = shape.sites[at.lead.site]
        local = now.astimezone(site.tz)
        if said is not None and said < local.date():
            raise BadInput([Problem("said", "Choose a day that is still to come.")])
        papers = [each.id for each in kept_for(at.lead, site)]
        wish = composing.wished(at.row, at.details) if at.row.status == "prepared" else None
        wish = wish or composing.first_wish(at.row, at.reading, papers, local.date())
        number = _number_so_far(at.row, at.key)
        asked = composing.request_of(at.row, at.reading, shape, wish, number=number, today=local.date())
        if way == "x12":
            body = composing.as_278(replace(asked, papers=""), moment=local)
        elif way == "fhir":
            body = composing.as_pas(at.lead, asked, wish, shape, created=local)
        else:
            body = composing.packet(
                at.lead, at.row, at.reading, shape, wish, asked, site, code=code(at.lead.number), today=local.date()
            )
        due = _expected(at, shape.payers.get(at.row.payer), local, said)
        if at.row.status == "needed":
            requests.prepared(
                at.row, at.key, units=wish.units, procedures=wish.procedures, urgent=wish.urgent, begins=wish.begins,
                ends=wish.ends, words=wish.words, papers=wish.papers,
            )  # fmt: skip
        requests.sent(
            at.row, at.key, way=way, to=to.strip(), reference=reference.strip(), request=body, expected=due, at=now
        )
        kinds = ("request_treatment",) if at.row.service == "treatment" else _ASKS[:2]
        _end_tasks(at, kinds, by, now)
        _noted(at, "authorization_sent", actor, now, {"way": way, "expected": due.whence})

    _on(row, by, write)


def nudge(
    row: AuthorizationRequest, by: User, *, actor: Actor, words: str, said: date | None = None
) -> None:
    """The payer was asked how it stands; `said` is the day that it named for its answer, if any."""
    if not words.strip():
        raise BadInput([Problem("words", "Enter what they said, and who.")])

    def write(at: Locked, now: datetime) -> None:
        site = practice().sites[at.lead.site]
        local = now.astimezone(site.tz)
        if said is not None and said < local.date():
            raise BadInput([Problem("said", "Choose a day that is still to come.")])
        due = _expected(at, None, local, said) if said is not None else None
        requests.nudged(at.row, at.key, words=words.strip(), expected=due, at=now)
        _end_tasks(at, ("nudge_payer",), by, now)
        _noted(at, "authorization_nudged", actor, now, words=words.strip())

    _on(row, by, write)


def decide(
    row: AuthorizationRequest, by: User, *, actor: Actor, decision: str, what: Answered,
    procedures: Sequence[str] = (), replaces: bool = False,
) -> None:  # fmt: skip
    """What the payer decided. Of the evaluation it goes into the record, and the lead goes on by itself. One that
    leaves less than what is in force wants to be said so (`replaces`)."""
    if decision not in _ANSWERS:
        raise BadInput([Problem("decision", "Choose what the payer decided.")])
    if decision == "partly" and not (what.units or what.begins or what.ends or procedures):
        raise BadInput([Problem("granted", "Enter what is authorized: visits, days or procedures.")])

    def write(at: Locked, now: datetime) -> None:
        if not replaces and requests.takes_away(at.row, _ANSWERS[decision], units=what.units, ends=what.ends):
            raise BadInput([Problem("replaces", "This leaves less than what is authorized now: say that it does.")])
        _decide(at, by, actor, decision, what, procedures, now)

    _on(row, by, write)


def take_reply(row: AuthorizationRequest, by: User, *, actor: Actor, reply: bytes) -> bool:
    """Read the payer's 278 that somebody has; the trace number decides whose it is, and one to another request is
    refused. True where it was read as one decision. False where it is kept and a person says what it decides: it
    cannot be read as one, it names somebody else, or it would take away what is authorized."""
    if not reply.strip():
        raise BadInput([Problem("reply", "Paste the reply, or choose the file.")])
    understood = [False]

    def write(at: Locked, now: datetime) -> None:
        numbers = [str(at.details.get(name, "")) for name in ("reference", "number")]
        asked = composing.asked_about(at.row, at.reading, practice(), _day_there(at.lead, now))
        found = read(reply, trace=at.row.trace, numbers=[each for each in numbers if each], asked=asked)
        if isinstance(found, NotTheirs):
            raise BadInput([Problem("reply", found.why)])
        if any(each.body == reply for each in requests.kept_replies(at.row, at.key)):
            raise Conflict("this reply is kept already")
        if isinstance(found, Unclear):
            became = "unclear"
        elif isinstance(found, NamesAnother):
            became = "somebody_else"
        elif requests.takes_away(at.row, found.decision, units=found.units, ends=found.ends):
            became = "takes_away"
        else:
            became = found.decision
        requests.answered(at.row, at.key, reply, became=became, at=now)
        if isinstance(found, Unclear | NamesAnother) or became == "takes_away":
            _noted(at, "authorization_reply_unclear", actor, now)
            return
        understood[0] = True
        if found.decision == "pended":
            requests.pended(
                at.row, at.key, words=found.words, reference=found.reference, call=found.call, at=now
            )
            _noted(at, "authorization_pended", actor, now)
            return
        what = Answered(
            _RECORD[found.decision], "The payer's 278", number=found.number or None, units=found.units,
            begins=found.begins, ends=found.ends, why=found.words,
        )  # fmt: skip
        _decide(at, by, actor, found.decision, what, found.procedures, now)

    _on(row, by, write)
    return understood[0]


def count(row: AuthorizationRequest, by: User, *, actor: Actor, used: str, words: str = "") -> None:
    """So many of the authorized visits are used, in all. More than were given wants a word on how that came."""
    text = used.strip()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else -1

    def write(at: Locked, now: datetime) -> None:
        given = at.row.units
        if given is not None and number > given and not words.strip():
            raise BadInput([Problem("used", f"{given} are authorized. If more were used, say how that came.")])
        requests.counted(at.row, used=number, at=now)
        _noted(at, "authorization_counted", actor, now, {"used": number, "units": given}, words=words.strip())

    _on(row, by, write)


def extend(row: AuthorizationRequest, by: User, *, actor: Actor) -> AuthorizationRequest:
    """More is asked for: the next request, which goes on from the number of this one."""
    made: list[AuthorizationRequest] = []

    def write(at: Locked, now: datetime) -> None:
        made.append(requests.extended(at.row, at=now))
        _end_tasks(at, ("extend_authorization",), by, now)
        _noted(at, "authorization_extended", actor, now)

    _on(row, by, write)
    return made[0]


def cancel(row: AuthorizationRequest, by: User, *, actor: Actor, reason: str) -> None:
    """We take a request back."""
    if not reason.strip():
        raise BadInput([Problem("reason", "Say why, in a few words.")])

    def write(at: Locked, now: datetime) -> None:
        requests.cancelled(at.row, at=now)
        _noted(at, "authorization_cancelled", actor, now, words=reason.strip())

    _on(row, by, write)


def read_wish(
    *, units: str, procedures: str, urgent: bool, begins: str, ends: str, words: str, papers: Sequence[str]
) -> Wished:
    """What somebody typed is asked for. BadInput names each field that cannot be read."""
    problems = []
    text = units.strip()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None
    if text and (number is None or not 0 < number <= MOST_VISITS):
        problems.append(Problem("units", f"Enter a whole number from 1 to {MOST_VISITS}, or leave it empty."))
    codes = procedures_of(procedures)
    if wrong := [each for each in codes if not is_procedure(each)]:
        problems.append(Problem("procedures", f"{wrong[0]} is no code: five characters, such as 97161."))
    days: dict[str, date | None] = {}
    for name, day in (("begins", begins), ("ends", ends)):
        try:
            days[name] = date.fromisoformat(day.strip()) if day.strip() else None
        except ValueError:
            problems.append(Problem(name, "Enter a date."))
    first, last = days.get("begins"), days.get("ends")
    if last is not None and (first is None or last < first):
        problems.append(Problem("ends", "Enter a last day that is not before the first."))
    if problems:
        raise BadInput(problems)
    return Wished(number, codes, urgent, first, last, words.strip(), tuple(papers))


def procedures_of(text: str) -> tuple[str, ...]:
    """The codes in a text, each once."""
    return tuple(dict.fromkeys(text.replace(",", " ").replace(";", " ").upper().split()))


_RECORD: Final[dict[str, authorizing.Answer]] = {
    "approved": "approved",
    "partly": "approved",
    "denied": "denied",
    "not_needed": "not_required",
}
_ANSWERS: Final[dict[str, Decision]] = {
    "approved": "approved",
    "partly": "partly",
    "denied": "denied",
    "not_needed": "not_needed",
}
DECISIONS: Final[dict[str, str]] = {
    "approved": "Authorized as asked for",
    "partly": "Authorized in part",
    "denied": "Refused",
    "not_needed": "None is needed, the payer says",
}


def as_answered(decision: str) -> str:
    """The answer of the record (`authorizing.ANSWERS`) that a decision comes to; "" for none."""
    return _RECORD.get(decision, "")


def _decide(
    at: Locked, by: User, actor: Actor, decision: str, what: Answered, procedures: Sequence[str], now: datetime
) -> None:
    codes = tuple(procedures)
    if wrong := [each for each in codes if not is_procedure(each)]:
        raise BadInput([Problem("procedures", f"{wrong[0]} is no code: five characters, such as 97161.")])
    requests.decided(
        at.row, at.key, decision=_ANSWERS[decision], said_by=what.said_by, number=what.number or "", units=what.units,
        begins=what.begins, ends=what.ends, procedures=codes, words=what.why, at=now,
    )  # fmt: skip
    _noted(at, "authorization_decided", actor, now, {"decision": decision}, words=_said(what))
    if at.row.service != "evaluation":
        return
    rows = AuthorizationRequest.objects.filter(lead=at.lead, service="evaluation")
    statuses = set(rows.exclude(status="cancelled").values_list("status", flat=True))
    if statuses <= {*GRANTED, "denied", "not_needed"}:
        answer: authorizing.Answer = (
            "denied" if "denied" in statuses else "approved" if statuses & set(GRANTED) else "not_required"
        )
        authorizing.note(at.lead, by, actor=actor, what=replace(what, answer=answer), now=now)


def _said(what: Answered) -> str:
    return ". ".join(part for part in (what.said_by, what.why) if part)


def _expected(at: Locked, payer: Any, local: datetime, said: date | None) -> Expected:
    return expected(
        local, urgent=at.row.urgent, payer=payer, kind=at.lead.facts.payer_kind, law=legal_clock(),
        median=median_days(at.row.payer, urgent=at.row.urgent), said=said,
    )  # fmt: skip


def _number_so_far(row: AuthorizationRequest, key: OpenKey) -> str:
    before = row.extends
    return str(requests.details(before, key).get("number", "")) if before is not None else ""


def _end_tasks(at: Locked, kinds: Sequence[str], by: User, now: datetime) -> None:
    """The open tasks of these kinds are done with this: of the evaluation every one, else those of this request."""
    open_tasks = Task.objects.select_for_update().filter(lead=at.lead, status="open", kind__in=kinds)
    mark = at.row.key.removeprefix(f"{at.lead.id}:auth:")
    for task in open_tasks:
        if (at.row.service == "evaluation" and task.kind in _ASKS) or f":{mark}" in (task.key or ""):
            services.end_task(task, result="done", by=by, at=now)


def _noted(
    at: Locked, name: str, actor: Actor, now: datetime, more: dict[str, Any] | None = None, *, words: str = ""
) -> None:
    data = {"request": str(at.row.id), "discipline": at.row.discipline, "service": at.row.service, **(more or {})}
    services.noted(at.lead, name, actor, at=now, data=data, words=words or None, key=at.key)


def _sees(by: User) -> None:
    if not by.may(SEES):
        raise NotAllowed(SEES)


def _on(row: AuthorizationRequest, by: User, write: Callable[[Locked, datetime], None]) -> None:
    _sees(by)

    def on_lead(lead: Lead, now: datetime) -> None:
        locked = AuthorizationRequest.objects.select_for_update().select_related(None).get(id=row.id)
        reading = LeadReferral.objects.select_related("key").get(lead=lead)
        key = open_key(reading.key)
        write(Locked(lead, locked, services.read(reading, key), key, requests.details(locked, key)), now)

    act_on(row.lead, by, CAPABILITY, on_lead, closed=goes_on(row))


def goes_on(row: AuthorizationRequest) -> bool:
    """Whether work on a request goes on although its lead is closed: treatment after the evaluation."""
    return row.service == "treatment" and row.lead.closed_how == EVALUATED


def of_id(text: uuid.UUID) -> AuthorizationRequest | None:
    """The request of this id with its lead."""
    return AuthorizationRequest.objects.select_related("lead").filter(id=text).first()


def today_of(lead: Lead) -> date:
    """The day it is at a lead's site."""
    return _day_there(lead, clock.now())


def _day_there(lead: Lead, moment: datetime) -> date:
    return moment.astimezone(practice().sites[lead.site].tz).date()
