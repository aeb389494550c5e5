"""What the value behind a label says: one reader a field. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from firstvisit.steps.intake.understanding import mend
from firstvisit.steps.intake.understanding.values import (
    addresses,
    care,
    codes,
    contact_points,
    dates,
    half_days,
    names,
    payers,
    people_words,
    plans_of_care,
)
from firstvisit.steps.intake.understanding.values.span import Span


class Said(NamedTuple):
    """One value in a text: its path in the record, where in the text it stands, and how sure for its kind: 1 where a
    check holds it or its form is plain, less where it is prose taken whole."""

    path: str
    value: object
    start: int
    end: int
    sure: float = 1.0
    held: bool = False
    """Held by a check (digit, list, ZIP with city), so that a smudged reading counts."""


class Asked(NamedTuple):
    """What a reader gets: the value's text, its label, whose field it is, and when the form was written."""

    text: str
    label: str
    owner: str
    written_on: dt.date


Reads = Callable[[Asked], Iterator[Said]]

_CREDENTIALS: Final = re.compile(rf"(?:,|\s|/)\s*(?P<all>{names.CREDENTIALS})", re.ASCII)
_NONE: Final = re.compile(r"^\W*(?:n\s?/\s?a|none|no|unknown|unk|not (?:applicable|known|given|available)|tbd|same|see (?:attached|above|below).*|-+|\.+|_+|pending|self)\W*$", re.I)
_PARTICLES: Final = frozenset("de del la las los da dos der den van von bin al el le du di y st st. jr sr".split())
_LETTER: Final = re.compile(r"[^\W\d_]")


def person(text: str) -> tuple[str, str | None] | None:
    """A name and its credentials out of what stands behind a label for a person; None where no name does."""
    text = text.strip(" .,;:-_|")
    credential = None
    match = _CREDENTIALS.search(text)
    if match and match.start() > 1:
        credential = match["all"].strip(" ,")
        text = text[: match.start()]
    # "Janelle Ortiz, special education": what follows is what somebody does.
    head, comma, tail = text.partition(",")
    if comma and (tail.strip()[:1].islower() or people_words.role_of(tail)):
        text = head
    text = re.split(r"\s[-–|•]\s|[;(]|\s{3,}|\d|\b(?:NPI|Phone|Tel|Fax|DOB|and|at|from)\b", text)[0]
    text = re.sub(rf"^(?:{names.TITLE}\s*)+", "", text.strip()).strip(" ,.;:-_")
    words = text.replace(",", " ").split()
    if not 1 <= len(words) <= 5 or not all(_LETTER.search(word) for word in words) or _NONE.match(text):
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


def _patient_name(asked: Asked) -> Iterator[Said]:
    name = named_patient(asked.text, asked.label)
    if name is None:
        return
    start = asked.text.find(name)
    first, last = split(name)
    whole = (max(start, 0), max(start, 0) + len(name))
    if last:
        yield Said("patient.last_name", last, *whole)
    if first:
        yield Said("patient.first_name", first, *whole)


def split(name: str) -> tuple[str | None, str | None]:
    """First and last name, the way the record keeps them: "SUTHERLAND, TYLER J" is Tyler and Sutherland."""
    from firstvisit.referral.names import person_name

    try:
        parts = person_name(name)
    except ValueError:
        return None, None  # words of titles alone are no name
    first = re.sub(r"(?<=\w)\s+[A-Za-z]\.?$", "", parts.first or "") or None
    return _cased(first), _cased(parts.last)


def _cased(text: str | None) -> str | None:
    if not text or not text.isupper() or len(text) < 2:
        return text
    return re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)?", lambda m: m[0].capitalize(), text)


def _part_of_name(path: str) -> Reads:
    def read(asked: Asked) -> Iterator[Said]:
        text = asked.text.strip(" .,;:_")
        if _LETTER.search(text) and not re.search(r"\d", text) and len(text.split()) <= 3 and not _NONE.match(text):
            yield Said(path, _cased(text), 0, len(asked.text))

    return read


