"""The judgement: an outcome with its reasons, in the order that safety, law and the practice demand. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple

from firstvisit.kernel.decisions import Decision, Mark, Reason
from firstvisit.kernel.intervals import Interval
from firstvisit.leads.facts import Facts
from firstvisit.practice.shape import Practice, Program
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.scorecard.card import Line, Score, evaluate, next_question
from firstvisit.steps.qualify.checks import Checks, Needed, OrderReadiness, as_in, check
from firstvisit.steps.qualify.elsewhere import Elsewhere, Fitting, Named, elsewhere, they_can
from firstvisit.steps.qualify.holds import (
    Hold,
    Trigger,
    day,
    full_now,
    not_before,
    program_full,
    until_event,
    until_wished,
)
from firstvisit.steps.qualify.organizations import CONFIRM, unconfirmed
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.windows import DATE_QUESTION

ENGINE: Final = "17"
"""Raised whenever the same inputs could be judged differently; stored with each decision."""

OUTCOMES: Final[dict[str, str]] = {
    "clinician_review": "A clinician looks first",
    "book_now": "Yes. Book now.",
    "book_pending_docs": "Yes. Book, and ask for the missing papers.",
    "need_info": "Ask one question, then decide.",
    "need_auth_first": "Yes, after the payer authorizes the evaluation.",
    "waitlist": "Yes, from the waitlist.",
    "route_other_location_or_program": "Another program, site or setting of ours fits.",
    "refer_out": "Not here. Refer to a named place.",
    "person_looks": "A person looks and decides.",
    "nurture": "Not yet. Keep in touch.",
    "discovery": "An organization asks: find out what it needs.",
    "not_a_match": "Not a match, signed by a person.",
}

BOOKS: Final = frozenset({"book_now", "book_pending_docs"})
AUTHORIZED_BESIDE: Final = Reason(
    "authorization", "The payer authorizes the evaluation first: ask at once, beside the booking", "waiting"
)
REFUSED: Final = Reason("authorization", "The payer refused to authorize the evaluation", "no")
PROGRAM_OPEN: Final = Reason(
    "program_open", "Settle the program before a time is given: length, therapist and order rule follow it", "unknown"
)
DATE_TO_ASK: Final = Reason("date_to_ask", "The date behind it decides how soon; it was not stated", "unknown")
SAME_DAY: Final = Reason("same_day", "Complete contact and a visit wished soon: schedule it today", "waiting")
_ELSEWHERE: Final = frozenset({"refer_out"})

_ORDER_WORDS: Final = {"evaluation": "before the evaluation", "treatment": "before treatment", None: ""}
ORDER_REASONS: Final[dict[tuple[str, str | None, str | None], Reason]] = {
    (needed, before, ready): reason
    for before, when in _ORDER_WORDS.items()
    for needed, ready, reason in (
        ("yes", "here", Reason("order", f"Order here, signed, needed {when}", "yes")),
        ("yes", "ready", Reason("order", f"Order stated signed, not seen here, needed {when}", "yes")),
        ("yes", "on_file", Reason("order", f"Order stated, not seen here, needed {when}", "waiting")),
        ("yes", "unsigned", Reason("order", f"Order not signed, needed {when}", "waiting")),
        ("yes", "announced", Reason("order", f"Order needed {when}: announced, not here yet", "waiting")),
        ("yes", "missing", Reason("order", f"Order needed {when}, not there", "no")),
        ("yes", None, Reason("order", f"Order needed {when}: not stated whether there is one", "unknown")),
        ("no", "ready", Reason("order", "No order needed", "yes")),
        ("not_stated", "ready", Reason("order", "No order known to be needed", "yes")),
        ("not_stated", None, Reason("order", "Order: not stated", "unknown")),
        *(
            (needed, known, Reason("order", f"{said}; {none}", "yes"))
            for needed, none in (("no", "none needed"), ("not_stated", "none known to be needed"))
            for known, said in (
                ("here", "Order here, signed"),
                ("signed", "Order stated signed, not seen here"),
                ("on_file", "Order stated, not seen here"),
                ("unsigned", "Order not signed"),
                ("announced", "Order announced, not asked for"),
            )
        ),
    )
}


DAYS: Final = "days_left"
"""The answer of the screen that a date behind the request gives."""
ORDER_BY_PROGRAM: Final = Reason("order", "Order: whether one is needed hangs on the program", "unknown")
PROGRAM_LINE: Final = Line(
    "program", "Program", 0, 0, 0, "What happened or was diagnosed, and what should get better?", False, "program"
)
"""What is asked where the program alone leaves points open: it stands on no line of the card."""


class Steering(NamedTuple):
    """All that a plan may read of a judgement. No points are among it: two judgements that steer alike lead to the
    same next things, whatever the scores behind them.

    `by` is the last day of a window, `question` the slug of what is to be asked, `today` the site's day, `held_until`
    when a hold ends and `held_for` what it waits for, `place` the place named where we are not the right one,
    `authorization` whether the payer is to authorize the evaluation and has not answered, `refused` that it refused,
    `instead` what of ours fits where
    what was asked for does not.
    """

    outcome: str
    urgent: bool
    by: date | None
    question: str | None
    order_needed: Needed
    order_readiness: OrderReadiness | None
    program: Program | None
    today: date
    held_until: date | None
    held_for: Trigger | None
    place: str
    asks_home: bool = False
    """Whether what is to be asked is where they live."""
    authorization: bool = False
    instead: Fitting | None = None
    refused: bool = False
    full: bool = False
    """Whether the program takes nobody at present."""


class Judgement(NamedTuple):
    """A decision with the arithmetic behind it. `urgent` shortens the clock; `by` is the window's last day.

    `question` is the unknown line that could change the outcome most; `hold` says until when or until what the lead
    waits; `place` is the place named where we are not the right one; `next_step` what the family can do next;
    `same_day`: complete contact and a wish so near that the visit is scheduled on the day it came; `confirm` what
    is to be found out from an organization, in the order of asking (names of `organizations.CONFIRM`); `instead` what
    of ours fits where what was asked for does not.
    """

    decision: Decision
    score: Score | None
    question: Line | None
    urgent: bool
    by: date | None
    checks: Checks
    hold: Hold | None = None
    place: Named | None = None
    next_step: str = ""
    same_day: bool = False
    confirm: tuple[str, ...] = ()
    instead: Fitting | None = None

    @property
    def outcome(self) -> str:
        return self.decision.outcome

    @property
    def steers(self) -> Steering:
        """What of it a plan may read."""
        checks, hold = self.checks, self.hold
        return Steering(
            self.decision.outcome,
            self.urgent,
            self.by,
            self.question.slug if self.question is not None else None,
            checks.order_needed,
            checks.order_readiness,
            checks.program,
            checks.today,
            hold.until if hold is not None else None,
            hold.trigger if hold is not None else None,
            self.place.text if self.place is not None else "",
            self.question is not None and self.question.fact == "in_area",
            checks.authorization_first and not checks.authorization_refused,
            self.instead,
            checks.authorization_refused,
            full_now(checks) is not None,
        )


def judge(facts: Facts, practice: Practice, judging: Judging, now: datetime) -> Judgement:
    """Judge one lead. The first that applies: red flag, hard exclusion, time-critical window, capacity,
    authorization, then the score."""
    checks = check(facts, practice, judging, now)
    return decide(checks, score_of(checks, judging), practice, judging)


def score_of(checks: Checks, judging: Judging) -> Score | None:
    """The points of one lead; an organization's enquiry has none."""
    kind = checks.facts.lead_kind
    if kind == "organization":
        return None
    score = evaluate(judging, checks.value, kind)
    return _naming_the_date(score, checks) if checks.date_uncounted else score


