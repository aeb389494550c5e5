"""Names behind labels. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from firstvisit.steps.intake.understanding.confidence import HARDLY
from firstvisit.steps.intake.understanding.finding import rule_of
from firstvisit.steps.intake.understanding.passages import Passage
from firstvisit.steps.intake.understanding.people.naming import Naming, is_plain_name
from firstvisit.steps.intake.understanding.people.spoken_of import own_word
from firstvisit.steps.intake.understanding.values import names, people_words
from firstvisit.steps.intake.understanding.values.names import NAME
from firstvisit.steps.intake.understanding.values.people_words import RELATIVE

_LEAD: Final = re.compile(
    rf"\s*(?:(?i:{people_words.OWN_WORD})(?:\s*/\s*\w+)*\s*[,:-]\s*)?(?:(?:my|mi|our)\s+(?:\w+\s+)?(?i:{RELATIVE})\s*[,:]?\s*)?(?:{names.TITLE}\s+)?"
)
_WHOLE: Final = re.compile(rf"({NAME}(?:, (?!DOB|Dob|D\.O\.B|Age|AGE|Sex|Born|ID|MRN|{names.CREDENTIALS}\b)[A-Z][\w'’-]+(?: [A-Z][\w'’-]*\.?)?(?=\s{2}|\s*(?:$|[;(|\"“-]|\d|,\s*\d)))?)")
_LAST_FIRST: Final = re.compile(r"(?i)\blast(?: name)?\W{1,3}(?:and )?first\b")
_LAST_THEN_FIRST: Final = re.compile(r"\s*([^\W\d_][\w'’-]+),?((?: [^\W\d_][\w'’.-]*){1,3})\s*")
"""What a label that asks for the last name first is answered with."""
_SMALL: Final = re.compile(r"([a-z][a-z'’-]+(?: [a-z][a-z'’.-]+){1,2})\s*$")


def labelled(naming: Naming) -> None:
    """Names behind labels; "name" alone is the writer's where the patient has a label of their own."""
    passages = [each for each in naming.told.passages if each.zone in ("label", "signature")]
    topics = {topic for each in passages for topic in each.asked}
    mine = naming.writing.writer == "patient"
    for passage in passages:
        text = passage.text.strip()
        at = passage.text.find(text)
        if passage.about("patient name"):
            _label_name(naming, "patient", passage)
        elif passage.about("my name"):
            sends_only = naming.me() == "referrer" and orders_by_label(naming.told.passages)
            _label_name(naming, naming.me(), passage, HARDLY if sends_only else 0.0)
        elif passage.about("parent"):
            _label_name(naming, "contact", passage)
            own_word(naming, passage)
        elif passage.about("name"):
            party, less = _of_whom(naming, topics)
            _label_name(naming, party, passage, less)
        elif (
            passage.about("patient first", "first")
            and is_plain_name(text)
            and (mine or not passage.about("first"))
        ):
            naming.finding.add("patient.first_name", text, passage, at, at + len(text), "label")
        elif (
            passage.about("patient last", "last")
            and is_plain_name(text)
            and (mine or not passage.about("last"))
        ):
            naming.finding.add("patient.last_name", text, passage, at, at + len(text), "label")
        elif passage.about("referrer"):
            sends_only = bool(_ONLY_SENDS.search(passage.question)) and orders_by_label(naming.told.passages)
            _label_name(naming, "referrer", passage, HARDLY if sends_only else 0.0)
    _two_labels(naming, naming.me())
    _two_labels(naming, "contact", "contact ")
    _whole_contact(naming)


_ONLY_SENDS: Final = re.compile(r"(?i)adjuster|case manager|coordinator|staff|social worker|teacher|agency|nurse|contact|sent by|submitted")


def orders_by_label(passages: Sequence[Passage]) -> bool:
    """Whether a label asks for whoever orders and a name stands behind it."""
    return any(
        each.zone == "label" and each.about("referrer") and not _ONLY_SENDS.search(each.question) and _WHOLE.match(each.text, _LEAD.match(each.text).end() if _LEAD.match(each.text) else 0)  # type: ignore[union-attr]
        for each in passages
    )


def _of_whom(naming: Naming, topics: set[str]) -> tuple[str, float]:
    """Whose "name" alone is, and what that leaves open."""
    writing = naming.writing
    mine = writing.writer == "patient"
    own_label = bool({"my name", "parent"} & topics)
    has_patient = bool({"patient name", "patient first"} & topics)
    less = 0.0 if mine or has_patient or own_label else 0.1
    organization = writing.writer == "organization"
    if (writing.writer == "professional" or organization) and not own_label and (has_patient or organization):
        return naming.me(), less
    alone = not has_patient and writing.relative is None and writing.own is None
    return ("patient" if mine or own_label or alone else naming.me()), less


def _two_labels(naming: Naming, party: str, whose: str = "") -> None:
    """First and last name behind two labels, of somebody who is not the patient."""
    said = {
        topic: each
        for each in naming.told.passages
        for topic in ("first", "last")
        if each.zone == "label" and each.about(f"{whose}{topic}")
    }
    if party == "patient" or len(said) < 2 or naming.finding.has(f"{party}.name"):
        return
    first, last = said["first"], said["last"]
    if is_plain_name(first.text.strip()) and is_plain_name(last.text.strip()):
        whole = f"{first.text.strip()} {last.text.strip()}"
        naming.finding.add(f"{party}.name", whole, first, 0, len(first.text), "label")


def _whole_contact(naming: Naming) -> None:
    """First and last name behind two labels are one contact where the patient writes."""
    first, last = naming.finding.values("patient.first_name"), naming.finding.values("patient.last_name")
    if naming.writing.writer == "patient" and first and last and not naming.finding.has("contact.name"):
        whole = f"{first[0].value} {last[0].value}"
        naming.finding.found.append(
            type(first[0])("contact.name", whole, 0.95, first[0].place, first[0].quote, "label")
        )


def _label_name(naming: Naming, party: str, passage: Passage, less: float = 0.0) -> None:
    """The name at the beginning of a label's value; "my son, Joaquin Medina" is Joaquin Medina."""
    text = names.without_nickname(passage.text)
    if _LAST_FIRST.search(passage.question) and (two := _LAST_THEN_FIRST.fullmatch(text)):
        naming.note(party, f"{two[1]}, {two[2]}", passage, 0, len(text), "label", less)
        return
    lead = _LEAD.match(text)
    begin = lead.end() if lead else 0
    match = _WHOLE.match(text, begin)
    if match is None and (small := _SMALL.match(text, begin)):
        naming.note(party, small[1].title(), passage, small.start(1), small.end(1), "label", less)
        return
    if match is None:
        return
    name = re.sub(r" +", " ", match[1].strip(" ,."))
    if names.is_organization(name) and len(name.split()) > 2:
        return
    if party == "referrer" and not names.is_name(names.without_credentials(names.trimmed(name))[0] or name):
        return  # a therapy, a department or "none" behind a label that also asks for people
    if people_words.own_relationship(name):
        return  # "Who is filling this out? Grandparent"
    name = names.without_credentials(name)[0]
    initials = len(re.findall(r"[A-Z]", name)) == len(re.sub(r"[ .]", "", name)) and len(name) <= 5
    if party == "patient" and initials:
        return  # for privacy
    naming.note(party, name, passage, match.start(1), match.start(1) + len(name), rule_of(passage), less)
