"""Everything that a referral carries can be typed of a document where it was not read."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args

import pytest

from firstvisit.referral import fields
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.inbox.entering import typed
from firstvisit.steps.intake.inbox.filing import referral_of
from firstvisit.steps.intake.inbox.weighing import NEVER_SHOWN, Field, Part
from firstvisit.web.staff.inbox.offered import offered
from firstvisit.web.staff.inbox.saying import written

TODAY = dt.date(2026, 11, 17)
NOT_IN_A_DOCUMENT = {
    "channel", "consents", "not_known", "attribution", "evidence", "taken_at", "also_referred", "also_ordered",
    *NEVER_SHOWN,
}  # fmt: skip
"""What the way in, a form, the desk or a request after this one says."""
SAYS: dict[str, str] = {
    "disciplines": "OT, PT",
    "service": "evaluation",
    "program": "hand_therapy",
    "timing": "asap",
    "setting": "clinic",
    "availability": "mon am, tue pm",
    "hours": "1 pm to 4 pm",
    "documents": "order",
    "cause": "work",
    "order": "announced",
    "not_before": "12/01/2026",
    "patient.sex": "female",
    "patient.age_years": "58",
    "patient.state": "WI",
    "patient.postal_code": "53703",
    "contact.preferred_method": "phone",
    "contact.authority": "parent",
    "diagnoses.code": "M54.50",
    "diagnoses.side": "left",
    "events.kind": "surgery",
    "payers.kind": "medicare",
    "payers.authorization_status": "not required",
    "frequencies.discipline": "PT",
    "organization.start_on": "12/01/2026",
}
"""What somebody types where any words will not do; by the path without its number."""
BY_LEAF = {
    "date_of_birth": "04/11/1968", "subscriber_date_of_birth": "04/11/1968", "date": "11/02/2026", "npi": "1366712762",
    "extension": "317", "adjuster_extension": "317",
    "phone": "608 555 0147", "fax": "608-555-0148", "adjuster_phone": "(608) 555-0149", "email": "a@example.org",
}  # fmt: skip
YES_NO = {"interpreter", "no_voicemail", "order_signed", "returning", "home_health", "therapy_elsewhere",
          "withhold_from_plan"}
NUMBERS = {"size", "weeks", "visits_per_week", "total_visits"}


def text_for(path: str) -> str:
    plain = ".".join(part for part in path.split(".") if not part.isdecimal())
    leaf = path.rpartition(".")[2]
    if leaf in YES_NO:
        return "yes"
    return SAYS.get(plain) or BY_LEAF.get(leaf) or ("3" if leaf in NUMBERS else "some words")


def paths() -> list[str]:
    return [path for _, group in offered(()) for path, _ in group]


def one_of(path: str) -> str | None:
    """A fixed word of a field whose words are a closed list, from the record's own type."""
    model: Any = Referral
    for part in path.split("."):
        if part.isdecimal():
            continue
        annotation = model.model_fields[part].annotation
        inner = [each for each in (annotation, *get_args(annotation)) if hasattr(each, "model_fields")]
        nested = [each for arg in get_args(annotation) for each in get_args(arg) if hasattr(each, "model_fields")]
        if inner or nested:
            model = (inner or nested)[0]
            continue
        words = [word for arg in (annotation, *get_args(annotation)) for word in get_args(arg) if isinstance(word, str)]
        return words[0] if words else None
    return None


def test_every_field_of_the_record_is_offered_once_under_words_of_its_own() -> None:
    groups = offered(())
    tops = {path.split(".")[0] for path in paths()}
    assert tops == set(Referral.model_fields) - NOT_IN_A_DOCUMENT
    assert len(set(paths())) == len(paths())
    labels = [label for _, group in groups for _, label in group]
    assert sorted(label for label in set(labels) if labels.count(label) > 1) == []
    assert not [label for label in labels if "_" in label or "." in label]


@pytest.mark.parametrize("path", paths())
def test_each_is_typed_read_back_and_filed(path: str) -> None:
    text = one_of(path) if text_for(path) == "some words" and one_of(path) else text_for(path)
    assert text is not None
    value = typed(path, text, TODAY)
    assert typed(path, written(path, value), TODAY) == value
    head = path.split(".")[0]
    given = [Field(path, 0, value, "clear", "corrected")]
    if head == "events" and not path.endswith("kind"):
        given.append(Field("events.0.kind", 0, "surgery", "clear", "corrected"))
    if head == "diagnoses" and path.endswith("side"):
        given.append(Field("diagnoses.0.words", 0, "sprained wrist", "clear", "corrected"))
    made = referral_of(
        Part(0, (1,), tuple(given)), item="i", channel="fax", today=TODAY, programs=None, by="u"
    )
    found: Any = made
    for part in path.split("."):
        found = found[int(part)] if part.isdecimal() else getattr(found, part)
    assert found not in (None, (), "")


def test_of_a_list_the_next_entry_is_offered_beside_what_is_missing_of_those_that_are_there() -> None:
    known = {"payers.0.name", "diagnoses.0.code", "diagnoses.1.code"}
    left = {path for _, group in offered(known) for path, _ in group}
    assert {"payers.0.member_id", "payers.1.name", "diagnoses.2.code", "diagnoses.1.words"} <= left
    assert not {"payers.0.name", "diagnoses.1.code", "payers.2.name"} & left


def test_the_record_reads_what_a_person_may_type() -> None:
    assert set(fields.TOP) - set(NEVER_SHOWN) <= set(paths())
