"""Authorizations: what is needed is asked for, what is late is asked after, what runs out is extended. Nothing twice.

That the evaluation has to be asked for is a task already (`first_try`, `papers`); here stands what must be asked of
whom, and what follows once the payer has it. """

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final

from firstvisit.journey.case import AuthorizationSeen, Case
from firstvisit.journey.plan.wanted import Draft, ExpectedOn, Ground, Owner, WantedRequest, WantedTask
from firstvisit.messages.moments import short_day
from firstvisit.steps.routing import clocks
from firstvisit.steps.routing.tries import open_day

NOON: Final = time(12)
LONGEST: Final = 200
NOBODY: Final = uuid.UUID(int=0)
NEVER: Final = datetime.min.replace(tzinfo=UTC)
EVALUATED: Final = "evaluated"
"""How a lead is closed whose treatment goes on."""
SHIPPED: Final = "The rules: authorization before the evaluation, by kind of coverage"
STATED: Final = "Whoever sent it states so"


def needed(ground: Ground, draft: Draft) -> None:
    """What is needed of the payer."""
    if _matters(ground, draft):
        _want(ground, draft)


def authorization(ground: Ground, draft: Draft) -> None:
    """The next thing with each request. Treatment goes on after the evaluation has closed the lead, and so does what
    it waits for; nothing new is wanted then."""
    case = ground.case
    if case.closed:
        if case.closed_how != EVALUATED:
            return
    elif not _matters(ground, draft):
        return
    else:
        _expect(ground, draft)
    standing = requests_after(case, draft.requests)
    extended = {each.extends for each in standing if each.status not in ("cancelled", "not_needed")}
    for request in standing:
        if case.closed and request.service == "evaluation":
            continue  # it took place
        if request.under_way:
            _ask_after(ground, draft, request)
        elif request.to_send and request.service == "treatment":
            _send_treatment(ground, draft, request)
        elif request.status == "denied" and request.service == "treatment":
            _decide(ground, draft, request)
        elif request.granted and request.id not in extended:
            _extend(ground, draft, request)


def payer_asked(ground: Ground, draft: Draft) -> bool:
    """Whether the payer has every request for the evaluation in hand or has answered it, and one is in hand."""
    standing = requests_after(ground.case, draft.requests)
    of_evaluation = [each for each in standing if each.service == "evaluation"]
    under_way = any(each.under_way for each in of_evaluation)
    return under_way and not any(each.to_send for each in of_evaluation)


def requests_after(case: Case, wanted: Sequence[WantedRequest]) -> tuple[AuthorizationSeen, ...]:
    """The requests of a lead once its plan wants these. What nobody prepared and is wanted no more is not needed;
    what somebody prepared, and what a person said is needed, is theirs. Of a closed lead all stays as it was."""
    known, keys = {one.key for one in case.requests}, {one.key for one in wanted}
    if case.closed:
        return case.requests
    stay = (
        one._replace(status="not_needed")
        if one.status == "needed" and one.planned and one.key not in keys
        else one._replace(status="needed")
        if one.status == "not_needed" and one.key in keys and one.decided_at is None
        else one
        for one in case.requests
    )
    made = (
        AuthorizationSeen(NOBODY, one.key, one.discipline, one.service, "needed", NEVER)
        for one in wanted
        if one.key not in known
    )
    return (*stay, *made)


def _matters(ground: Ground, draft: Draft) -> bool:
    case = ground.case
    nobodys = case.kind == "organization" or ground.silent or case.read_first
    return not nobodys and draft.outcome != "refer_out"


