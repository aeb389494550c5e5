"""What one page says: its fields, and what stands free of labels. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from firstvisit.steps.intake.understanding import confidence
from firstvisit.steps.intake.understanding.forms.field import Field
from firstvisit.steps.intake.understanding.forms.head import TITLE_OF_FORM, letterhead
from firstvisit.steps.intake.understanding.forms.options import ticked
from firstvisit.steps.intake.understanding.forms.reading import ILLEGIBLE, Reading
from firstvisit.steps.intake.understanding.forms.signed import printed_under, signature
from firstvisit.steps.intake.understanding.forms.values.care import read_concern, read_service, therapies
from firstvisit.steps.intake.understanding.forms.values.people import named_patient
from firstvisit.steps.intake.understanding.forms.values.register import READERS
from firstvisit.steps.intake.understanding.forms.values.said import Asked, Said
from firstvisit.steps.intake.understanding.found import Found
from firstvisit.steps.intake.understanding.values import names

_LONGEST_LINE: Final = 66
"""Characters of a line of a form or a pad; longer ones are sentences, which `paper` reads as a letter's."""

_STRICT: Final = {
    "dob": "patient.date_of_birth",
    "patient.phone": "patient.phone",
    "patient_phone": "patient.phone",
    "contact.phone": "contact.phone",
    "contact_phone": "contact.phone",
}
"""Who it is and how to reach them, where the value has one strict form: by key or by whose and key. An office's own
numbers are not asked about: they are known or found elsewhere."""
_ANSWER: Final = re.compile(r"\d\D{0,4}\d|\d.{0,6}/")
"""What is an answer and not the next words of the form: figures among it."""

_OF_EVERY_FORM: Final = re.compile(
    r"(?i)\b(?:confidential\w*|in error|intended (?:for|recipient)|this fax|sign and return|certify|fax (?:this|back|to)|"
    r"return (?:this|to|by)|please (?:fax|call|sign|return|send|delete|destroy)|page \d+ of|hipaa)\b"
)
"""What forms say to whoever receives them."""

_ONLY_THERAPIES: Final = re.compile(
    r"(?i)(?:\W|\b(?:OT|PT|ST|SLP|speech|language|occupational|physical|therapy|therapist|and|or|eval\w*|treat\w*)\b)+"
)


def said_on(page: Reading) -> list[Found]:
    found: list[Found] = []
    in_table = any(each.of is not None for each in page.fields)
    for number, each in enumerate(page.fields):
        if in_table and each.of is None:
            page.shared = True
        named = each.key == "patient_name" or (each.key == "name" and each.owner == "patient")
        name = named_patient(each.text, each.label) if named else None
        if name and not page.patients.named(name, _born(page, number)):
            continue
        found += _field(page, each)
    found += ticked(page)
    stated = {each.path for each in found if each.confidence >= confidence.THRESHOLD}
    # A form may be the recipient's own: what a label says of the referrer goes before the head.
    found += [each for each in letterhead(page) if each.path not in stated or _is_school(each, found)]
    found += printed_under(page) if "referrer.name" not in stated else ()
    found += signature(page)
    found += _between(page)
    return found


def _is_school(head: Found, found: Sequence[Found]) -> bool:
    """Whether an office's head stands against a school that a label names: the child's, and perhaps not who refers."""
    of_school = re.compile(r"\b(?:school|elementary|academy|preschool)\b", re.I)
    return head.path == "referrer.organization" and any(
        each.path == head.path and of_school.search(str(each.value)) for each in found
    )


def _between(page: Reading) -> Iterator[Found]:
    """What is wanted, where it stands free: in the title, and on a pad of prescriptions below "Rx"."""
    keys = {each.key for each in page.fields if each.value}
    body = min((each.box.top for each in page.fields if each.owner == "patient"), default=0.3)
    for run in page.rest:
        if run.ticked is not None or len(run.text) > _LONGEST_LINE:
            continue
        asked = Asked(run.text, "", "patient", page.written_on)
        said = list(read_service(asked)) if "service" not in keys else []
        if run.box.top < body:
            # A title names the therapy; whether it also says what is ordered is another matter.
            said = (
                [each for each in said if each.path == "disciplines"]
                if TITLE_OF_FORM.search(run.text)
                else []
            )
        elif "frequency" in keys:
            said = [each for each in said if each.path != "frequencies"]
        for each in said:
            yield page.as_found(each, [run], 1.0, "in these words")
        if not said and run.box.top >= body and "concern" not in keys and _is_told(run.text):
            for each in read_concern(asked):
                yield page.as_found(each, [run], 1.0, "in these words")
                keys.add("concern")


def _is_told(text: str) -> bool:
    """Whether a line that no label took tells what is the matter: more than names and what is printed on every form."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 2]
    told = [word for word in words if word.islower() or text.isupper()]
    return len(text.split()) >= 3 and bool(told) and not _OF_EVERY_FORM.search(text) and not names.is_organization(text)


def _born(page: Reading, number: int) -> str | None:
    """The birth date that follows the name in field `number`, before the next name."""
    for each in page.fields[number + 1 :]:
        if each.key == "patient_name":
            return None
        if each.key in ("dob", "dob_sex"):
            said = next(iter(READERS["dob"](Asked(each.text, each.label, "patient", page.written_on))), None)
            return str(said.value) if said else None
    return None


def _field(page: Reading, field: Field) -> Iterator[Found]:
    key, owner = field.key, field.owner
    if key == "name":
        key = {"patient": "patient_name", "contact": "contact", "referrer": "referrer"}.get(owner, "")
    if key in ("address", "place", "zip", "state") and owner == "contact":
        owner = "patient"
    if key == "phone" and owner == "payer":
        return
    if key == "patient_name" and list(therapies(field.text)):
        key = "service"  # "Referral for: PT", "Regarding: speech evaluation"
    if key == "to" and _ONLY_THERAPIES.fullmatch(field.text):
        key, owner = "service", "patient"  # "Refer to: OT"
    reads = READERS.get(key)
    if reads is None or not field.text.strip() or owner in ("us", "other"):
        return
    asked = Asked(field.text, field.label, owner, page.written_on)
    read = list(reads(asked))
    for said in read:
        yield page.as_found(said, field.value, field.near, "label")
    if not read and (path := _STRICT.get(f"{owner}.{key}", _STRICT.get(key))) and _ANSWER.search(field.text):
        # Something stands here that is no date or number as it was read: a person is shown it and types what it is.
        yield page.as_found(Said(path, field.text, 0, len(field.text)), field.value, field.near, ILLEGIBLE)
