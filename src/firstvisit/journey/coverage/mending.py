"""Where a value that a payer refused is put right. Pure."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Where = Literal["stated", "practice", "payer", "order", "authorization", "again", ""]
"""stated: the form of the lead; practice: our own identity; payer: what we say of the payer; order; authorization;
again: asking again; "": nowhere of ours."""


class Mend(NamedTuple):
    """Where, and the path of the record's field where it is one of the lead's form."""

    where: Where
    path: str = ""


_OF_PLAN: Final = {
    "member_id": "member_id",
    "identity": "member_id",
    "request": "member_id",
    "group": "group_number",
}
_OF_PATIENT: Final = {
    "name": "first_name", "identity": "first_name", "birth_date": "date_of_birth", "sex": "sex",
}  # fmt: skip
"""Of a name, or of all that says who it is, the first field."""
_OF_HOLDER: Final = {"name": "subscriber_name", "birth_date": "subscriber_date_of_birth"}
_OF_US: Final = {
    "npi": "practice", "name": "practice", "address": "practice", "phone": "practice", "state": "practice",
    "taxonomy": "practice", "enrollment": "payer", "network": "payer", "payer_id": "payer", "request": "payer",
    "service": "payer", "referring_npi": "order", "diagnosis": "order", "authorization": "authorization",
}  # fmt: skip


def mend_of(whose: str, field: str, *, rank: int, holder: bool) -> Mend:
    """Where the `field` of `whose` (subscriber, patient, provider, payer) is corrected for the plan of this rank;
    `holder`: somebody else than the patient holds it."""
    if field == "service_date":
        return Mend("again")
    if whose in ("provider", "payer"):
        return Mend(_OF_US.get(field, ""))  # type: ignore[arg-type]
    if whose == "subscriber" and holder and field in _OF_HOLDER:
        return Mend("stated", f"payers.{rank}.{_OF_HOLDER[field]}")
    if field in _OF_PLAN and not (field == "identity" and whose == "patient"):
        return Mend("stated", f"payers.{rank}.{_OF_PLAN[field]}")
    return Mend("stated", f"patient.{_OF_PATIENT[field]}") if field in _OF_PATIENT else Mend("")