def _born(asked: Asked) -> Iterator[Said]:
    text = mend.day(asked.text, asked.written_on)
    for span in dates.days(text, asked.written_on, birth=True):
        if span.value.year_said and dt.date(1900, 1, 1) < span.value.date <= asked.written_on:
            same = text == asked.text
            yield Said("patient.date_of_birth", span.value.date.isoformat(), span.start, span.end, 1.0 if same else 0.93)
            break


def _age(asked: Asked) -> Iterator[Said]:
    if match := re.match(r"\W*(\d{1,3})\b(?!\s*(?:mo|wk|/))", asked.text):
        if int(match[1]) <= 110:
            yield Said("patient.age_years", int(match[1]), match.start(1), match.end(1))
    elif spans := dates.ages(asked.text):
        yield Said("patient.age_years", spans[0].value, spans[0].start, spans[0].end)


def _sex(asked: Asked) -> Iterator[Said]:
    found = list(re.finditer(r"\b(?:(f|female|girl|woman)|(m|male|boy|man))\b", asked.text, re.IGNORECASE))
    kinds = {"female" if match[1] else "male" for match in found}
    if len(kinds) == 1:
        yield Said("patient.sex", kinds.pop(), found[0].start(), found[0].end())


def _born_and_sex(asked: Asked) -> Iterator[Said]:
    yield from _born(asked)
    rest = re.sub(r"\d[\d/.-]+\d", lambda match: " " * len(match[0]), asked.text)
    yield from _sex(asked._replace(text=rest))
    if match := re.search(r"(?<![\d/.-])(\d{1,3})(?:\s*(?:yo|y/o|yrs?|years?|y)\b|(?=\s*(?:/|,|$|[MF]\b)))", rest):
        yield Said("patient.age_years", int(match[1]), match.start(1), match.end(1))


def _phone(asked: Asked) -> Iterator[Said]:
    """A phone of whoever's field this is; behind "phone / fax" the second is the fax."""
    # A stroke between two numbers is no part of either.
    text = mend.digits(asked.text).replace("/", " ")
    owner = "referrer" if asked.owner == "sender" else asked.owner
    if owner not in ("patient", "contact", "referrer"):
        return
    both = "fax" in asked.label.lower()
    spans = contact_points.phones(text)
    for number, span in enumerate(spans[:3]):
        marked = re.search(r"(?:fax|fx|f)\W{0,3}$", text[max(0, span.start - 6) : span.start], re.IGNORECASE)
        after = re.match(r"\W{0,3}\(?fax", text[span.end :], re.IGNORECASE)
        fax = bool(marked or after) or (both and number == 1)
        path = "fax" if fax else "phone"
        if path == "fax" and owner != "referrer":
            continue
        yield Said(f"{owner}.{path}", span.value, span.start, span.end)
        if not both and not fax and number == 0 and len(spans) > 1 and owner != "referrer":
            break


def _fax(asked: Asked) -> Iterator[Said]:
    if asked.owner in ("referrer", "sender"):
        for span in contact_points.phones(mend.digits(asked.text))[:1]:
            yield Said("referrer.fax", span.value, span.start, span.end)


def _owned(reads: Reads, owner: str) -> Reads:
    return lambda asked: reads(asked._replace(owner=owner))


def _address(asked: Asked) -> Iterator[Said]:
    if asked.owner in ("referrer", "payer", "us", "other", "sender"):
        return
    text = asked.text
    # What stands in front of the comma before the city; the recogniser knows streets by their last word.
    found = [each for each in addresses.addresses(text) if each.street or each.postal_code or each.city]
    zip_ = next((each.postal_code for each in found if each.postal_code), None)
    street = next((each.street for each in found if each.street), None)
    city = next((each.city for each in found if each.city), None)
    state = next((each.state for each in found if each.state), None)
    if zip_ is None and (spans := [z for z in addresses.zips(mend.digits(text)) if z.start > 4]):
        zip_ = spans[-1]
    if street is None and (match := re.match(r"\s*(\d{1,6}[A-Z]?\s+[^,\d][^,]{2,40}?)(?:,|\s{2,}|$)", text)):
        street = Span(match.start(1), match.end(1), match[1])
    named, in_state, agrees = mend.place(
        city.value if city else None, _state(state.value) if state else None, zip_.value if zip_ else None
    )
    sure = 1.0 if agrees else 0.92
    if street:
        yield Said("patient.street", street.value.strip(" ,"), street.start, street.end)
    if city and named:
        yield Said("patient.city", named, city.start, city.end, sure, agrees)
    if state and in_state:
        yield Said("patient.state", in_state, state.start, state.end, sure, agrees)
    if zip_:
        yield Said("patient.postal_code", zip_.value, zip_.start, zip_.end, sure, agrees)


