"""What may be answered to a fact: the names that a rule may compare it with. Pure.

A rule that compares a fact with an answer nobody can give never holds, so it is refused with the answers there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel

from firstvisit.kernel.errors import Problem
from firstvisit.practice import names, policy
from firstvisit.practice.policy import Ground
from firstvisit.practice.shape import Practice
from firstvisit.reference import icd10cm
from firstvisit.referral.record import (
    AuthorizationStatus,
    Cause,
    ConsentChannel,
    Discipline,
    DocumentKind,
    EventKind,
    LeadKind,
    OrderState,
    OrganizationNeed,
    PayerKind,
    Referral,
    Setting,
    Sex,
    SourceKind,
    Timing,
)
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.referral.vocabulary import LANGUAGES
from firstvisit.scorecard.card import Band
from firstvisit.scorecard.conditions import Condition
from firstvisit.steps.qualify.checks import OrderReadiness
from firstvisit.steps.qualify.policy import Judging, Questions
from firstvisit.steps.qualify.ranking import all_facts, asking_facts, excluding_facts, ranking_facts
from firstvisit.steps.qualify.rules import OUTCOMES

CLOSED: Final[Mapping[str, tuple[str, ...]]] = {
    "lead_kind": get_args(LeadKind),
    "disciplines": get_args(Discipline),
    "setting": get_args(Setting),
    "timing": get_args(Timing),
    "event_kind": get_args(EventKind),
    "order_state": get_args(OrderState),
    "documents": get_args(DocumentKind),
    "payer_kind": get_args(PayerKind),
    "authorization": get_args(AuthorizationStatus),
    "language": LANGUAGES,
    "sex": get_args(Sex),
    "red_flags": tuple(RED_FLAGS),
    "source_kind": get_args(SourceKind),
    "cause": get_args(Cause),
    "organization_states": tuple(OrganizationNeed.model_fields),
    "order_readiness": get_args(OrderReadiness),
    "life_stage": ("child", "adult"),
}
"""Facts whose answers are the same in every practice."""
OF_PRACTICE: Final = {"site": "sites", "program": "programs", "payer": "payers", "source": "sources"}
"""Facts whose answers are names that the practice or a step knows, by their kind of names."""


def answers(fact: str, practice: Practice) -> dict[str, str] | None:
    """The answers to a fact with what each is called; None where it is a number, a day, yes or no, or a code."""
    if fact in CLOSED:
        return {name: name for name in CLOSED[fact]}
    if fact == "asked_program":
        found = names.choices(practice)["programs"]
        return found | {one.slug: one.name for one in practice.not_offered.values()}
    kind = OF_PRACTICE.get(fact)
    return names.choices(practice).get(kind) if kind else None


def answered(judging: Judging, ground: Ground) -> Iterator[Problem]:
    """What factors, hard rules and next steps compare with or stand for, and nobody can answer."""
    for number, factor in enumerate(judging.factors, start=1):
        at = f"factors {number}"
        yield from _unanswerable(factor.fact, factor.bands, f"{at}, bands", ground)
        yield from _conditions(factor.when, f"{at}, when", ground)
    for number, rule in enumerate(judging.hard_rules, start=1):
        yield from _conditions(rule.when, f"hard_rules {number}, when", ground)
    known = reasons(ground.practice) | {rule.code: rule.text for rule in judging.hard_rules}
    for number, step in enumerate(judging.next_steps, start=1):
        if step.code not in known:
            listed = ", ".join(sorted(known))
            yield Problem(f"next_steps {number}, code", f"there is no reason {step.code!r}; there are {listed}")


def asked(questions: Questions, ground: Ground) -> Iterator[Problem]:
    """What questions and their sets compare with and nobody can answer, and fields that no referral has."""
    for number, question in enumerate(questions.questions, start=1):
        at = f"questions {number}"
        yield from _conditions(question.when, f"{at}, when", ground)
        if question.record and not is_field(question.record):
            yield Problem(f"{at}, record", f"a referral has no field {question.record!r}")
        for place, choice in enumerate(question.choices, start=1):
            for field in choice.record:
                if not is_field(field):
                    yield Problem(f"{at}, choices {place}, record", f"a referral has no field {field!r}")
            for fact, value in choice.facts.items():
                if (why := _refused(fact, value, answers(fact, ground.practice))) is not None:
                    yield Problem(f"{at}, choices {place}, facts", f"{fact}: {why}")
    for number, one in enumerate(questions.sets, start=1):
        yield from _conditions(one.when, f"sets {number}, when", ground)


def is_field(path: str) -> bool:
    """Whether a referral has this field: "patient.phone"; of a list by number or kind, "payers.0.name" and
    "events.surgery.date"."""
    here: Any = Referral
    for step in path.split("."):
        model, listed = _model(here)
        if listed and (step.isdecimal() or step in _KINDS_IN_LISTS):
            here = model
        elif model is not None and not listed and step in model.model_fields:
            here = model.model_fields[step].annotation
        else:
            return False
    return True


_KINDS_IN_LISTS: Final = frozenset({*get_args(EventKind), *get_args(ConsentChannel)})


def _model(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The model inside a type, and whether in a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    for inner in get_args(annotation):
        model, listed = _model(inner)
        if model is not None:
            return model, listed or get_origin(annotation) is tuple
    return None, False


def reasons(practice: Practice) -> dict[str, str]:
    """Why we may not be the right place, apart from hard rules: the reasons that ship and the programs' exclusions."""
    return REASONS | {
        one.code: one.text for program in practice.programs.values() for one in program.exclusions
    }


