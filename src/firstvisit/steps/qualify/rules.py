"""The judgement: an outcome with its reasons, in the order that safety, law and the practice demand. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

from firstvisit.kernel.decisions import Decision, Mark, Reason
from firstvisit.leads.facts import Facts
from firstvisit.practice.shape import Practice
from firstvisit.scorecard.card import Line, Score, evaluate, next_question
from firstvisit.steps.qualify.checks import Checks, check, other_places, programs_instead
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.red_flags import RED_FLAGS

ENGINE: Final = "2"
"""Raised whenever the same inputs could be judged differently; stored with each decision."""

OUTCOMES: Final[dict[str, str]] = {
    "clinician_review": "A clinician looks first",
    "book_now": "Yes. Book now.",
    "book_pending_docs": "Yes. Book, and ask for the missing papers.",
    "need_info": "Ask one question, then decide.",
    "need_auth_first": "Yes, after the payer authorizes the evaluation.",
    "waitlist": "Yes, from the waitlist.",
    "route_other_location_or_program": "Another program or site of ours fits.",
    "refer_out": "Not here. Refer to a named place.",
    "person_looks": "A person looks and decides.",
    "nurture": "Not yet. Keep in touch.",
    "discovery": "An organization asks: find out what it needs.",
    "not_a_match": "Not a match, signed by a person.",
}


ORDER_REASONS: Final[dict[str | None, Reason]] = {
    "ready": Reason("order", "Order signed, or none needed", "yes"),
    "on_file": Reason("order", "Order on file, not yet signed", "waiting"),
    "missing": Reason("order", "Order needed, not there", "no"),
    None: Reason("order", "Order: not stated", "unknown"),
}


class Judgement(NamedTuple):
    """A decision with the arithmetic behind it. `urgent` shortens the clock; `by` is the window's last day."""

    decision: Decision
    score: Score | None
    question: Line | None
    urgent: bool
    by: date | None
    checks: Checks

    @property
    def outcome(self) -> str:
        return self.decision.outcome


def judge(facts: Facts, practice: Practice, judging: Judging, now: datetime) -> Judgement:
    """Judge one lead: red flag, exclusion, time-critical window, capacity, authorization, then the score."""
    checks = check(facts, practice, now)
    screened = _screen_reasons(checks)
    flags = tuple(Reason(flag, RED_FLAGS[flag], "waiting") for flag in facts.red_flags)
    if facts.lead_kind == "organization":
        reason = Reason("organization", "An organization asks for a service, not for one patient", "waiting")
        outcome = "clinician_review" if flags else "discovery"
        return Judgement(Decision(outcome, (*flags, reason)), None, None, bool(flags), None, checks)
    score = evaluate(judging, checks.value, facts.lead_kind)

    def result(
        outcome: str, *reasons: Reason, question: Line | None = None, urgent: bool = False
    ) -> Judgement:
        return Judgement(
            Decision(outcome, (*reasons, *screened)), score, question, urgent, checks.deadline, checks
        )

    if flags:
        return result("clinician_review", *flags, urgent=True)
    if elsewhere := _elsewhere(checks, practice):
        return result(elsewhere.outcome, *elsewhere.reasons)
    if checks.window is not None and checks.window.urgent and checks.window_open and checks.deadline:
        reason = Reason("window", f"Time-critical: first visit by {_day(checks.deadline)}", "waiting")
        return result(_book(checks), reason, urgent=True)
    if checks.program is not None and checks.program.status != "open":
        reason = Reason("capacity", f"{checks.program.name} is full: {checks.program.status}", "waiting")
        return result("waitlist", reason)
    if _authorization_first(checks):
        reason = Reason("authorization", "The payer authorizes the evaluation first", "waiting")
        return result("need_auth_first", reason)

    def outcome_at(lo: int, hi: int) -> str:
        if lo >= judging.high:
            return _book(checks)
        if hi < judging.low:
            return "nurture" if facts.timing == "later" else "person_looks"
        return "need_info"

    outcome = outcome_at(score.lo, score.hi)
    between = f"Score {score.interval} per cent; from {judging.high} book, below {judging.low} a person looks"
    if outcome != "need_info":
        return result(outcome, Reason("score", between))
    if checks.date_to_ask:
        date_line = next((line for line in score.lines if line.slug == "date" and not line.known), None)
        if date_line is not None:
            reason = Reason(
                "date_to_ask", "The date behind it decides how soon; it was not stated", "unknown"
            )
            return result("need_info", reason, question=date_line, urgent=True)
    question = next_question(judging, score, outcome_at)
    if question is None:
        settled = Reason("between", f"{between}; no answer would change that", "waiting")
        return result("person_looks", settled)
    asked = Reason("question", f"{between}; {question.label.lower()} is not known", "unknown")
    return result("need_info", asked, question=question)


