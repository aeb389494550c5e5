"""A value as it was found, in the form the record keeps: by the same readers as a form's or a program's. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from firstvisit.referral import fields
from firstvisit.referral.fields import Read

_PARTS: Final[Mapping[str, Mapping[str, Read]]] = {
    "patient": fields.PATIENT,
    "contact": fields.CONTACT,
    "referrer": fields.REFERRER,
    "ordering": fields.CLINICIAN,
    "organization": fields.ORGANIZATION,
    "payers": fields.PAYER,
    "diagnoses": fields.DIAGNOSES,
    "events": fields.EVENT,
    "frequencies": fields.FREQUENCY,
    "attribution": fields.ATTRIBUTION,
}
_WHOLE: Final[Mapping[str, Read]] = {
    **fields.TOP,
    "program": fields.SLUG,
    "disciplines": fields.DISCIPLINE,
    "documents": fields.DOCUMENT,
    "availability": fields.AVAILABILITY,
}


def reader_of(path: str) -> Read:
    """The reader of a field by its path in the record. Raises KeyError for a path that the record does not have."""
    head, _, rest = path.partition(".")
    if not rest:
        return _WHOLE[head]
    return _PARTS[head][rest.rpartition(".")[2]]


def normalised(path: str, value: object, today: dt.date) -> object:
    """The kept form, None where the value says nothing. Raises ValueError with a sentence that does not repeat it.

    Dates may also be given as `date`; "MM/DD/YYYY" and ISO as text. `today` bounds them.
    """
    if value is None:
        return None
    if isinstance(value, dt.date):
        value = value.isoformat()
    if isinstance(value, float) and value.is_integer() and path.rpartition(".")[2] != "visits_per_week":
        value = int(value)
    read = reader_of(path)(value, today)
    # An announced event or an IEP lies ahead; a birth does not, and its reader says so.
    return read
