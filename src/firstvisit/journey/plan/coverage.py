"""Which questions about benefits should be asked, and what a person has to do after the answers.

A clean answer asks for nobody's hand. A question is asked of each plan and therapy once for what it would say: when any
of that is corrected it is another question, and asked by itself. So it is in a later month, and before a visit.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from firstvisit.journey.case import CheckSeen, InsuredSeen
from firstvisit.journey.plan.permitted import permitted
from firstvisit.journey.plan.wanted import Draft, Ground, Owner, WantedCheck, WantedTask
from firstvisit.steps.coverage.cards import HEALTH_PLANS
from firstvisit.steps.coverage.findings import DOUBTFUL
from firstvisit.steps.routing import clocks

ACTION: Final = "coverage_check"
"""The switch of what is asked by itself."""
NIGHT: Final = time(2)
"""When what a new month or a coming visit asks for is wanted, by the clock of the site: payers are quiet then."""
SPREAD: Final = 180
"""Minutes of the night over which such questions are spread."""
LONGEST: Final = 200
_OURS: Final = ("provider", "payer")
_PERSON_FIELDS: Final = {"": "what the refusal is about", "request": "the request"}


def checks(ground: Ground, draft: Draft) -> None:
    """What should be asked now, and when to look again."""
    if not _asks(ground, draft):
        return
    for insured in ground.case.insured:
        if not _can_be_asked(ground, insured):
            continue
        for discipline in insured.disciplines:
            _want(ground, draft, insured, discipline)


def _asks(ground: Ground, draft: Draft) -> bool:
    """Whether benefits matter for this lead: not of an organization, of whom we refer elsewhere, of whom nobody has
    read yet what a restricted person sent; nor of an old enquiry from a file before somebody has reached them."""
    case = ground.case
    if case.kind == "organization" or ground.silent or draft.outcome == "refer_out" or case.read_first:
        return False
    return not case.quiet or case.last_try is not None


def _can_be_asked(ground: Ground, insured: InsuredSeen) -> bool:
    payer = ground.practice.payers.get(insured.payer)
    return (
        insured.kind in HEALTH_PLANS
        and not insured.withheld
        and not insured.missing
        and payer is not None
        and bool(payer.connector)
    )


def _want(ground: Ground, draft: Draft, insured: InsuredSeen, discipline: str) -> None:
    asked = [c for c in _of_plan(ground, insured, discipline) if c.cause != "told"]
    begin = f"{ground.prefix}:check:{insured.rank}:{discipline}:{insured.token[:8]}"
    today = ground.now.astimezone(ground.site.tz).date()
    ended = [c for c in asked if c.status in ("answered", "failed")]
    newest = max(ended, key=_ended_at, default=None)
    if newest is None:
        _ask(ground, draft, insured, discipline, f"{begin}:captured", "captured", today, ground.case.received_at)
        return
    last = _ended_at(newest)
    if newest.finding == "down":  # whoever asks by hand meanwhile, the payer may be back
        next_day = last.astimezone(ground.site.tz).date() + timedelta(days=1)
        _at_night(ground, draft, insured, discipline, f"{begin}:night:{next_day}", "night", next_day)
    visit = _visit(ground)
    if visit is not None and visit >= today:
        opens = visit - timedelta(days=ground.verification.days_before_visit)
        if last.astimezone(ground.site.tz).date() < opens:
            _at_night(ground, draft, insured, discipline, f"{begin}:visit:{visit}", "visit", opens)
    if ground.verification.each_month:
        first = _next_month(last.astimezone(ground.site.tz).date())
        _at_night(ground, draft, insured, discipline, f"{begin}:month:{first:%Y-%m}", "month", first)


def _ended_at(check: CheckSeen) -> datetime:
    """When a question was answered; of one that nobody answered, when it was wanted."""
    return check.answered_at or check.wanted_at


def _at_night(
    ground: Ground, draft: Draft, insured: InsuredSeen, discipline: str, key: str, cause: str, day: date
) -> None:
    """Wanted from that night on; until then it is looked at again."""
    moment = datetime.combine(day, NIGHT, ground.site.tz) + timedelta(minutes=ground.case.number % SPREAD)
    if ground.now < moment:
        draft.look_again.append(moment.astimezone(UTC))
        return
    today = ground.now.astimezone(ground.site.tz).date()
    if cause == "month":  # a month in which nobody asked is over: the question is that of the present one
        key = f"{key.rpartition(':')[0]}:{today:%Y-%m}"
    _ask(ground, draft, insured, discipline, key, cause, _asked_about(ground, today), moment)


def _ask(
    ground: Ground, draft: Draft, insured: InsuredSeen, discipline: str, key: str, cause: str, day: date,
    since: datetime,
) -> None:  # fmt: skip
    why = f"Ask the payer about {discipline}: is it covered, and what does it cost?"
    if permitted(ground, draft, ACTION, key, why, since=since):
        about = day if cause != "captured" else _asked_about(ground, day)
        draft.checks.append(WantedCheck(key, insured.rank, insured.token, discipline, cause, about))


def _asked_about(ground: Ground, today: date) -> date:
    """The day of the visit, where payers must answer about it: until the end of the month (CAQH CORE); else today."""
    visit = _visit(ground)
    return visit if visit is not None and visit >= today and (visit.year, visit.month) == (
        today.year, today.month
    ) else today  # fmt: skip


def _visit(ground: Ground) -> date | None:
    agreed = ground.case.agreed
    return agreed.again_at.astimezone(ground.site.tz).date() if agreed is not None and agreed.again_at else None


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _of_plan(ground: Ground, insured: InsuredSeen, discipline: str) -> list[CheckSeen]:
    """What was asked of this very plan, said with what is known now."""
    return [
        c
        for c in ground.case.checks
        if (c.rank, c.token, c.discipline) == (insured.rank, insured.token, discipline)
    ]


def standing(checks: list[CheckSeen]) -> CheckSeen | None:
    """The question whose end counts: the newest that has one; of one that waits for days, that it waits."""
    ended = [c for c in checks if c.status in ("answered", "failed") or (c.refused and c.status != "withdrawn")]
    return max(ended, key=_ended_at, default=None)


def after_answers(ground: Ground, draft: Draft) -> None:
    """One task for what a payer refused, and one for a plan that does not pay or an answer that says too little. A
    question that is still under way waits for nobody."""
    if not _asks(ground, draft):
        return
    for insured in ground.case.insured:
        if insured.kind not in HEALTH_PLANS or insured.withheld:
            continue
        for discipline in insured.disciplines:
            check = standing(_of_plan(ground, insured, discipline))
            if check is not None and insured.rank and check.finding in _OF_THE_FIRST:
                continue  # what a second plan does not pay is no news to a family whose first one may
            if check is not None:
                _settle(ground, draft, check)
            elif _visit(ground) is not None and not _can_be_asked(ground, insured):
                _by_hand_before_visit(ground, draft, insured, discipline)


def _settle(ground: Ground, draft: Draft, check: CheckSeen) -> None:
    at = _ended_at(check)
    if check.referral and not check.rank and check.status == "answered":
        key = f"{ground.prefix}:ask_referral:{check.discipline}:{check.token[:8]}"
        why = f"The plan names who may have to refer for {check.discipline}, or writes of it: read that, ask for it"
        if check.cause == "told":
            why = f"The plan said that {check.discipline} needs a referral: ask for it"
        _add(ground, draft, key, "ask_referral", why, at)
    match check.finding:
        case "rejected" if check.status == "answered":
            for kind, rows in (
                ("correct_coverage", [r for r in check.refused if r["whose"] not in _OURS]),
                ("fix_enrollment", [r for r in check.refused if r["whose"] in _OURS]),
            ):
                if rows:
                    _task(ground, draft, check, kind, _refused(rows), at)
        case "rejected":
            if check.again_at - at > timedelta(hours=ground.verification.give_up_hours):
                until = check.again_at.astimezone(ground.site.tz).date()
                why = f"The payer answers no sooner than {until:%b} {until.day}: ask by phone or portal"
                _task(ground, draft, check, "verify_by_hand", why, at)
        case "inactive":
            why = f"The plan is not active for {check.discipline}: ask for another coverage, or what they will pay"
            _task(ground, draft, check, "ask_other_coverage", why, at)
        case "used_up":
            why = f"Covered, and no visit of {check.discipline} is left: say so, and what a visit costs"
            _task(ground, draft, check, "explain_not_covered", why, at)
        case "clean" if check.why and check.cause != "told":
            _task(ground, draft, check, "verify_by_hand", f"{check.why} Read it as it was sent, or ask the payer", at)
        case "clean":
            _authorization_unknown(ground, draft, check)
        case "not_covered":
            why = f"The plan is active and does not cover {check.discipline}: say so, and what a visit costs"
            _task(ground, draft, check, "explain_not_covered", why, at)
        case finding if finding in DOUBTFUL and check.cause == "told":
            return  # a person has asked, and that is all the payer says
        case finding if finding in DOUBTFUL or check.status == "failed":
            why = f"{_DOUBT.get(finding, check.why)}: ask by phone or portal"
            _task(ground, draft, check, "verify_by_hand", why, at)


_OF_THE_FIRST: Final = ("inactive", "not_covered", "used_up", "not_stated")
_DOUBT: Final = {
    "not_stated": "The payer does not say whether this therapy is covered",
    "not_understood": "The payer's answer could not be read as an answer",
    "other_patient": "The payer's answer is about another question",
    "down": "The payer did not answer for too long",
}


def _refused(rows: list[dict[str, Any]]) -> str:
    """What is wrong, whose it is and what to ask for, of the first two refusals."""
    said = [
        f"{row['words']} ({row['code']}): {'check' if row['whose'] in _OURS else 'ask for'} {row['ask_for']}"
        for row in rows[:2]
    ]
    return f"The payer refuses: {'; '.join(said)}"


def _by_hand_before_visit(ground: Ground, draft: Draft, insured: InsuredSeen, discipline: str) -> None:
    """Somebody is coming and no machine can ask: a person does, before the visit."""
    lacks = "something is missing to ask with" if insured.missing else "this payer is asked by phone or portal"
    key = f"{ground.prefix}:verify_by_hand:{insured.rank}:{discipline}:{insured.token[:8]}"
    agreed = ground.case.agreed
    if agreed is None or agreed.ended_at is None:
        return
    _add(ground, draft, key, "verify_by_hand", f"A visit is agreed and {lacks}: verify {discipline}", agreed.ended_at)


def _authorization_unknown(ground: Ground, draft: Draft, check: CheckSeen) -> None:
    """Somebody is coming, and neither the payer's answer nor a rule of ours says whether it must agree first."""
    agreed, facts = ground.case.agreed, ground.case.facts
    payer = ground.practice.payers.get(facts.payer or "")
    ruled = payer is not None and payer.authorization_before_evaluation != "not_stated"
    if check.rank or check.authorization is not None or facts.authorization is not None or ruled:
        return
    if agreed is not None and agreed.ended_at is not None:
        why = f"A visit is agreed; nobody says whether {check.discipline} must be authorized: ask by phone or portal"
        _task(ground, draft, check, "verify_by_hand", why, max(agreed.ended_at, check.answered_at or agreed.ended_at))


def _task(ground: Ground, draft: Draft, check: CheckSeen, kind: str, why: str, at: datetime) -> None:
    why = f"Second plan: {why}" if check.rank else why
    _add(ground, draft, f"{ground.prefix}:{kind}:{check.id}", kind, why, at)


def _add(ground: Ground, draft: Draft, key: str, kind: str, why: str, at: datetime) -> None:
    if ground.case.ended(key) is not None:
        return
    minutes = ground.verification.person_minutes
    above = ground.routing.escalation_queue
    ours = kind == "fix_enrollment" and above in ground.practice.queues
    owner = Owner(queue=above) if ours else draft.owner
    due_at = clocks.due(at, minutes, ground.site)
    draft.tasks.append(WantedTask(key, kind, why[:LONGEST], owner, due_at, minutes))
