"""A ServiceRequest and what it points at as a record in the shape of the referral schema. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from firstvisit.steps.intake.sources.hl7_record import disciplines_in

if TYPE_CHECKING:
    from firstvisit.steps.intake.sources.fhir import Bundle

ICD: Final = "http://hl7.org/fhir/sid/icd-10-cm"
NPI: Final = "http://hl7.org/fhir/sid/us-npi"
Resource = Mapping[str, Any]


def record_of(bundle: Bundle, request: Resource) -> dict[str, Any]:
    """The record of one request; what it does not say stays unknown."""
    patient = bundle.at(request.get("subject")) or next(iter(bundle.of("Patient")), {})
    wanted = [*_words(request.get("code")), *(word for each in _all(request, "category") for word in _words(each))]
    wanted += [word for each in _all(request, "orderDetail") for word in _words(each)]
    conditions = [bundle.at(each) for each in _all(request, "reasonReference")]
    reasons = [*_all(request, "reasonCode"), *(each.get("code", {}) for each in conditions if each)]
    said = [str(note.get("text", "")) for note in _all(request, "note")]
    said += [str(reason.get("text", "")) for reason in reasons]
    said.append(str(request.get("patientInstruction", "")))
    record: dict[str, Any] = {
        "patient": _patient(patient),
        "contact": _contact(bundle, patient),
        "referrer": _requester(bundle, request.get("requester")),
        "payers": [payer for payer in (_payer(bundle, each) for each in bundle.of("Coverage")) if payer][:5],
        "diagnoses": [found for found in (_diagnosis(reason) for reason in reasons) if found][:25],
        "discipline": disciplines_in(" ".join(wanted)),
        "concern": "\n".join(dict.fromkeys(part.strip() for part in said if part.strip()))[:2000],
        "timing": "asap" if str(request.get("priority")) in ("urgent", "asap", "stat") else None,
    }
    record["lead_kind"] = "referral_partner" if record["referrer"] else "patient"
    return {name: value for name, value in record.items() if value not in ({}, [], "", None)}


def _patient(patient: Resource) -> dict[str, Any]:
    name = _name(patient)
    home = next(iter(_all(patient, "address")), {})
    languages = [_first_word(each.get("language")) for each in _all(patient, "communication")]
    lines = home.get("line")
    sex = str(patient.get("gender"))
    found = {
        **name,
        "date_of_birth": str(patient.get("birthDate", ""))[:10],
        "sex": sex if sex in ("female", "male", "other") else "",
        "phone": _telecom(patient, "phone"),
        "email": _telecom(patient, "email"),
        "street": " ".join(str(line) for line in lines) if isinstance(lines, list) else "",
        "city": _text(home, "city"),
        "state": _text(home, "state"),
        "postal_code": str(home.get("postalCode", ""))[:5],
        "language": next((word for word in languages if word), ""),
    }
    return {key: value for key, value in found.items() if value}


def _contact(bundle: Bundle, patient: Resource) -> dict[str, Any]:
    """Whom to get back to: a contact of the patient or a related person, the first who can be reached."""
    related = bundle.of("RelatedPerson")
    for each in [*_all(patient, "contact"), *related]:
        names = each.get("name")
        name = _name({"name": names if isinstance(names, list) else [names]})
        called = " ".join(name[part] for part in ("first_name", "last_name") if part in name)
        phone, mail = _telecom(each, "phone"), _telecom(each, "email")
        if called and (phone or mail):
            relation = next((word for kind in _all(each, "relationship") for word in _words(kind)), "").lower()
            found = {"name": called, "relationship": relation, "phone": phone, "email": mail}
            return {key: value for key, value in found.items() if value}
    return {}


def _requester(bundle: Bundle, reference: object) -> dict[str, Any]:
    """Who asks: a practitioner, the role of one, or an organization."""
    asked = bundle.at(reference)
    role = asked if asked.get("resourceType") == "PractitionerRole" else {}
    who = bundle.at(role.get("practitioner")) if role else asked
    where = bundle.at(role.get("organization"))
    if who.get("resourceType") == "Organization":
        who, where = {}, who
    name = _name(who)
    called = " ".join(name[part] for part in ("first_name", "last_name") if part in name)
    stated = reference.get("display") if isinstance(reference, Mapping) else None
    titles = [title for human in _all(who, "name") for title in _texts(human, "suffix")]
    found = {
        "name": called or (str(stated or "") if not where else ""),
        "credential": next(iter(titles), ""),
        "npi": _identifier(who, NPI) or _identifier(where, NPI),
        "organization": _text(where, "name"),
    }
    for kind in ("phone", "fax", "email"):
        found[kind] = _telecom(role, kind) or _telecom(who, kind) or _telecom(where, kind)
    kept = {key: value for key, value in found.items() if value}
    return kept if kept.get("name") or kept.get("organization") else {}


def _payer(bundle: Bundle, coverage: Resource) -> dict[str, Any]:
    payors = _all(coverage, "payor")
    names = [_text(bundle.at(each), "name") or _text(each, "display") for each in payors]
    groups = [str(each.get("value", "")) for each in _all(coverage, "class") if "group" in _words(each.get("type"))]
    subscriber = bundle.at(coverage.get("subscriber"))
    called = _name(subscriber) if subscriber.get("resourceType") in ("Patient", "RelatedPerson") else {}
    found = {
        "name": next((name for name in names if name), "") or _first_word(coverage.get("type")),
        "member_id": _text(coverage, "subscriberId") or _identifier(coverage, ""),
        "group_number": next(iter(groups), ""),
        "subscriber_name": " ".join(called[part] for part in ("first_name", "last_name") if part in called),
    }
    return {key: value for key, value in found.items() if value} if found["name"] else {}


def _diagnosis(concept: Resource) -> dict[str, Any]:
    codes = [str(each.get("code", "")) for each in _all(concept, "coding") if each.get("system") == ICD]
    words = str(concept.get("text", "")) or next((word for word in _words(concept) if word), "")
    found = {"code": next(iter(codes), ""), "words": words[:200]}
    return {key: value for key, value in found.items() if value}


def _name(resource: Resource) -> dict[str, str]:
    """The official name, else the first."""
    humans = _all(resource, "name")
    human = next((each for each in humans if each.get("use") == "official"), next(iter(humans), {}))
    given, family = _texts(human, "given"), _text(human, "family")
    if not given and not family and (text := _text(human, "text")):
        first, _, family = text.rpartition(" ")
        given = [first] if first else []
    found = {"first_name": " ".join(given[:1]), "middle_name": " ".join(given[1:]), "last_name": family}
    return {key: value for key, value in found.items() if value}


def _text(resource: Resource, name: str) -> str:
    """A member that is a text; "" for anything else."""
    value = resource.get(name)
    return value if isinstance(value, str) else ""


def _texts(resource: Resource, name: str) -> list[str]:
    """The texts of a list."""
    value = resource.get(name)
    return [each for each in value if isinstance(each, str) and each] if isinstance(value, list) else []


def _telecom(resource: Resource, kind: str) -> str:
    return next((str(each.get("value", "")) for each in _all(resource, "telecom") if each.get("system") == kind), "")


def _identifier(resource: Resource, system: str) -> str:
    found = (each for each in _all(resource, "identifier") if not system or each.get("system") == system)
    return next((str(each.get("value", "")) for each in found), "")


def _words(concept: object) -> list[str]:
    """What a concept is called: its text, and the codes and displays of its codings."""
    if not isinstance(concept, Mapping):
        return []
    codings = _all(concept, "coding")
    said = [concept.get("text"), *(each.get("display") for each in codings), *(each.get("code") for each in codings)]
    return [str(each) for each in said if each]


def _first_word(concept: object) -> str:
    return next(iter(_words(concept)), "")


def _all(resource: object, name: str) -> list[Resource]:
    value = resource.get(name) if isinstance(resource, Mapping) else None
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