def _place(asked: Asked) -> Iterator[Said]:
    yield from (said for said in _address(asked) if said.path != "patient.street")
    if asked.owner in ("patient", "contact", "") and re.fullmatch(r"[A-Z][A-Za-z. ]{2,30}", asked.text.strip()):
        yield Said("patient.city", _cased(asked.text.strip()), 0, len(asked.text))


def _state(text: str) -> str | None:
    from firstvisit.referral.vocabulary import us_state

    try:
        return us_state(text)
    except ValueError:
        return None  # no state of that name; another reading may have one


def _state_field(asked: Asked) -> Iterator[Said]:
    if asked.owner in ("patient", "contact", "") and (state := _state(asked.text.strip(" .,"))):
        yield Said("patient.state", state, 0, len(asked.text))


def _zip_field(asked: Asked) -> Iterator[Said]:
    if asked.owner in ("patient", "contact", ""):
        for span in addresses.zips(mend.digits(asked.text))[:1]:
            yield Said("patient.postal_code", span.value, span.start, span.end)


def _email(asked: Asked) -> Iterator[Said]:
    if asked.owner in ("patient", "contact"):
        for span in contact_points.emails(asked.text)[:1]:
            yield Said(f"{asked.owner}.email", span.value, span.start, span.end)


def _language(asked: Asked) -> Iterator[Said]:
    from firstvisit.referral.vocabulary import LANGUAGES

    for language in LANGUAGES:
        match = re.search(rf"\b{language}\b", asked.text, re.IGNORECASE)
        if match and language != "English":
            yield Said("patient.language", language, match.start(), match.end())
            return
    if re.search(r"\bASL\b", asked.text):
        yield Said("patient.language", "American Sign Language", 0, len(asked.text))


def _contact(asked: Asked) -> Iterator[Said]:
    """A relative, perhaps with what they are to the patient and their phone in the same field."""
    found = person(asked.text)
    if found:
        first, last = split(found[0])
        name = " ".join(filter(None, (first, last)))
        start = max(asked.text.find(found[0]), 0)
        if name and not re.fullmatch(people_words.OWN_WORD, name, re.IGNORECASE):
            yield Said("contact.name", name, start, start + len(found[0]))
    yield from _relationship(asked)
    yield from _phone(asked._replace(owner="contact"))
    for span in contact_points.emails(asked.text)[:1]:
        yield Said("contact.email", span.value, span.start, span.end)


def _relationship(asked: Asked) -> Iterator[Said]:
    for text, of_value in ((asked.text, True), (asked.label, False)):
        match = re.search(rf"\b({people_words.OWN_WORD})\b", text, re.IGNORECASE)
        if match is None or (not of_value and re.search(r"/|\bor\b|emergency|contact|guardian", text, re.I)):
            continue
        word = people_words.own_relationship(match[1])
        if word:
            where = (match.start(), match.end()) if of_value else (0, len(asked.text))
            yield Said("contact.relationship", word, *where)
            return


def _referrer(asked: Asked) -> Iterator[Said]:
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
    yield from _npi_in(asked.text)
    yield from _phone(asked._replace(owner="referrer"))


def _organization(asked: Asked) -> Iterator[Said]:
    name = re.split(r"\s[|•]\s|\s{3,}|\b(?:Phone|Tel|Fax|NPI)\b|[•]", asked.text)[0].strip(" .,;:-")
    if not name[:1].isupper() or name.count("(") != name.count(")"):
        return
    if len(_LETTER.findall(name)) >= 4 and not _NONE.match(name) and asked.owner not in ("us", "other", "payer"):
        yield Said("referrer.organization", name, 0, len(name))


def _npi(asked: Asked) -> Iterator[Said]:
    number = mend.npi(asked.text)
    if number:
        yield Said("referrer.npi", number, 0, len(asked.text))