def _want(ground: Ground, draft: Draft) -> None:
    """The evaluation, while the payer authorizes it first and has not answered; treatment, once a visit is agreed."""
    case, facts = ground.case, ground.case.facts
    if case.insured and case.insured[0].withheld:
        return
    payer = ground.practice.payers.get(facts.payer or "")
    said = _said_by_payer(ground)
    if draft.steers.authorization:
        if payer is not None and payer.authorization_before_evaluation == "yes":
            why = ("rule", f"{payer.source} (as of {payer.as_of})")
        elif said:
            why = ("271", said)
        else:
            why = ("told", STATED) if facts.authorization in ("required", "pending") else ("rule", SHIPPED)
        _add_wanted(ground, draft, "evaluation", *why)
    if payer is None or case.agreed is None:
        return
    if payer.authorization_before_treatment == "yes":
        _add_wanted(ground, draft, "treatment", "rule", f"{payer.source} (as of {payer.as_of})")
    elif said and payer.authorization_before_evaluation == "no":
        _add_wanted(ground, draft, "treatment", "271", said)


def _add_wanted(ground: Ground, draft: Draft, service: str, needed_by: str, needed_from: str) -> None:
    payer = ground.case.facts.payer or ""
    for therapy in _therapies(ground, draft):
        key = f"{ground.prefix}:auth:{service}:{therapy}:{payer[:20]}"
        draft.requests.append(WantedRequest(key, payer, therapy, service, needed_by, needed_from[:300]))


def _therapies(ground: Ground, draft: Draft) -> tuple[str, ...]:
    """The therapies of the lead: those asked for that its program does; one unknown where none was said."""
    asked, program = ground.case.facts.disciplines, draft.steers.program
    done = tuple(each for each in asked if program is None or each in program.disciplines) or asked
    return done or ("",)


def _said_by_payer(ground: Ground) -> str:
    """The day of the payer's own answer that therapy wants an authorization; "" where it said none."""
    found = ""
    for check in ground.case.checks:
        if check.rank == 0 and check.status == "answered" and check.answered_at is not None:
            day = check.answered_at.astimezone(ground.site.tz).date()
            found = f"The payer's answer about {check.discipline} of {day}" if check.authorization else found
    return found


def _expect(ground: Ground, draft: Draft) -> None:
    """What waits for the payer waits since it was asked, until its answer is due; the evaluation may be planned on
    it."""
    if not payer_asked(ground, draft):
        return
    asked = [each for each in ground.case.requests if each.service == "evaluation" and each.under_way]
    since = min(each.requested_at for each in asked if each.requested_at is not None)
    known = [each for each in asked if each.expected_at is not None]
    last = max(known, key=lambda each: each.expected_at or ground.now, default=None)
    expected = None if last is None or len(known) < len(asked) else last.expected_at
    if last is not None and expected is not None:
        draft.expected_on = ExpectedOn(expected.astimezone(ground.site.tz).date(), last.expected_from)
    texts = since.astimezone(UTC).isoformat(), expected.astimezone(UTC).isoformat() if expected else None
    draft.blockers = [
        b._replace(asked=texts[0], expected=texts[1]) if (b.what, b.whom) == ("authorization", "payer") else b
        for b in draft.blockers
    ]


def _ask_after(ground: Ground, draft: Draft, request: AuthorizationSeen) -> None:
    """Asked, and not answered by its day: somebody asks how it stands, again and again; after some times it goes
    up."""
    rules, begins = ground.authorizing, f"{_key(ground, request, 'nudge_payer')}:"
    asked = [t for t in ground.case.tasks if t.status == "done" and t.key and t.key.startswith(begins) and t.ended_at]
    count, requested = len(asked), request.requested_at or request.needed_at
    last = max((t.ended_at for t in asked if t.ended_at is not None), default=None)
    expected = request.expected_at
    if expected is not None and (last is None or expected > last):
        since = expected
    elif last is not None:
        since = open_day(last, rules.again_days, NOON, ground.site)
    else:
        since = open_day(requested, rules.unknown_days, NOON, ground.site)
    day = short_day(requested.astimezone(ground.site.tz).date())
    if expected is None:
        when = "nothing says when the payer answers"
    else:
        due = short_day(expected.astimezone(ground.site.tz).date())
        when = f"its answer is due {due} ({_WHENCE[request.expected_from]})"
    why = f"{_what(request)} was asked for {day}; {when}"
    why = f"{why}; asked after {'once' if count == 1 else f'{count} times'}" if count else why
    owner, above = draft.owner, ground.routing.escalation_queue
    if count >= rules.nudges and above in ground.practice.queues:
        owner = Owner(queue=above)
    _task(ground, draft, f"{begins}{count}", "nudge_payer", why, since, owner, minutes=0)


