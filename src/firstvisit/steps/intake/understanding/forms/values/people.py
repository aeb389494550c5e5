"""People behind the labels of a form: the patient, who may be reached for them, who refers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from firstvisit.steps.intake.understanding.forms.values.care import therapies
from firstvisit.steps.intake.understanding.forms.values.codes import npis_in
from firstvisit.steps.intake.understanding.forms.values.particulars import read_age, read_born, read_sex
from firstvisit.steps.intake.understanding.forms.values.reach import read_phone
from firstvisit.steps.intake.understanding.forms.values.said import LETTER, NONE, Asked, Reads, Said, cased
from firstvisit.steps.intake.understanding.people.naming import is_titled
from firstvisit.steps.intake.understanding.values import contact_points, names, people_words

_CREDENTIALS: Final = re.compile(rf"(?:,|\s|/)\s*(?P<all>{names.CREDENTIALS})", re.ASCII)

_PARTICLES: Final = frozenset(
    "de del la las los da dos der den van von bin al el le du di y st st. jr sr".split()
)

_DOTTED: Final = re.compile(r"(?<=[,\s])(?:M\.D|D\.O|D\.P\.M|N\.P|R\.N|D\.C|D\.P\.T|Ph\.D)\b\.?")
"""Credentials with dots; "P.A." behind a house says that physicians own it."""


def person(text: str) -> tuple[str, str | None] | None:
    """A name and its credentials out of what stands behind a label for a person; None where no name does."""
    text = _DOTTED.sub(lambda dotted: dotted[0].replace(".", ""), text.strip(" .,;:-_|"))
    credential = None
    match = _CREDENTIALS.search(text)
    if match and match.start() > 1:
        credential = match["all"].strip(" ,")
        text = text[: match.start()]
    # "Janelle Ortiz, special education": what follows is what somebody does.
    head, comma, tail = text.partition(",")
    if comma and (tail.strip()[:1].islower() or people_words.role_of(tail)):
        text = head
    text = re.split(r"\s[-–|•]\s|[;(]|\s{3,}|\d|\b(?:NPI|MRN|Acct|Chart|Phone|Tel|Fax|DOB|Age|Sex|and|at|from)\b", text)[0]
    text = re.sub(rf"^(?:{names.TITLE}\s*)+", "", text.strip()).strip(" ,.;:-_")
    words = text.replace(",", " ").split()
    if not 1 <= len(words) <= 5 or not all(LETTER.search(word) for word in words) or NONE.match(text):
        return None
    capitals = [word[:1].isupper() for word in words if word.lower() not in _PARTICLES]
    if any(capitals) and not all(capitals):  # "I requency" was a label once
        return None
    if any(re.search(r"\d", word) for word in words) or (len(words) == 1 and not names.is_name(text)):
        return None
    return text, credential


def named_patient(text: str, label: str) -> str | None:
    """The patient's name in the value of a label that asks for it; None for a subject such as "Re: new referral"."""
    found = person(text)
    if found is None or list(therapies(text)) or (found[0].islower() and "name" not in label.lower()):
        return None
    return found[0]


def read_patient_name(asked: Asked) -> Iterator[Said]:
    name = named_patient(asked.text, asked.label)
    if name is None:
        return
    start = asked.text.find(name)
    first, last = split(name)
    if last is None and is_titled(asked.text, max(start, 0)):
        first, last = None, first
    whole = (max(start, 0), max(start, 0) + len(name))
    if last:
        yield Said("patient.last_name", last, *whole)
    if first:
        yield Said("patient.first_name", first, *whole)
    yield from _behind_name(asked, whole[1])


_BORN: Final = re.compile(r"(?i)\b(?:born|d\.?o\.?b\.?|date of birth|birth ?date|nacid[oa]|fecha de nacimiento)\b")
_AGED: Final = re.compile(r"(?i)\b\d{1,3}[\s-]*(?:year[s-]*[\s-]*old|yo\b|y/o|y\.o)")


def _behind_name(asked: Asked, end: int) -> Iterator[Said]:
    """What else stands in the field of a name: "Marcel Roy, 63-year-old man, born 9/23/1961"."""
    behind = asked._replace(text=" " * end + asked.text[end:])
    born, aged = _BORN.search(behind.text), _AGED.search(behind.text)
    if born:
        yield from read_born(behind._replace(text=" " * born.end() + behind.text[born.end() :]))
    if aged:
        yield from read_age(behind._replace(text=" " * aged.start() + behind.text[aged.start() : aged.end()]))
    if born or aged:
        yield from read_sex(behind)


def split(name: str) -> tuple[str | None, str | None]:
    """First and last name, the way the record keeps them: "SUTHERLAND, TYLER J" is Tyler and Sutherland."""
    from firstvisit.referral.names import person_name

    try:
        parts = person_name(name)
    except ValueError:
        return None, None  # words of titles alone are no name
    first = re.sub(r"(?<=\w)\s+[A-Za-z]\.?$", "", parts.first or "") or None
    return cased(first), cased(parts.last)