def _npi_in(text: str) -> Iterator[Said]:
    for span in codes.npis(text):
        yield Said("referrer.npi", span.value, span.start, span.end)


_CODE_LIKE: Final = re.compile(r"(?<![\w.])[A-TV-Za-tv-z][\dOoIlSZBCQDU][\dA-Za-z](?:\s?[.,·]\s?[\dA-Za-z]{1,4}|[\dA-Z]{1,4})?(?![\w])")


_FIRST_AS_ONE: Final = re.compile(r"(?<![\w.])1(\d[\dA-Z]\.[\dA-Z]{1,4})(?![\w.])")
"""A code that begins with I, read as beginning with 1."""


def diagnoses(asked: Asked) -> Iterator[Said]:
    """Codes of the list; a slip is put right where only one code is that near."""
    seen: set[str] = set()
    for match in _CODE_LIKE.finditer(asked.text):
        if not re.search(r"\d", match[0]):
            continue
        found = mend.code(match[0])
        if found is None or found[0] in seen:
            continue
        seen.add(found[0])
        # A category alone ("G56") among words may be anything.
        alone = len(found[0]) == 3 and not re.fullmatch(r"[\W\d]*[A-Z]\d[\dA-Z]\W*", asked.text)
        yield Said("diagnoses", {"code": found[0]}, match.start(), match.end(), 0.6 if alone else 1.0 if found[1] else 0.92)
    for match in _FIRST_AS_ONE.finditer(asked.text):
        found = mend.code(f"I{match[1]}")
        if found and found[1] and found[0] not in seen:
            yield Said("diagnoses", {"code": found[0]}, match.start(), match.end(), 0.9)


_ADDED: Final = re.compile(r"\b(?:see|per) (?:attached|chart|notes?|below)\b", re.I)


def concern(asked: Asked) -> Iterator[Said]:
    text = asked.text.strip()
    if len(_LETTER.findall(text)) >= 4 and not _NONE.match(text) and not _ADDED.fullmatch(text):
        yield Said("concern", text, 0, len(asked.text), 0.95)


_SHORT_THERAPY: Final = re.compile(r"(?<![\w/])(?:(OT|O\.T\.|Occupational)|(PT|P\.T\.|Physical)|(SLP|ST|S\.T\.|Speech(?:[ /-]Language)?))(?![\w/]*\w)", re.IGNORECASE)


def service(asked: Asked) -> Iterator[Said]:
    """Therapies, and whether an evaluation or treatment is wanted."""
    yield from therapies(asked.text)
    text = asked.text
    if re.search(r"evaluate and treat", asked.label, re.I):
        yield Said("service", "evaluation_and_treatment", 0, len(text))
        text = ""
    for span in care.services(text):
        yield Said("service", span.value, span.start, span.end)
        break
    else:
        if match := re.search(r"\b(?:eval\w*|assess\w*|consult\w*)\b", text, re.I):
            treats = re.search(r"\btreat\w*|\btx\b", text, re.I)
            yield Said("service", "evaluation_and_treatment" if treats else "evaluation", match.start(), match.end(), 0.95)
        elif match := re.search(r"\b(?:continue|resume|treat(?:ment)?(?: only)?|therapeutic exercise)\b", text, re.I):
            yield Said("service", "treatment", match.start(), match.end(), 0.93)
    yield from _visits(asked)


def therapies(text: str) -> Iterator[Said]:
    seen = set()
    for match in _SHORT_THERAPY.finditer(text):
        word = "OT" if match[1] else "PT" if match[2] else "SLP"
        if word not in seen and not (match[0].lower() == "pt" and match[0].islower()):
            seen.add(word)
            yield Said("disciplines", word, match.start(), match.end())
    for span in care.disciplines(text):
        if span.value[0] not in seen:
            seen.add(span.value[0])
            yield Said("disciplines", span.value[0], span.start, span.end)


_WHERE: Final = (
    ("telehealth", r"tele\w*|virtual|video|remote|online"),
    ("school", r"school|campus|classroom"),
    ("home", r"home|residence|domicile|in-home"),
    ("clinic", r"clinic|outpatient|office|facility|in[- ]person"),
)


