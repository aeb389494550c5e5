"""Phones, faxes, mail addresses and streets behind their labels. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstvisit.steps.intake.understanding import mend
from firstvisit.steps.intake.understanding.forms.values.said import Asked, Said, cased
from firstvisit.steps.intake.understanding.values import addresses, contact_points
from firstvisit.steps.intake.understanding.values.span import Span


def read_phone(asked: Asked) -> Iterator[Said]:
    """A phone of whoever's field this is; behind "phone / fax" the second is the fax."""
    # A stroke between two numbers is no part of either.
    text = mend.digits(re.sub(r"(?<=\d{4})(?=[fF]\w{0,2}[ .:]*\(?\d)", " ", asked.text)).replace("/", " ")
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


def read_fax(asked: Asked) -> Iterator[Said]:
    if asked.owner in ("referrer", "sender"):
        for span in contact_points.phones(mend.digits(asked.text))[:1]:
            yield Said("referrer.fax", span.value, span.start, span.end)


def read_email(asked: Asked) -> Iterator[Said]:
    if asked.owner in ("patient", "contact"):
        for span in contact_points.emails(asked.text)[:1]:
            yield Said(f"{asked.owner}.email", span.value, span.start, span.end)


def read_address(asked: Asked) -> Iterator[Said]:
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


def read_place(asked: Asked) -> Iterator[Said]:
    yield from (said for said in read_address(asked) if said.path != "patient.street")
    if asked.owner in ("patient", "contact", "") and re.fullmatch(
        r"[A-Z][A-Za-z. ]{2,30}", asked.text.strip()
    ):
        yield Said("patient.city", cased(asked.text.strip()), 0, len(asked.text))


def _state(text: str) -> str | None:
    from firstvisit.referral.vocabulary import us_state

    try:
        return us_state(text)
    except ValueError:
        return None  # no state of that name; another reading may have one


def read_state(asked: Asked) -> Iterator[Said]:
    if asked.owner in ("patient", "contact", "") and (state := _state(asked.text.strip(" .,"))):
        yield Said("patient.state", state, 0, len(asked.text))


def read_zip(asked: Asked) -> Iterator[Said]:
    if asked.owner in ("patient", "contact", ""):
        for span in addresses.zips(mend.digits(asked.text))[:1]:
            yield Said("patient.postal_code", span.value, span.start, span.end)
