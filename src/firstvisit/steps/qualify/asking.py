"""Which questions come next, and why: red flags, what could change the outcome, then what booking needs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from firstvisit.leads.facts import FACTS, Facts
from firstvisit.practice.shape import Practice
from firstvisit.referral.record import Referral
from firstvisit.scorecard.conditions import all_hold
from firstvisit.steps.qualify.checks import Checks
from firstvisit.steps.qualify.organizations import BEFORE
from firstvisit.steps.qualify.policy import Judging, Questions
from firstvisit.steps.qualify.questions import Choice, Question
from firstvisit.steps.qualify.rules import OUTCOMES, Judgement, judge, question_text
from firstvisit.steps.qualify.windows import DATE_QUESTION

Because = Literal["safety", "decides", "could_change", "needed"]

ADULT_MONTHS: Final = 18 * 12
_KEPT: Final = frozenset({"safety", "fit", "keeping", "decision_path"})
_ALL: Final = _KEPT | {"readiness", "booking", "registration"}
PURPOSES: Final[dict[str, frozenset[str]]] = {
    "refer_out": frozenset({"safety", "fit"}),
    "route_other_location_or_program": frozenset({"safety", "fit", "readiness"}),
    "nurture": _KEPT,
    "clinician_review": frozenset({"safety"}),
}
"""What is worth asking for an outcome; any other outcome: everything. Collect only what is needed."""
_OFTEN_SETTLED: Final = frozenset({"ways_to_reach"})
"""Facts of which each answer tells a part."""
_CONTRADICTIONS: Final = frozenset({"zip_disagrees", "surgery_or_on"})
"""Facts of which the presence says that what was stated contradicts itself."""
_UNKNOWN_OF: Final[dict[str, Any]] = {
    "order_state": "unknown",
    "disciplines": (),
    "icd_categories": (),
    "payer_kind": "unknown",
}


class Asked(NamedTuple):
    """A question with why it comes now. `changes` are answers and the outcomes they lead to, (value, outcome)."""

    question: Question
    because: Because
    why: str
    changes: tuple[tuple[str, str], ...] = ()

    @property
    def same_either_way(self) -> bool:
        """Whether every answer that we know leads to the same outcome: then the question decides how soon, not what."""
        return len(self.changes) > 1 and len({outcome for _, outcome in self.changes}) == 1


def next_questions(
    facts: Facts,
    practice: Practice,
    judging: Judging,
    questions: Questions,
    now: datetime,
    *,
    stated: Collection[str] = (),
    asked: Collection[str] = (),
) -> tuple[Asked, ...]:
    """The questions still to ask, in order.

    `stated` are the paths of the record that are filled (`stated_paths`), `asked` slugs of questions answered or put
    off in this conversation. Red flags come first until they are in `asked`; then the one question that could
    change the outcome most; then others whose answer could change it; then what booking and registration need.
    Nothing is asked that is known, or that nobody knew when it was asked before.
    """
    judgement = judge(facts, practice, judging, now)
    open_ = _open(judgement, questions, stated, asked)
    found = [Asked(q, "safety", q.why) for q in open_ if q.purpose == "safety"]
    decides = _deciding(judgement, questions, judging, open_, asked)
    if decides is not None:
        tries = _tries(decides, judgement, practice, judging, now)
        found.append(_that_decides(decides, judgement, tries))
    worth = PURPOSES.get(judgement.outcome, _ALL)
    later: list[Asked] = []
    settled = set(decides.facts) if decides is not None else set()
    for question in open_:
        if question.purpose == "safety" or (decides is not None and question.slug == decides.slug):
            continue
        if not settled.isdisjoint(question.facts):
            continue  # another question that comes anyway settles the same
        settled.update(fact for fact in question.facts if fact not in _OFTEN_SETTLED)
        tries = _tries(question, judgement, practice, judging, now)
        others = sorted({outcome for _, outcome in tries} - {judgement.outcome})
        if others:
            words = " or ".join(OUTCOMES[outcome].rstrip(".") for outcome in others)
            found.append(Asked(question, "could_change", f"{question.why} An answer could make it: {words}.", tries))
        elif question.purpose in worth:
            later.append(Asked(question, "needed", question.why, tries))
    return (*found, *later)


def one_question(
    facts: Facts, practice: Practice, judging: Judging, questions: Questions, now: datetime
) -> Asked | None:
    """The one question that could change the outcome most, with what its answers lead to; None when none could."""
    judgement = judge(facts, practice, judging, now)
    question = _deciding(judgement, questions, judging, _open(judgement, questions, (), ()), ())
    if question is None:
        return None
    return _that_decides(question, judgement, _tries(question, judgement, practice, judging, now))


def _that_decides(question: Question, judgement: Judgement, tries: tuple[tuple[str, str], ...]) -> Asked:
    """The question whose line is open, with why: of one whose answers all lead to the same nobody is told that it
    could change the outcome."""
    found = Asked(question, "decides", _why_decides(question, judgement), tries)
    return found._replace(why=question.why) if found.same_either_way else found


def stated_paths(referral: Referral) -> frozenset[str]:
    """The paths of a record that are filled, as questions name them."""
    return frozenset(_paths(referral.model_dump(exclude={"evidence", "attribution"}, exclude_none=True), ""))


def _paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _paths(each, f"{path}.{name}" if path else name)
        return
    if isinstance(value, list | tuple):
        if value:
            yield path
        for number, each in enumerate(value):
            if isinstance(each, dict):
                named = each.get("channel") if path == "consents" else each.get("kind") if path == "events" else None
                yield from _paths(each, f"{path}.{named if named is not None else number}")
        return
    yield path


def _open(
    judgement: Judgement, questions: Questions, stated: Collection[str], asked: Collection[str]
) -> list[Question]:
    """What is neither known nor asked before, of the questions that apply."""
    checks = judgement.checks
    return [
        question
        for question in _of_lead(judgement, questions)
        if question.slug not in asked
        and question.slug not in checks.facts.not_known
        and not _answered(question, checks, stated)
        and (not question.when or all_hold(question.when, _read(checks)) is True)
    ]


def _of_lead(judgement: Judgement, questions: Questions) -> list[Question]:
    """The questions of every set that applies, each once, in the order of the sets."""
    checks = judgement.checks
    kind = checks.facts.lead_kind or "patient"
    slugs = dict.fromkeys(
        slug
        for one in questions.sets
        if kind in one.lead_kinds and (not one.when or all_hold(one.when, _read(checks)) is True)
        for slug in one.questions
    )
    return [questions.by_slug[slug] for slug in slugs]


def _read(checks: Checks) -> Any:
    def value(fact: str) -> Any:
        if fact == "life_stage":
            return life_stage(checks)
        if fact == "order_to_get":
            return checks.order_needed == "yes" and checks.order_readiness != "ready"
        return checks.value(fact)

    return value


def life_stage(checks: Checks) -> str | None:
    """ "child" or "adult" by age, else by whom the program takes; None while neither tells."""
    if checks.age_months is not None:
        return "child" if checks.age_months < ADULT_MONTHS else "adult"
    if checks.program is None:
        return None
    if checks.program.age_to_months <= ADULT_MONTHS:
        return "child"
    return "adult" if checks.program.age_from_months >= ADULT_MONTHS else None


def _answered(question: Question, checks: Checks, stated: Collection[str]) -> bool:
    """Known because its field is filled; a question without a field, because the facts it settles are known."""
    if question.purpose == "safety":
        return False
    if any(getattr(checks.facts, fact) for fact in question.facts if fact in _CONTRADICTIONS):
        return False  # its field is filled, and with what cannot be
    if question.record and question.record in stated:
        return True
    plain = [fact for fact in question.facts if fact in FACTS]
    return bool(plain) and all(_known(fact, checks) for fact in plain)


def _known(fact: str, checks: Checks) -> bool:
    if fact == "organization_states":
        return False
    value = getattr(checks.facts, fact)
    return value is not None and value is not False and value != _UNKNOWN_OF.get(fact, None)


def _deciding(
    judgement: Judgement, questions: Questions, judging: Judging, open_: list[Question], asked: Collection[str]
) -> Question | None:
    """The one question: of an organization what is to be confirmed first, else what settles the open line."""
    if judgement.confirm:
        return next((q for what in judgement.confirm for q in open_ if q.record == f"organization.{what}"), None)
    line = judgement.question
    if line is None or line.slug in asked:
        return None
    for question in open_:
        if question.slug == line.slug or line.fact in question.facts:
            return question
    settling = questions.settling(line.fact)
    if judgement.checks.date_uncounted:  # a date is stated: whether there is one is not asked
        settling = tuple(question for question in settling if question.slug != DATE_QUESTION)
        if (named := questions.by_slug.get(line.slug)) is not None and named in settling:
            return named
    if any(question.slug in asked for question in settling):
        return None
    read = _read(judgement.checks)
    for question in settling:
        if question.slug not in judgement.checks.facts.not_known and (
            not question.when or all_hold(question.when, read) is True
        ):
            return question  # no set of this lead has it, and it decides all the same
    text = question_text(judging, line)
    return Question(
        slug=line.slug, text=text, text_es=text, why=line.label, kind="text", purpose="fit", facts=(line.fact,)
    )


def _why_decides(question: Question, judgement: Judgement) -> str:
    if judgement.confirm:
        proposed = question.record.removeprefix("organization.") in BEFORE["proposal"]
        return f"Nothing is {'proposed' if proposed else 'agreed'} before this is confirmed."
    unknown = sum(not line.known for line in judgement.score.lines) if judgement.score is not None else 0
    if unknown <= 1:
        return "The answer decides."
    return f"Of the {unknown} things not known, this could change the outcome most."


def _tries(
    question: Question, judgement: Judgement, practice: Practice, judging: Judging, now: datetime
) -> tuple[tuple[str, str], ...]:
    """What each answer would lead to."""
    checks = judgement.checks
    changes = [(choice.value, _as_facts(choice)) for choice in question.choices if choice.facts]
    changes += list(_kinds_of_answer(question, checks))
    if not changes:
        changes = list(_bands(question, judging))
    return tuple(
        (value, judge(checks.facts._replace(**changed), practice, judging, now).outcome) for value, changed in changes
    )


def _as_facts(choice: Choice) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in choice.facts.items()}


def _bands(question: Question, judging: Judging) -> Iterator[tuple[str, dict[str, Any]]]:
    """Answers that a factor tells apart, one for each of its bands that names a value."""
    for factor in judging.factors:
        if factor.fact in question.facts and factor.fact in FACTS:
            for band in factor.bands:
                if band.test in ("is", "at_least", "at_most"):
                    yield band.text, {factor.fact: band.value}


def _kinds_of_answer(question: Question, checks: Checks) -> Iterator[tuple[str, dict[str, Any]]]:
    """Answers that are no choices, by what they would mean."""
    program = checks.program
    if "age_months" in question.facts and program is not None:
        yield "inside the age range", {"age_months": program.age_from_months}
        yield "too old", {"age_months": program.age_to_months}
        if program.age_from_months > 0:
            yield "too young", {"age_months": program.age_from_months - 1}
    if "in_area" in question.facts:
        yield "inside the area", {"in_area": True, "miles": 1}
        yield "outside the area", {"in_area": False, "miles": round(checks.site.area_miles) + 1}
    if "event_on" in question.facts and program is not None:
        kind = next((kind for window in program.windows for kind in window.since), None)
        if kind is not None:
            for words, days in (("within the last days", 1), ("long ago", 200)):
                yield words, {"event_kind": kind, "event_on": checks.today - timedelta(days=days)}