def part_of_name(path: str) -> Reads:
    def read(asked: Asked) -> Iterator[Said]:
        text = asked.text.strip(" .,;:_")
        if (
            LETTER.search(text)
            and not re.search(r"\d", text)
            and len(text.split()) <= 3
            and not NONE.match(text)
        ):
            yield Said(path, cased(text), 0, len(asked.text))

    return read


_RELATIVE_FIRST: Final = re.compile(
    rf"^\W*(?:{people_words.OWN_WORD})\b\s*[,:-]?\s+(?=[A-Z][\w'’-]+ [A-Z])", re.I
)
_LIVES: Final = re.compile(r"(?i)\blives\b")


def read_contact(asked: Asked) -> Iterator[Said]:
    """A relative, perhaps with what they are to the patient and their phone in the same field."""
    text = _RELATIVE_FIRST.sub(lambda words: " " * len(words[0]), asked.text)
    found = person(text)
    if found is None and _LIVES.search(asked.label):
        return
    if found:
        first, last = split(found[0])
        name = " ".join(filter(None, (first, last)))
        start = max(asked.text.find(found[0]), 0)
        if name and not re.fullmatch(people_words.OWN_WORD, name, re.IGNORECASE):
            yield Said("contact.name", name, start, start + len(found[0]))
    yield from read_relationship(asked)
    yield from read_phone(asked._replace(owner="contact"))
    for span in contact_points.emails(asked.text)[:1]:
        yield Said("contact.email", span.value, span.start, span.end)


def read_relationship(asked: Asked) -> Iterator[Said]:
    for text, of_value in ((asked.text, True), (asked.label, False)):
        match = re.search(rf"\b({people_words.OWN_WORD})\b", text, re.IGNORECASE)
        if match is None or (not of_value and re.search(r"/|\bor\b|emergency|contact|guardian", text, re.I)):
            continue
        word = people_words.own_relationship(match[1])
        if word:
            where = (match.start(), match.end()) if of_value else (0, len(asked.text))
            yield Said("contact.relationship", word, *where)
            return


def read_referrer(asked: Asked) -> Iterator[Said]:
    found = person(asked.text)
    if found is None:
        return
    name, credential = found
    if names.is_organization(name) and not credential:
        yield Said("referrer.organization", name, 0, len(name), 0.95)
        return
    if re.search(r"\b(?:by|to|the|of|please|office|clinic|and)\b", name) or name[:1].islower():
        return
    start = max(asked.text.find(name), 0)
    first, last = split(name)
    yield Said("referrer.name", " ".join(filter(None, (first, last))), start, start + len(name))
    if credential:
        at = asked.text.find(credential)
        yield Said("referrer.credential", credential, at, at + len(credential))
    # "Janelle Ortiz, special education": the rest says what they are.
    if role := people_words.role_of(f"{asked.label} {asked.text}"):
        yield Said("referrer.role", role, 0, len(asked.text), 0.97)
    yield from npis_in(asked.text)
    yield from read_phone(asked._replace(owner="referrer"))


def read_signer(asked: Asked) -> Iterator[Said]:
    """Who signed by machine: "Royce Tanager, MD on 05/28/2026 16:40". Whoever signs an order gives it."""
    who = re.split(r"\s(?:on|at|dated?)\s|\s\d|\(", asked.text)[0]
    found = person(who)
    if found is not None and found[1]:
        yield from (
            said._replace(sure=0.95 * said.sure)
            for said in read_referrer(asked._replace(text=who, owner="referrer"))
        )


def read_organization(asked: Asked) -> Iterator[Said]:
    name = re.split(r"\s[|•]\s|\s{3,}|\b(?:Phone|Tel|Fax|NPI)\b|[•]", asked.text)[0].strip(" .,;:-")
    if not name[:1].isupper() or name.count("(") != name.count(")"):
        return
    if (
        len(LETTER.findall(name)) >= 4
        and not NONE.match(name)
        and asked.owner not in ("us", "other", "payer")
    ):
        yield Said("referrer.organization", name, 0, len(name))


def read_from(asked: Asked) -> Iterator[Said]:
    """Who sends, on a cover sheet: a person, an organization, or both."""
    for part in re.split(r"\s{2,}|[,;/|]\s|\s[-–]\s", asked.text):
        at = max(asked.text.find(part), 0)
        found = person(part)
        if names.is_organization(part) or (found is None and len(LETTER.findall(part)) > 6):
            yield Said("referrer.organization", part.strip(" ,"), at, at + len(part), 0.93)
        elif found and len(found[0].split()) >= 2:
            yield Said("referrer.name", found[0], at, at + len(found[0]), 0.9)
            if found[1]:
                yield Said("referrer.credential", found[1], at, at + len(part), 0.9)
    yield from read_phone(asked._replace(owner="referrer"))
