"""What may be chosen in the rules: names by kind and the answers to each fact, in the words of the screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from firstvisit.leads.facts import kinds
from firstvisit.practice import names
from firstvisit.practice.shape import Practice
from firstvisit.referral.called import in_a_sentence
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.steps.intake.policy import AskedFor
from firstvisit.steps.qualify import answers
from firstvisit.steps.qualify.ranking import DERIVED_KINDS, all_facts
from firstvisit.web.staff.lead.came import KINDS as SOURCE_KINDS
from firstvisit.web.staff.rules.tree import Choices, words_of
from firstvisit.web.ui import words

LEAD_KINDS: Final = {
    "patient": "Patient",
    "caregiver": "Caregiver",
    "referral_partner": "Referral partner",
    "organization": "Organization",
}
_SOURCE_KINDS: Final = {str(kind): text for kind, text in SOURCE_KINDS.items()}
TESTS: Final = {
    "is": "is",
    "is_not": "is not",
    "in": "is one of",
    "at_most": "is at most",
    "at_least": "is at least",
    "known": "is known",
    "otherwise": "otherwise",
}
_ANSWERS: Final[dict[str, Mapping[str, str]]] = {
    "lead_kind": LEAD_KINDS,
    "timing": words.TIMING,
    "event_kind": words.DATES,
    "documents": words.DOCUMENTS,
    "payer_kind": words.PAYER_KINDS,
    "source": words.SOURCES,
    "source_kind": _SOURCE_KINDS,
    "cause": words.CAUSES,
    "red_flags": {flag: text.partition(": ")[2] for flag, text in RED_FLAGS.items()},
    "organization_states": {"needs": "what it needs", "size": "how many people", "start_on": "when it begins"},
}
"""Words for answers that the screens call otherwise than the code."""
_YES_NO: Final = {"yes": "Yes", "no": "No"}


def choices(practice: Practice, section: Mapping[str, Any] | None = None) -> Choices:
    """What may be chosen in the fields that take names, by kind; some of it stands in the section itself."""
    here = section or {}
    return {
        **names.choices(practice),
        "lead_kinds": LEAD_KINDS,
        "timings": words.TIMING,
        "source_kinds": _SOURCE_KINDS,
        "payer_kinds": words.PAYER_KINDS,
        "red_flags": _ANSWERS["red_flags"],
        "record": words.CHANGED | {path: in_a_sentence(path) for path in get_args(AskedFor)},
        "tests": TESTS,
        "reasons": answers.reasons(practice) | _called(here.get("hard_rules"), "code", "text"),
        "questions": _called(here.get("questions"), "slug", "text"),
        "guardrails": _called(here.get("guardrails"), "slug", "never"),
        **{f"answers:{fact}": found for fact in all_facts() if (found := _answers(fact, practice)) is not None},
    }


def _answers(fact: str, practice: Practice) -> dict[str, str] | None:
    if (DERIVED_KINDS.get(fact) or kinds().get(fact)) == "yes_no":
        return _YES_NO
    found = answers.answers(fact, practice)
    said = _ANSWERS.get(fact, {})
    return found and {
        name: said.get(name, words_of(word) if word == name else word) for name, word in found.items()
    }


def _called(entries: Any, name: str, text: str) -> dict[str, str]:
    return {str(one[name]): str(one[text]) for one in entries or () if one.get(name)}