def _naming_the_date(score: Score, checks: Checks) -> Score:
    """A date that was stated is never called "not stated": what is open is from what the days are counted."""
    starts = _starts(checks)
    text = f"Stated; the days count from the {starts}" if starts else "Stated; how soon hangs on the program"
    lines = (line._replace(text=text) if line.fact == DAYS and not line.known else line for line in score.lines)
    return score._replace(lines=tuple(lines))


def _starts(checks: Checks) -> str:
    """The kinds of event from which the program's windows run; empty while no program is known."""
    windows = checks.program.windows if checks.program is not None else ()
    return " or ".join(dict.fromkeys(kind for window in windows for kind in window.since))


def same_side(score: Score | None, one: Judging, other: Judging) -> bool:
    """Whether a score lies wholly above or wholly below the thresholds of two sections that differ in nothing else:
    then both decide alike. An organization's enquiry has no score, and no threshold decides it."""
    if score is None:
        return True
    above = score.lo >= one.high and score.lo >= other.high
    return above or (score.hi < one.low and score.hi < other.low)


def decide(checks: Checks, score: Score | None, practice: Practice, judging: Judging) -> Judgement:
    """The judgement, from the answers of the screen and the points."""
    facts = checks.facts
    if score is None:
        return _organization(facts, checks)
    due = checks.due
    by = due.deadline

    def result(
        outcome: str,
        *reasons: Reason,
        question: Line | None = None,
        urgent: bool = False,
        hold: Hold | None = None,
    ) -> Judgement:
        held = (Reason("hold", hold.text, "waiting"),) if hold is not None else ()
        today = outcome in BOOKS and _same_day(facts, judging)
        open_ = (PROGRAM_OPEN,) if outcome in BOOKS and checks.program is None else ()
        decision = Decision(outcome, (*reasons, *open_, *held, *_screen_reasons(checks, practice)))
        return Judgement(
            decision, score, question, urgent or due.clock_urgent, by, checks, hold, same_day=today
        )

    if facts.red_flags:
        beneath = _hold(checks, practice, judging)  # what waits beneath the flag goes on once it was judged
        return result("clinician_review", *_flags(facts), urgent=True, hold=beneath)
    if facts.several_patients:
        return result("person_looks", SEVERAL, urgent=_time_critical(checks) is not None)
    if (other := elsewhere(checks, practice, judging)) is not None:
        return _elsewhere(checks, score, other, practice, judging)
    if (critical := _time_critical(checks)) is not None:
        asked = REFUSED if checks.authorization_refused else AUTHORIZED_BESIDE
        beside = (asked,) if checks.authorization_first else ()
        return result(_book(checks), critical, *_full_beside(checks), *beside, urgent=True)
    if due.must_ask and (line := _line_to_ask(score, DATE_QUESTION)) is not None:
        return result("need_info", DATE_TO_ASK, question=line, urgent=True)
    waits = due.ahead is not None or facts.not_before is not None
    if waits and (hold := until_event(checks, judging) or not_before(checks, judging)) is not None:
        return result("nurture", hold=hold)
    if checks.program is not None and (hold := program_full(checks)) is not None:
        name = checks.program.name if checks.program is not None else ""
        return result("waitlist", Reason("capacity", f"{name} is full", "waiting"), hold=hold)
    if checks.authorization_refused:
        step = judging.next_step("not_authorized")
        return result("person_looks", REFUSED, they_can(step))._replace(next_step=step)
    if checks.authorization_first:
        why = "The payer authorizes the evaluation first"
        hold = Hold("authorization", None, "Look again when the payer has answered")
        return result("need_auth_first", Reason("authorization", why, "waiting"), hold=hold)
    return _by_score(checks, judging, score, result)