def question_text(judging: Judging, line: Line) -> str:
    """The words in which a person is asked about an unknown line of the score."""
    return next(factor.question for factor in judging.factors if factor.slug == line.slug)


def _book(checks: Checks) -> str:
    """Book at once when no paper is missing for the evaluation; otherwise book with papers pending."""
    return (
        "book_now"
        if checks.order_readiness == "ready" or checks.order_needed == "no"
        else "book_pending_docs"
    )


def _authorization_first(checks: Checks) -> bool:
    if checks.facts.authorization in ("approved", "not_required"):
        return False
    return checks.payer is not None and checks.payer.authorization_before_evaluation == "yes"


def _elsewhere(checks: Checks, practice: Practice) -> Decision | None:
    """Not the right program, age or place: another of ours first, else a named place, else a person."""
    facts, program = checks.facts, checks.program
    if checks.program_offered is False:
        why = Reason("not_offered", f"We do not offer {str(facts.asked_program).replace('_', ' ')}", "no")
    elif checks.exclusion is not None and program is not None:
        exclusion = next(e for e in program.exclusions if e.code == checks.exclusion)
        why = Reason(exclusion.code, exclusion.text, "no")
        if exclusion.instead:
            instead = practice.programs[exclusion.instead]
            return Decision(
                "route_other_location_or_program", (why, Reason("instead", f"{instead.name} fits", "yes"))
            )
    elif checks.age_fits is False and program is not None:
        why = Reason("age", f"Age is outside {program.name}", "no")
        if ours := programs_instead(checks, practice):
            return Decision(
                "route_other_location_or_program",
                (why, Reason("instead", f"{' or '.join(p.name for p in ours[:2])} fits the age", "yes")),
            )
    elif checks.setting_fits is False and program is not None:
        why = Reason(
            "setting", f"{program.name} is not done in the setting asked for ({facts.setting})", "no"
        )
        return Decision("person_looks", (why,))
    elif facts.in_area is False and facts.setting != "telehealth":
        why = Reason("area", f"Lives {facts.miles} miles away, outside the area of {checks.site.name}", "no")
    else:
        return None
    places = other_places(facts, practice)
    if not places:
        return Decision(
            "person_looks", (why, Reason("no_place", "No other place is known that fits", "unknown"))
        )
    named = f"{places[0].name}, {places[0].phone}, verified {_day(places[0].verified_on)}"
    return Decision("refer_out", (why, Reason("place", named, "yes")))


def _screen_reasons(checks: Checks) -> tuple[Reason, ...]:
    """The list of checks as shown under the verdict."""
    facts, program = checks.facts, checks.program
    if program is not None:
        offered = f"{program.name} is offered here"
        age = (
            f"Age and setting fit {program.name}"
            if checks.age_and_setting_fit is not None
            else "Age: not stated"
        )
    else:
        offered = "Program: not stated" if checks.program_offered is None else "Program not offered here"
        age = "Age: not stated" if facts.age_months is None else "Age: stated, program not yet known"
    if checks.age_and_setting_fit is False:
        age = "Age or setting outside the program"
    area = f"Inside the area, {facts.miles} miles" if facts.miles is not None else "Home: not stated"
    return (
        Reason("program", offered, _mark(checks.program_offered)),
        Reason("age", age, _mark(checks.age_and_setting_fit)),
        Reason(
            "area",
            area if facts.in_area is not False else f"Outside the area, {facts.miles} miles",
            _mark(facts.in_area),
        ),
        ORDER_REASONS[checks.order_readiness],
    )


def _mark(answer: bool | None) -> Mark:
    return "unknown" if answer is None else "yes" if answer else "no"


def _day(day: date) -> str:
    return f"{day:%a %b} {day.day}, {day.year}"
