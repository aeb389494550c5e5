"""A Referral in the shape of the published referral schema, for those who know only the schema."""

from __future__ import annotations

from pydantic import BaseModel

from firstvisit.referral.record import ClinicalEvent, EventKind, Payer, Referral

_TIMING = {"two_weeks": "within_month", "not_sure": None}
_CHANNELS = {"in_person": "phone", "file": "web", "voicemail": "phone"}
_PATIENT = set(
    "first_name last_name date_of_birth age_years sex phone email street city state postal_code language".split()
)
_CONTACT = {"name", "relationship", "phone", "email", "preferred_method"}
_REFERRER = {"name", "credential", "organization", "npi", "phone", "fax", "role"}
_PAYER = set("kind name member_id group_number authorization_number authorization_status".split())
_FREQUENCY = {"visits_per_week", "weeks", "total_visits"}
"""The schema's fields of each part."""

_EVENT_ORDER: tuple[EventKind, ...] = ("surgery", "discharge", "injury", "iep", "onset", "birth", "other")


def project(referral: Referral) -> dict[str, object]:
    """`referral` as JSON values in the schema's shape; what is not stated is left out.

    The schema has room for one event, one payer and one frequency. The event is the first by kind: surgery, discharge,
    injury, iep, other (an onset, then a birth, both called "other" there); of one kind the first listed. The
    payer is the first, which is the primary one; kinds that the schema does not know are "unknown" there. "Within two
    weeks" is within a month there, and "not sure" is nothing stated. A record that came in person or was left
    as a voicemail is one of the phone there, one out of a file one of the web. That a payer refused has no place
    there. The claim number of an injury stands where a member's would. What else the record holds has no place in
    the schema. `not_a_referral`, `escalate` and its reason pass through.

    A phone outside +1 and a diagnosis beginning with two letters (the QA0 codes of 2026) pass as they are
    although the schema's patterns do not foresee them: a value is not dropped for that.
    """
    shown: dict[str, object] = {
        "channel": _CHANNELS.get(referral.channel, referral.channel),
        "lead_kind": referral.lead_kind,
        "discipline": _listed(referral.disciplines),
        "service": referral.service,
        "program": referral.program,
        "patient": _stated(referral.patient, _PATIENT),
        "contact": _stated(referral.contact, _CONTACT),
        "referrer": _stated(referral.referrer, _REFERRER),
        "diagnoses": [diagnosis.code for diagnosis in referral.diagnoses or () if diagnosis.code],
        "concern": referral.concern,
        "setting": referral.setting,
        "timing": _TIMING.get(referral.timing, referral.timing) if referral.timing else None,
        "event": _event(referral.events or ()),
        "payer": _payer(referral.payers[0]) if referral.payers else None,
        "documents": _listed(referral.documents),
        "order_signed": referral.order_signed,
        "frequency": _frequency(referral),
        "availability": _availability(referral.availability),
        "asks": referral.asks,
        "not_a_referral": referral.not_a_referral,
        "escalate": referral.escalate,
        "escalate_reason": referral.escalate_reason,
    }
    return {name: value for name, value in shown.items() if value is not None and value not in ([], {})}


def _listed(values: tuple[str, ...] | None) -> list[str] | None:
    return list(values) if values else None


def _availability(stated: tuple[str, ...] | str | None) -> str | list[str] | None:
    return stated if isinstance(stated, str) else _listed(stated)


def _stated(part: BaseModel, names: set[str]) -> dict[str, object]:
    return part.model_dump(mode="json", exclude_none=True, include=names)


def _payer(payer: Payer) -> dict[str, object]:
    shown = _stated(payer, _PAYER)
    if payer.authorization_status == "denied":
        del shown["authorization_status"]
    if payer.claim_number and payer.kind in ("workers_comp", "auto", None):
        # Of an injury's payer the claim number is the number that counts.
        shown.setdefault("member_id", payer.claim_number)
    if payer.kind in ("va", "vocational_rehabilitation", "employer"):
        shown["kind"] = "unknown"
    return shown


def _event(events: tuple[ClinicalEvent, ...]) -> dict[str, object] | None:
    if not events:
        return None
    # min keeps the first of equals.
    event = min(events, key=lambda each: _EVENT_ORDER.index(each.kind))
    kind = "other" if event.kind in ("onset", "birth") else event.kind
    return {"kind": kind} | ({"date": event.date.isoformat()} if event.date else {})


def _frequency(referral: Referral) -> dict[str, object]:
    if not referral.frequencies:
        return {}
    shown = _stated(referral.frequencies[0], _FREQUENCY)
    visits = shown.get("visits_per_week")
    if isinstance(visits, float) and visits.is_integer():
        # 2, as people write it, rather than 2.0.
        shown["visits_per_week"] = int(visits)
    return shown
