"""A ServiceRequest and what it points at as a record in the shape of the referral schema. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from firstvisit.steps.intake.sources.fhir_bundle import NOTHING, Bundle, Resource, every
from firstvisit.steps.intake.sources.fhir_words import (
    first_word,
    is_about,
    is_of_another,
    notes,
    text_of,
    words_in,
    words_of,
)
from firstvisit.steps.intake.sources.said import disciplines_in, in_words

ICD: Final = "http://hl7.org/fhir/sid/icd-10-cm"
NPI: Final = "http://hl7.org/fhir/sid/us-npi"


def patient_of(bundle: Bundle, request: Resource) -> Resource:
    """The Patient that a request is about; {} where it names none of the delivery."""
    found = bundle.at(request.get("subject"), request)
    return found if found.get("resourceType") == "Patient" else NOTHING


def record_of(bundle: Bundle, request: Resource) -> dict[str, Any]:
    """The record of one request; what it does not say stays unknown."""
    patient = patient_of(bundle, request)
    wanted = [*words_in(request.get("code")), *_concepts(request, "category"), *_concepts(request, "orderDetail")]
    wanted += words_in(request.get("performerType"))
    conditions = _reasons(bundle, request, patient)
    codes = (each.get("code") for each in conditions)
    reasons = [*every(request, "reasonCode"), *(code for code in codes if isinstance(code, Mapping))]
    said = [*words_of(bundle, request, patient), *(note for each in conditions for note in notes(each))]
    concern, danger = in_words([*said, *(first_word(reason) for reason in reasons)])
    record: dict[str, Any] = {
        "patient": _patient(patient),
        "contact": _contact(bundle, request, patient),
        "referrer": _requester(bundle, request),
        "payers": [payer for each in _coverages(bundle, request, patient) if (payer := _payer(bundle, each))][:5],
        "diagnoses": [found for found in (_diagnosis(reason) for reason in reasons) if found][:25],
        "discipline": disciplines_in(wanted, said),
        "concern": concern,
        "escalate_reason": danger,
        "timing": "asap" if str(request.get("priority")) in ("urgent", "asap", "stat") else None,
    }
    record["lead_kind"] = "referral_partner" if record["referrer"] else "patient"
    return {name: value for name, value in record.items() if value not in ({}, [], "", None)}


def _reasons(bundle: Bundle, request: Resource, patient: Resource) -> list[Resource]:
    """The conditions and observations that a request gives as its reasons, and none of anybody else."""
    found = [bundle.at(each, request) for each in every(request, "reasonReference")]
    return [each for each in found if each and not is_of_another(bundle, each, "subject", patient)]


def _coverages(bundle: Bundle, request: Resource, patient: Resource) -> list[Resource]:
    """The patient's coverage, that of the request first, then by the order in which they pay."""
    named = [bundle.at(each, request) for each in every(request, "insurance")]
    theirs = [
        each
        for each in bundle.of("Coverage")
        if str(each.get("status")) not in ("cancelled", "entered-in-error")
        and not is_of_another(bundle, each, "beneficiary", patient)
        and (is_about(bundle, each, "beneficiary", patient) or any(each is other for other in named))
    ]

    def place(each: Resource) -> tuple[int, int]:
        order = each.get("order")
        first = next((n for n, other in enumerate(named) if other is each), len(named))
        return first, order if isinstance(order, int) else len(theirs)

    return sorted(theirs, key=place)


def _patient(patient: Resource) -> dict[str, Any]:
    name = _name(patient)
    home = next(iter(every(patient, "address")), {})
    languages = [first_word(each.get("language")) for each in every(patient, "communication")]
    lines = home.get("line")
    sex = str(patient.get("gender"))
    found = {
        **name,
        "date_of_birth": str(patient.get("birthDate", ""))[:10],
        "sex": sex if sex in ("female", "male", "other") else "",
        "phone": _telecom(patient, "phone"),
        "email": _telecom(patient, "email"),
        "street": " ".join(str(line) for line in lines) if isinstance(lines, list) else "",
        "city": text_of(home, "city"),
        "state": text_of(home, "state"),
        "postal_code": str(home.get("postalCode", ""))[:5],
        "language": next((word for word in languages if word), ""),
    }
    return {key: value for key, value in found.items() if value}


def _contact(bundle: Bundle, request: Resource, patient: Resource) -> dict[str, Any]:
    """Whom to get back to: somebody related who asks, a contact of the patient, or a person who says that they are
    related to this patient; the first who can be reached."""
    related = [
        each
        for each in bundle.of("RelatedPerson")
        if is_about(bundle, each, "patient", patient) and each.get("active") is not False
    ]
    asks = bundle.at(request.get("requester"), request)
    related.sort(key=lambda each: each is not asks)
    first = related[:1] if related and related[0] is asks else []
    for each in [*first, *every(patient, "contact"), *related]:
        names = each.get("name")
        name = _name({"name": names if isinstance(names, list) else [names]})
        called = " ".join(name[part] for part in ("first_name", "last_name") if part in name)
        phone, mail = _telecom(each, "phone"), _telecom(each, "email")
        if called and (phone or mail):
            kinds = each.get("relationship")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            relation = next((word for kind in kinds for word in words_in(kind)), "").lower()
            found = {"name": called, "relationship": relation, "phone": phone, "email": mail}
            return {key: value for key, value in found.items() if value}
    return {}