def _elsewhere(
    checks: Checks, score: Score, other: Elsewhere, practice: Practice, judging: Judging
) -> Judgement:
    """Not the right program, setting or place. What the events demand decides how soon, whoever is to see them: the
    program of ours that fits is offered as soon as its own lead would be called, and whoever looks looks at once.
    Of whom we refer out no visit of ours is due."""
    if other.program is not None:
        checks = as_in(checks, other.program, judging)
        score = score_of(checks, judging) or score
    due, reasons = checks.due, other.reasons
    presses = due.pressing or due.must_ask
    if (critical := _time_critical(checks)) is not None:
        reasons = (*reasons, critical)
    elif due.must_ask:
        reasons = (*reasons, DATE_TO_ASK)
    said = [reason.code for reason in reasons]
    rest = [reason for reason in _screen_reasons(checks, practice) if reason.code not in said]
    ours = other.program is not None or other.hold is not None or presses or due.clock_urgent
    by = due.deadline if other.outcome != "refer_out" and ours else None
    return Judgement(
        Decision(other.outcome, (*reasons, *rest)),
        score,
        None,
        presses or (other.program is not None and due.clock_urgent),
        by,
        checks,
        other.hold,
        other.place,
        other.next_step,
        instead=other.fits,
    )


def _hold(checks: Checks, practice: Practice, judging: Judging) -> Hold | None:
    """What time will change for this lead, whatever comes before it."""
    other = elsewhere(checks, practice, judging)
    if other is not None:
        return other.hold
    if checks.due.ahead is not None or checks.facts.not_before is not None:
        return until_event(checks, judging) or not_before(checks, judging)
    return program_full(checks)