def _setting(asked: Asked) -> Iterator[Said]:
    found = [(name, match) for name, shape in _WHERE if (match := re.search(rf"\b(?:{shape})\b", asked.text, re.I))]
    if len(found) == 1 and len(asked.text) < 60:
        name, match = found[0]
        yield Said("setting", name, match.start(), match.end())
    yield from _availability(asked)


def timing(asked: Asked) -> Iterator[Said]:
    for span in care.timings(asked.text)[:1]:
        yield Said("timing", span.value, span.start, span.end)
        return
    if match := re.search(r"\b(?:urgent|stat|asap|high|emergent|expedite\w*|rush|immediate\w*|1 week|one week|72 ?h\w*|48 ?h\w*|24 ?h\w*)\b", asked.text, re.I):
        yield Said("timing", "asap", match.start(), match.end(), 0.95)
    elif match := re.search(r"\b(?:routine|standard|normal|regular|non-?urgent|30 days|2-4 weeks|next available|soon)\b", asked.text, re.I):
        yield Said("timing", "within_month", match.start(), match.end(), 0.8)
    elif match := re.search(r"\b(?:elective|no rush|low|flexible)\b", asked.text, re.I):
        yield Said("timing", "later", match.start(), match.end(), 0.85)
    else:
        for day in dates.days(mend.day(asked.text, asked.written_on), asked.written_on)[:1]:
            if word := care.timing_of_day(day.value.date, asked.written_on):
                yield Said("timing", word, day.start, day.end, 0.86)


def _visits(asked: Asked) -> Iterator[Said]:
    text = re.sub(r"(?<=\d)\s?[*×]\s?", " x ", asked.text)
    same = len(text) == len(asked.text)
    whole: dict[str, object] = {}
    spans = plans_of_care.frequencies(text)
    for span in spans:
        whole.update(span.value)
    label = asked.label.lower()
    if not whole and (match := re.fullmatch(r"\D{0,4}(\d{1,3}(?:\s?-\s?\d{1,2})?)\D{0,12}", asked.text)):
        number = re.sub(r"\s", "", match[1])
        if re.search(r"duration|how long|weeks", label):
            whole["weeks"] = number if "-" in number else int(number)
        elif re.search(r"total|visits|sessions", label) and "-" not in number:
            whole["total_visits"] = int(number)
        elif re.search(r"freq|per week|often", label):
            whole["visits_per_week"] = number if "-" in number else float(number)
    elif not whole and re.search(r"duration|how long", label) and (match := re.search(r"\b(\d{1,2}(?:\s?-\s?\d{1,2})?)\s*(?:weeks?|wks?)\b", text)):
        number = re.sub(r"\s", "", match[1])
        whole["weeks"] = number if "-" in number else int(number)
    if whole:
        ends = (spans[0].start, spans[-1].end) if spans and same else (0, len(asked.text))
        yield Said("frequencies", whole, *ends)


def _event(kind: str) -> Reads:
    def read(asked: Asked) -> Iterator[Said]:
        text = mend.day(asked.text, asked.written_on)
        for span in dates.days(text, asked.written_on)[:1]:
            old = (asked.written_on - span.value.date).days > 366 * 12
            yield Said("events", {"kind": kind, "date": span.value.date.isoformat()}, span.start, span.end, 0.7 if old else 1.0)

    return read


_CARD: Final = re.compile(r"(?<![\w])(?=[A-Z0-9 -]*\d)[A-Z0-9](?:[A-Z0-9]|[ -](?=[A-Z0-9])){3,24}(?![\w])", re.I)


def card_number(text: str) -> re.Match[str] | None:
    """The first run of letters and digits that may be a number on a card."""
    for match in _CARD.finditer(re.sub(r"\b(?:group|grp|plan|eff|exp|effective|member|policy|id|number|no|claim|phone|tel)\b", lambda m: " " * len(m[0]), text, flags=re.I)):
        marks = re.sub(r"[^A-Za-z0-9]", "", match[0])
        if len(marks) >= 3 and any(map(str.isdigit, marks)):
            return match
    return None