def _requester(bundle: Bundle, request: Resource) -> dict[str, Any]:
    """Who asks: a practitioner, the role of one, or an organization. Patients and their people refer nobody."""
    reference = request.get("requester")
    asked = bundle.at(reference, request)
    if asked.get("resourceType") in ("Patient", "RelatedPerson", "Device"):
        return {}
    role = asked if asked.get("resourceType") == "PractitionerRole" else NOTHING
    who = bundle.at(role.get("practitioner"), role) if role else asked
    where = bundle.at(role.get("organization"), role)
    if who.get("resourceType") == "Organization":
        who, where = NOTHING, who
    name = _name(who)
    called = " ".join(name[part] for part in ("first_name", "last_name") if part in name)
    stated = reference.get("display") if isinstance(reference, Mapping) else None
    titles = [title for human in every(who, "name") for title in _texts(human, "suffix")]
    found = {
        "name": called or (str(stated or "") if not where and _may_refer(reference) else ""),
        "credential": next(iter(titles), ""),
        "npi": _identifier(who, NPI) or _identifier(where, NPI),
        "organization": text_of(where, "name"),
    }
    for kind in ("phone", "fax", "email"):
        found[kind] = _telecom(role, kind) or _telecom(who, kind) or _telecom(where, kind)
    kept = {key: value for key, value in found.items() if value}
    return kept if kept.get("name") or kept.get("organization") else {}


def _may_refer(reference: object) -> bool:
    """Whether a reference that leads nowhere could name a professional: it says of no other kind."""
    stated = reference.get("reference") if isinstance(reference, Mapping) else None
    kind = reference.get("type") if isinstance(reference, Mapping) else None
    kind = kind or (stated.split("/")[-2:][0] if isinstance(stated, str) else None)
    return kind not in ("Patient", "RelatedPerson", "Device")


def _payer(bundle: Bundle, coverage: Resource) -> dict[str, Any]:
    payors = every(coverage, "payor")
    names = [_payor(bundle.at(each, coverage)) or text_of(each, "display") for each in payors]
    groups = [str(each.get("value", "")) for each in every(coverage, "class") if "group" in words_in(each.get("type"))]
    subscriber = bundle.at(coverage.get("subscriber"), coverage)
    called = _name(subscriber) if subscriber.get("resourceType") in ("Patient", "RelatedPerson") else {}
    found = {
        "name": next((name for name in names if name), "") or first_word(coverage.get("type")),
        "member_id": text_of(coverage, "subscriberId") or _identifier(coverage, ""),
        "group_number": next(iter(groups), ""),
        "subscriber_name": " ".join(called[part] for part in ("first_name", "last_name") if part in called),
    }
    return {key: value for key, value in found.items() if value} if found["name"] else {}


def _payor(resource: Resource) -> str:
    """What a payor is called: an organization, or the person who pays."""
    if resource.get("resourceType") in ("Patient", "RelatedPerson"):
        return ""
    return text_of(resource, "name")


def _diagnosis(concept: Resource) -> dict[str, Any]:
    codes = [str(each.get("code", "")) for each in every(concept, "coding") if each.get("system") == ICD]
    words = str(concept.get("text", "")) or next((word for word in words_in(concept) if word), "")
    found = {"code": next(iter(codes), ""), "words": words[:200]}
    return {key: value for key, value in found.items() if value}


def _name(resource: Resource) -> dict[str, str]:
    """The official name, else the first."""
    humans = every(resource, "name")
    human = next((each for each in humans if each.get("use") == "official"), next(iter(humans), {}))
    given, family = _texts(human, "given"), text_of(human, "family")
    if not given and not family and (text := text_of(human, "text")):
        first, _, family = text.rpartition(" ")
        given = [first] if first else []
    found = {"first_name": " ".join(given[:1]), "middle_name": " ".join(given[1:]), "last_name": family}
    return {key: value for key, value in found.items() if value}


def _texts(resource: Resource, name: str) -> list[str]:
    """The texts of a list."""
    value = resource.get(name)
    return [each for each in value if isinstance(each, str) and each] if isinstance(value, list) else []


def _telecom(resource: Resource, kind: str) -> str:
    return next((str(each.get("value", "")) for each in every(resource, "telecom") if each.get("system") == kind), "")


def _identifier(resource: Resource, system: str) -> str:
    found = (each for each in every(resource, "identifier") if not system or each.get("system") == system)
    return next((str(each.get("value", "")) for each in found), "")


def _concepts(resource: Resource, name: str) -> list[str]:
    return [word for each in every(resource, name) for word in words_in(each)]