def question_text(judging: Judging, line: Line) -> str:
    """The words in which a person is asked about an unknown line of the score."""
    return next((factor.question for factor in judging.factors if factor.slug == line.slug), line.text)


def _organization(facts: Facts, checks: Checks) -> Judgement:
    """An organization's enquiry is discovered, whatever it may score; what is to be confirmed is named."""
    to_confirm, reasons = _to_confirm(facts.organization_states)
    if not facts.red_flags:
        return Judgement(Decision("discovery", reasons), None, None, False, None, checks, confirm=to_confirm)
    decision = Decision("clinician_review", (*_flags(facts), *reasons))
    return Judgement(decision, None, None, True, None, checks, confirm=to_confirm)


@lru_cache(maxsize=256)
def _to_confirm(states: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[Reason, ...]]:
    """What is to be confirmed, in the order of asking, and the reasons that name it."""
    open_ = unconfirmed(states)
    return open_, (
        Reason("organization", "An organization asks for a service, not for one patient", "waiting"),
        *(Reason(what, f"{CONFIRM[what]}: to be confirmed", "unknown") for what in open_),
        *(Reason(what, f"{words}: stated", "yes") for what, words in CONFIRM.items() if what not in open_),
    )


def _flags(facts: Facts) -> tuple[Reason, ...]:
    return tuple(Reason(flag, RED_FLAGS.get(flag, flag), "waiting") for flag in facts.red_flags)


def _time_critical(checks: Checks) -> Reason | None:
    """A safety window that runs: booked before points are asked for."""
    due = checks.due
    if not due.pressing or due.deadline is None:
        return None
    whose = f", by the window of {due.by_program}" if due.by_program else ""
    if due.deadline < checks.today:
        return Reason("window", f"Time-critical, and late: it was due by {day(due.deadline)}{whose}", "waiting")
    return Reason("window", f"Time-critical: first visit by {day(due.deadline)}{whose}{_open_till(checks)}", "waiting")


def _open_till(checks: Checks) -> str:
    """The last day on which somebody can be seen, where the site is closed on the last day of the window."""
    by, site = checks.due.deadline, checks.site
    if by is None or site.openings(by):
        return ""
    last = site.last_open_day(checks.today, by)
    return f"; closed on that day, {f'last open {day(last)}' if last else 'and on every day before it'}"


def _full_beside(checks: Checks) -> tuple[Reason, ...]:
    """That the program is closed or has a waitlist, where a safety window does not wait for it."""
    if (full := full_now(checks)) is None:
        return ()
    return (Reason("capacity", f"{full}; it cannot wait: make room, or find who can see them in time", "waiting"),)