def _number(path: str) -> Reads:
    def read(asked: Asked) -> Iterator[Said]:
        if (asked.owner == "other" and path != "payers.0.authorization_number") or (contact_points.phones(asked.text) and "-" in asked.text and len(asked.text) < 15):
            return
        match = card_number(asked.text)
        if match and not _NONE.match(asked.text):
            yield Said(path, match[0].strip(), match.start(), match.end())
        said = re.search(r"medicare|medicaid", asked.label, re.I)
        if said:
            yield Said("payers.0.kind", said[0].lower(), 0, len(asked.text), 0.97)
            yield Said("payers.0.name", said[0].capitalize(), 0, len(asked.text), 0.9)

    return read


def _insurance(asked: Asked) -> Iterator[Said]:
    text = asked.text.strip()
    if asked.owner == "other" or not _LETTER.search(text) or re.fullmatch(r"(?i)\W*(?:n/?a|unknown|tbd|see attached.*|yes|no)\W*", text):
        return
    kind = payer_kind(f"{text}", asked.label)
    if kind:
        yield Said("payers.0.kind", kind, 0, len(asked.text), 0.97)
    name = re.split(r"[,;(]|\s[-–|]\s|\b(?:ID|Member|Policy|Group|Grp|Claim|Phone|Auth|Eff|Subscriber|#)\b", text)[0].strip(" .:#")
    if kind not in ("private_pay", "school") and len(_LETTER.findall(name)) >= 3 and not re.search(r"\d{4}", name):
        start = max(asked.text.find(name), 0)
        yield Said("payers.0.name", name, start, start + len(name), 0.97)
    rest = asked.text[len(name) :]
    announced = re.search(r"(?:member|policy|subscriber|\bID)\b\W*(?:ID|#|no\.?|number)?\W*", rest, re.I)
    if announced and (match := card_number(rest[announced.end() :])):
        at = len(name) + announced.end()
        yield Said("payers.0.member_id", match[0].strip(), at + match.start(), at + match.end(), 0.95)
    for span in payers.group_numbers(asked.text)[:1]:
        yield Said("payers.0.group_number", span.value, span.start, span.end, 0.95)


def payer_kind(text: str, label: str = "") -> str | None:
    """The kind of cover that a plan's name or its label tells; commercial where neither tells another."""
    if re.search(r"work(?:er|ers)?'?s?'?\s?comp|\bwc\b", label, re.I):
        return "workers_comp"
    if re.search(r"\bauto\b", label, re.I):
        return "auto"
    if re.search(r"district|school|purchase order|\bIEP\b|\bIDEA\b", text, re.I):
        return "school"
    for span in payers.kinds(text):
        return span.value
    if re.search(r"\b(?:comp(?:ensation)?|WC|industrial|state fund)\b", text, re.I):
        return "workers_comp"
    if re.search(r"\bauto(?:mobile)?\b|no[- ]fault|\bMVA\b|\bPIP\b", text, re.I):
        return "auto"
    if re.search(r"self|private|cash|uninsured|none", text, re.I):
        return "private_pay"
    return None


def _authorization(asked: Asked) -> Iterator[Said]:
    text = asked.text
    status = None
    for shape, word in (
        (r"\bnot (?:required|needed|necessary)|\bno(?:ne)? (?:auth\w* )?(?:required|needed)|\bn/?a\b|^\W*no\W*$|no auth", "not_required"),
        (r"(?:required|needed|needs?)\b.*\bnot (?:yet )?(?:requested|submitted|started|obtained)|not (?:yet )?(?:requested|submitted|obtained)|^\W*(?:required|needed|yes)\W*$|must be obtained|please obtain", "required"),
        (r"pending|submitted|requested|in (?:process|progress)|under review|applied", "pending"),
        (r"approved|obtained|granted|authorized|on file|received|active|certified", "approved"),
        (r"required|needed", "required"),
    ):
        if match := re.search(shape, text, re.I):
            status = Said("payers.0.authorization_status", word, match.start(), match.end())
            break
    number = re.search(r"(?:#|no\.?|number|auth\w*|ref\w*)?\W*\b((?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{3,18})\b", text)
    if number and not dates.days(number[1], asked.written_on) and not re.fullmatch(r"(?:19|20)\d\d", number[1]):
        yield Said("payers.0.authorization_number", number[1], number.start(1), number.end(1))
        status = status or Said("payers.0.authorization_status", "approved", number.start(1), number.end(1), 0.9)
    if status:
        yield status