_WHENCE: Final = {
    "payer": "the payer named it",
    "rule": "by its rule",
    "law": "by law",
    "median": "as it usually takes",
    "": "as somebody noted",
}


def _send_treatment(ground: Ground, draft: Draft, request: AuthorizationSeen) -> None:
    """The evaluation's findings go with it, so it is asked for some days after the agreed visit. More of what runs
    out is asked for at once."""
    key = _key(ground, request, "request_treatment")
    if request.extends is not None:
        why = f"More {request.discipline} visits: say what is asked for, and send it before the rest is used"
        _task(ground, draft, key, "request_treatment", why, request.needed_at, draft.owner)
        return
    agreed = ground.case.agreed
    visit = agreed.again_at if agreed is not None else None
    since = visit or (agreed.ended_at if agreed is not None else None) or request.needed_at
    due = open_day(since, ground.authorizing.treatment_days, NOON, ground.site)
    why = f"{_what(request)} wants the payer's authorization: ask once the evaluation is done"
    _task(ground, draft, key, "request_treatment", why, due, draft.owner, minutes=0)


def _decide(ground: Ground, draft: Draft, request: AuthorizationSeen) -> None:
    what = f"treatment ({request.discipline})" if request.discipline else "treatment"
    why = f"The payer refused {what}: appeal with whoever ordered it, or say what it costs"
    key, since = _key(ground, request, "decide_refusal"), request.decided_at or ground.now
    _task(ground, draft, key, "decide_refusal", why, since, draft.owner)


def _extend(ground: Ground, draft: Draft, request: AuthorizationSeen) -> None:
    """Units or days run out: once somebody asks for more, or says that none is needed by finishing the task."""
    rules = ground.authorizing
    key = _key(ground, request, "extend_authorization")
    if request.units and request.counted_at and request.used * 100 >= request.units * rules.alert_percent:
        why = f"{request.used} of {request.units} authorized visits are used: ask for more, or say that none is needed"
        _task(ground, draft, key, "extend_authorization", why, request.counted_at, draft.owner)
        return
    if request.ends is None:
        return
    opens = datetime.combine(request.ends - timedelta(days=rules.alert_days), time(), ground.site.tz)
    if ground.now < opens:
        draft.look_again.append(opens.astimezone(UTC))
        return
    why = f"The authorization ends {short_day(request.ends)}: ask for more, or say that none is needed"
    since = max(opens, request.decided_at or opens)
    _task(ground, draft, key, "extend_authorization", why, since, draft.owner)


def _task(
    ground: Ground,
    draft: Draft,
    key: str,
    kind: str,
    why: str,
    since: datetime,
    owner: Owner,
    *,
    minutes: int | None = None,
) -> None:
    """The task, unless somebody has done it. `minutes` from `since` are its clock; those of any answer where None."""
    if ground.case.ended(key) is not None:
        return
    length = ground.verification.person_minutes if minutes is None else minutes
    due_at = clocks.due(since, length, ground.site)
    draft.tasks.append(WantedTask(key, kind, why[:LONGEST], owner, due_at, length))


def _key(ground: Ground, request: AuthorizationSeen, kind: str) -> str:
    return f"{ground.prefix}:{kind}:{request.key.removeprefix(f'{ground.prefix}:auth:')}"


def _what(request: AuthorizationSeen) -> str:
    """"The evaluation (PT)"."""
    what = "The evaluation" if request.service == "evaluation" else "Treatment"
    return f"{what} ({request.discipline})" if request.discipline else what