def _by_score(
    checks: Checks, judging: Judging, score: Score, result: Callable[..., Judgement]
) -> Judgement:
    """Wholly above, wholly below, or the one question between."""
    facts, lo, hi = checks.facts, score.lo, score.hi
    between = _between(lo, hi, judging.low, judging.high)
    if lo >= judging.high:
        soon = (SAME_DAY,) if _same_day(facts, judging) else ()
        return result(_book(checks), Reason("score", between), *soon)
    if _reads_only(facts, judging):
        asked = Reason("reads_only", "They asked for something to read, not yet for care", "waiting")
        return result("nurture", asked, hold=until_wished(checks, judging))
    if hi < judging.low:
        if facts.timing in judging.nurture_timings:
            return result("nurture", Reason("score", between), hold=until_wished(checks, judging))
        return result("person_looks", Reason("score", between))
    if checks.due.to_ask and (line := _line_to_ask(score, DATE_QUESTION)) is not None:
        return result("need_info", DATE_TO_ASK, question=line)
    books, waits = _book(checks), "nurture" if facts.timing in judging.nurture_timings else "person_looks"

    def outcome_at(lo: int, hi: int) -> str:
        if lo >= judging.high:
            return books
        return waits if hi < judging.low else "need_info"

    in_vain = (*facts.not_known, *((DAYS,) if checks.date_uncounted and _behind_date(checks) is None else ()))
    question = next_question(judging, score, outcome_at, in_vain=in_vain, outcomes_of=_decided_without_points)
    if question is not None:
        question = _behind(question, checks) or question
        asked = Reason("question", f"{between}; {question.label.lower()} is not known", "unknown")
        return result("need_info", asked, question=question)
    why = "nobody knows the rest" if score.lo < score.hi else "no answer would change that"
    return result("person_looks", Reason("between", f"{between}; {why}", "waiting"))


def _behind(line: Line, checks: Checks) -> Line | None:
    """The program, where a line is open for want of it alone and nobody said that they do not know it; of a date that
    was stated what it is counted by."""
    if line.fact == DAYS and checks.date_uncounted:
        return _behind_date(checks)
    order = line.fact == "order_readiness" and checks.order_by_program and checks.facts.order_state != "unknown"
    fit = line.fact == "age_and_setting_fit" and checks.program_decides_fit
    return PROGRAM_LINE if (order or fit) and PROGRAM_LINE.slug not in checks.facts.not_known else None


def _behind_date(checks: Checks) -> Line | None:
    """What is missing where a date is stated and says nothing of how soon: the program, else the date of the event that
    the program counts from; None where nobody knows it."""
    line = PROGRAM_LINE
    if starts := _starts(checks):
        label = f"{starts} date"
        text = f"What day was the {starts}, or what day is it planned?"
        line = Line(label.replace(" ", "_"), label.capitalize(), 0, 0, 0, text, False, "event_on")
    elif checks.program is not None:
        return None
    return None if line.slug in checks.facts.not_known else line


@lru_cache(maxsize=10_000)
def _between(lo: int, hi: int, low: int, high: int) -> str:
    return f"Score {Interval(lo, hi)} per cent; from {high} book, below {low} a person looks"


def _decided_without_points(line: Line) -> frozenset[str]:
    """Where an answer may show that we are not the right place, whatever the points."""
    return _ELSEWHERE if line.fact in ("program_offered", "age_and_setting_fit", "in_area") else frozenset()


def _line_to_ask(score: Score, slug: str) -> Line | None:
    return next((line for line in score.lines if line.slug == slug and not line.known), None)


def _reads_only(facts: Facts, judging: Judging) -> bool:
    return facts.source_kind in judging.nurture_sources and (
        facts.timing is None or facts.timing in judging.nurture_timings
    )


def _same_day(facts: Facts, judging: Judging) -> bool:
    return facts.timing in judging.same_day_timings and facts.has_name and facts.has_phone


def _book(checks: Checks) -> str:
    """Book at once, or book with papers pending: an order that is needed does not hold up the booking, it is asked
    for beside it."""
    pending = checks.order_needed == "yes" and checks.order_readiness != "ready"
    return "book_pending_docs" if pending else "book_now"


ZIP_DISAGREES: Final = Reason(
    "area", "Home: the ZIP and the city or state stated beside it disagree: ask which one holds", "unknown"
)
SEVERAL: Final = Reason(
    "several", "The name or the words tell of two patients: nothing is booked for one of that name", "unknown"
)
HOME_HEALTH: Final = Reason(
    "home_health", "Medicare pays for no therapy here while a home health plan is open: ask when it ends", "waiting"
)
SIDES_DISAGREE: Final = Reason(
    "sides", "The diagnosis code and the side stated beside it disagree: ask which one holds", "unknown"
)