REASONS: Final = {
    "not_offered": "We do not offer it",
    "age": "Too young or too old",
    "setting": "Not done where it is wished",
    "at_school": "What a school does for its pupils",
    "area": "Lives outside the area",
    "payer": "We do not take the plan",
    "not_authorized": "The payer refused to authorize it",
    "instead": "Another program, site or setting of ours fits",
    "far_site": "Only another site of ours has it, out of their reach",
    "far_place": "The place known does not serve their home",
    "other": "Any other reason",
}


def _conditions(conditions: Iterable[Condition], at: str, ground: Ground) -> Iterator[Problem]:
    for number, condition in enumerate(conditions, start=1):
        for one in _unanswerable(condition.fact, (condition,), at, ground):
            yield Problem(f"{at} {number}, value", one.message)


def _unanswerable(
    fact: str, tests: Iterable[Band | Condition], at: str, ground: Ground
) -> Iterator[Problem]:
    there = answers(fact, ground.practice)
    for number, one in enumerate(tests, start=1):
        for value in one.value if isinstance(one.value, list | tuple) else (one.value,):
            if (why := _refused(fact, value, there)) is not None:
                yield Problem(f"{at} {number}, value", why)


def _refused(fact: str, value: Any, there: Mapping[str, str] | None) -> str | None:
    if not isinstance(value, str):
        return None
    if fact == "icd_categories":
        known = len(value) == 3 and icd10cm.is_code(value)
        return None if known else f"{value!r} is no category of ICD-10-CM, such as S66"
    if there is None or value in there:
        return None
    return f"{value!r} is no answer; there are {', '.join(sorted(there)) or 'none'}"


names.register("outcomes", "outcome", lambda practice: {n: w for n, w in OUTCOMES.items() if n != "not_a_match"})
names.register("lead_kinds", "kind of lead", lambda practice: {name: name for name in CLOSED["lead_kind"]})
names.register("facts_that_rank", "fact that a score may use", lambda practice: ranking_facts())
names.register("facts_that_exclude", "fact that may exclude", lambda practice: excluding_facts())
names.register("facts_asked_for", "fact", lambda practice: all_facts())
names.register("facts_asked", "fact that may decide what is asked", lambda practice: asking_facts())
policy.check("qualify", answered)
policy.check("questions", asked)