def _claim(asked: Asked) -> Iterator[Said]:
    for said in _number("payers.0.member_id")(asked):
        yield said
        yield Said("payers.0.claim_number", said.value, said.start, said.end) if said.path.endswith("member_id") else said


_ENCLOSED: Final = (
    ("order", r"\border(?!ing)s?\b|\brx\b|prescription|\bscript\b|signed referral"),
    ("operative_note", r"\bop(?:erative)?\b[ -.]*(?:note|report)s?|surgical (?:note|report)"),
    ("discharge_summary", r"discharge (?:summary|papers|instructions)|d/?c summary"),
    ("prior_evaluation", r"(?:prior|previous|recent|last|initial|school|current|outside)?\s*\beval(?:uation)?s?\b(?: report)?|test results|assessment report"),
    ("iep", r"\bIEP\b|504 plan"),
    ("clinical_notes", r"(?:clinic(?:al)?|office|progress|visit|chart|therapy|physician|encounter|consult\w*)?\s*\bnotes?\b(?<!op note)(?<!operative note)|\bH\s?&\s?P\b|history and physical|chart"),
)  # fmt: skip


def documents(asked: Asked) -> Iterator[Said]:
    """What is enclosed; a list behind its label, so the bare words count."""
    taken: list[tuple[int, int]] = []
    for kind, shape in _ENCLOSED:
        for match in re.finditer(shape, asked.text, re.I):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            if re.search(r"\b(?:no|not|without|to follow|pending|will (?:send|fax))\W*$", asked.text[max(0, match.start() - 20) : match.start()], re.I):
                continue
            taken.append((match.start(), match.end()))
            yield Said("documents", kind, match.start(), match.end())
            break


def _availability(asked: Asked) -> Iterator[Said]:
    said = half_days.coming(asked.text, asked=True)
    for value, n in half_days.half_days(said).items():
        yield Said("availability", value, said[n].start, said[n].end, 0.97)


def _from(asked: Asked) -> Iterator[Said]:
    """Who sends, on a cover sheet: a person, an organization, or both."""
    for part in re.split(r"\s{2,}|[,;/|]\s|\s[-–]\s", asked.text):
        at = max(asked.text.find(part), 0)
        found = person(part)
        if names.is_organization(part) or (found is None and len(_LETTER.findall(part)) > 6):
            yield Said("referrer.organization", part.strip(" ,"), at, at + len(part), 0.93)
        elif found and len(found[0].split()) >= 2:
            yield Said("referrer.name", found[0], at, at + len(found[0]), 0.9)
            if found[1]:
                yield Said("referrer.credential", found[1], at, at + len(part), 0.9)
    yield from _phone(asked._replace(owner="referrer"))


READERS: Final[dict[str, Reads]] = {
    "patient_name": _patient_name, "first_name": _part_of_name("patient.first_name"),
    "last_name": _part_of_name("patient.last_name"), "dob": _born, "age": _age, "sex": _sex, "dob_sex": _born_and_sex,
    "phone": _phone, "phone_fax": _phone, "patient_phone": _owned(_phone, "patient"), "contact_phone": _owned(_phone, "contact"),
    "referrer_phone": _owned(_phone, "referrer"), "referrer_phone_fax": _owned(_phone, "referrer"), "fax": _fax,
    "referrer_fax": _owned(_fax, "referrer"), "email": _email, "address": _address, "place": _place, "state": _state_field,
    "zip": _zip_field, "language": _language, "contact": _contact, "relationship": _relationship, "referrer": _referrer,
    "organization": _organization, "from": _from, "npi": _npi, "diagnosis": diagnoses, "concern": concern, "service": service,
    "setting": _setting, "timing": timing, "frequency": _visits, "surgery": _event("surgery"), "injury": _event("injury"),
    "onset": _event("onset"), "discharge": _event("discharge"), "iep": _event("iep"), "insurance": _insurance,
    "member": _number("payers.0.member_id"), "group": _number("payers.0.group_number"),
    "authorization": _authorization, "authorization_number": _number("payers.0.authorization_number"), "claim": _claim,
    "documents": documents, "availability": _availability,
}  # fmt: skip
"""By the keys of `labels.toml`; those that are missing there are known so that nobody takes them for something else."""