def _screen_reasons(checks: Checks, practice: Practice) -> tuple[Reason, ...]:
    """The list of checks as shown under the verdict."""
    facts, program, due = checks.facts, checks.program, checks.due
    fit = (checks.age_fits, checks.setting_fits)
    slug = program.slug if program is not None else None
    open_ = slug is None and (facts.disciplines, checks.program_decides_fit)
    key = ("fits", slug, checks.program_offered, fit, open_, facts.age_months is None)
    fits: tuple[Reason, Reason] | None = practice.memo.get(key)
    if fits is None:
        fits = practice.memo[key] = _fit_reasons(checks)
    reasons: tuple[Reason, ...] = (
        *fits,
        ZIP_DISAGREES if facts.zip_disagrees else _area_reason(facts.in_area, facts.miles),
        ORDER_BY_PROGRAM
        if checks.order_by_program
        else ORDER_REASONS[checks.order_needed, checks.order_before, _order_known(checks)],
    )
    if other := checks.other_therapies:
        text = f"Also asked for: {' + '.join(other)}, which {checks.program.name if checks.program else ''} does not do"
        reasons = (*reasons, Reason("other_therapy", text, "waiting"))
    if facts.home_health and facts.payer_kind == "medicare":
        reasons = (*reasons, HOME_HEALTH)
    if facts.sides_disagree:
        reasons = (*reasons, SIDES_DISAGREE)
    if facts.surgery_or_on is not None and facts.event_on is not None:
        days = f"The surgery was stated for {day(facts.event_on)} and for {day(facts.surgery_or_on)}"
        asks = "ask which day holds, or whether they are two; the day that wants the sooner visit counts until then"
        reasons = (*reasons, Reason("surgery_days", f"{days}: {asks}", "unknown"))
    if due.clock is not None and due.deadline is not None:
        near = f"{due.clock.text}, {'soon' if due.clock_urgent else 'within months'}: first visit by"
        reasons = (*reasons, Reason("age_clock", f"{near} {day(due.deadline)}", "waiting"))
    if due.past is not None:
        ended = f"The window after the event ended {day(due.past)}; it hurries nobody now"
        reasons = (*reasons, Reason("window_past", ended, "no"))
    return reasons


def _order_known(checks: Checks) -> str | None:
    """How ready an order is and how we know: what is here is told from what was only said. Of one that nobody needs,
    what there is of it."""
    facts, ready = checks.facts, checks.order_readiness
    if checks.order_needed != "yes":
        said = facts.order_state not in ("unknown", "none") and facts.lead_kind != "organization"
        return ("here" if facts.order_here else facts.order_state) if said else ready
    if ready == "ready" and facts.order_here:
        return "here"
    return "unsigned" if facts.order_state == "unsigned" else ready


def _fit_reasons(checks: Checks) -> tuple[Reason, Reason]:
    """Whether we offer it, and whether age and setting fit."""
    facts, program, fit = checks.facts, checks.program, checks.age_and_setting_fit
    if program is not None:
        offered = f"{program.name} is offered here"
        age = f"Age and setting fit {program.name}" if fit is not None else "Age: not stated"
    elif checks.program_offered:
        offered = f"{', '.join(facts.disciplines)} is offered here; the program is not known yet"
        age = "Age and setting fit whatever program of ours it is" if fit is not None else "Age: not stated"
        if checks.program_decides_fit:
            age = "Setting: not every program of ours that takes this age is done there"
    else:
        offered = "Program: not stated" if checks.program_offered is None else "Program not offered here"
        age = "Age: not stated" if facts.age_months is None else "Age: stated, program not yet known"
    code = "age"
    if fit is False:
        misfits = [name for name, fits in (("age", checks.age_fits), ("setting", checks.setting_fits)) if fits is False]
        code, age = misfits[0], f"{' and '.join(misfits)} outside the program".capitalize()
    return Reason("program", offered, _mark(checks.program_offered)), Reason(code, age, _mark(fit))


@lru_cache(maxsize=2000)
def _area_reason(in_area: bool | None, away: int | None) -> Reason:
    miles = f", {away} miles" if away is not None else ""
    if in_area is None:
        return Reason("area", "Home: ZIP not stated, or not sure", "unknown")
    return Reason("area", f"{'Inside' if in_area else 'Outside'} the area{miles}", _mark(in_area))


def _mark(answer: bool | None) -> Mark:
    return "unknown" if answer is None else "yes" if answer else "no"
