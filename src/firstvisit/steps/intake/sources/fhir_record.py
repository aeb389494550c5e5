"""A ServiceRequest and what it points at as a record in the shape of the referral schema. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from firstvisit.steps.intake.sources.fhir_bundle import NOTHING, Bundle, Resource, every, points
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
    wanted = [*_words(request.get("code")), *_concepts(request, "category"), *_concepts(request, "orderDetail")]
    wanted += _words(request.get("performerType"))
    conditions = _reasons(bundle, request, patient)
    codes = (each.get("code") for each in conditions)
    reasons = [*every(request, "reasonCode"), *(code for code in codes if isinstance(code, Mapping))]
    said = [*_said(bundle, request, patient), *(note for each in conditions for note in _notes(each))]
    concern, danger = in_words([*said, *(_first_word(reason) for reason in reasons)])
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


def _is_about(bundle: Bundle, resource: Resource, member: str, patient: Resource) -> bool:
    """Whether a resource says that it is about this patient."""
    return bundle.at(resource.get(member), resource) == patient


def _is_of_another(bundle: Bundle, resource: Resource, member: str, patient: Resource) -> bool:
    """Whether a resource says that it is about somebody else, or about whom we cannot know."""
    return points(resource.get(member)) and not _is_about(bundle, resource, member, patient)


def _reasons(bundle: Bundle, request: Resource, patient: Resource) -> list[Resource]:
    """The conditions and observations that a request gives as its reasons, and none of anybody else."""
    found = [bundle.at(each, request) for each in every(request, "reasonReference")]
    return [each for each in found if each and not _is_of_another(bundle, each, "subject", patient)]


def _said(bundle: Bundle, request: Resource, patient: Resource) -> list[str]:
    """What is said in words of a request: its notes, those of the Task about it, and what is observed and written to
    go with it."""
    said = [*_notes(request), _text(request, "patientInstruction")]
    said += [_text(reason, "text") for reason in every(request, "reasonCode")]
    for task in bundle.of("Task"):
        if bundle.at(task.get("focus"), task) is request:
            reason = task.get("reasonCode")
            said += [_text(task, "description"), *_notes(task), *_words(reason)[:1]]
            said += [_text(each, "valueString") for each in every(task, "input")]
    named = [*every(request, "supportingInfo"), *every(request, "reasonReference")]
    beside = [bundle.at(each, request) for each in named]
    for each in (*bundle.of("Observation"), *bundle.of("Communication")):
        given = any(each is other for other in beside) and not _is_of_another(bundle, each, "subject", patient)
        if given or _is_about(bundle, each, "subject", patient):
            said += _observed(each) if each.get("resourceType") == "Observation" else []
            said += [_text(part, "contentString") for part in every(each, "payload")]
            said += _notes(each)
    return said


def _observed(observation: Resource) -> list[str]:
    """What an observation says in words, each with what was asked ("Saddle numbness: yes")."""
    found = []
    for part in (observation, *every(observation, "component")):
        answer = _text(part, "valueString") or _first_word(part.get("valueCodeableConcept"))
        if isinstance(part.get("valueBoolean"), bool):
            answer = "yes" if part["valueBoolean"] else "no"
        asked = _first_word(part.get("code"))
        if answer:
            found.append(f"{asked}: {answer}" if asked else answer)
    return found


def _notes(resource: Resource) -> list[str]:
    return [_text(note, "text") for note in every(resource, "note")]


def _coverages(bundle: Bundle, request: Resource, patient: Resource) -> list[Resource]:
    """The patient's coverage, that of the request first, then by the order in which they pay."""
    named = [bundle.at(each, request) for each in every(request, "insurance")]
    theirs = [
        each
        for each in bundle.of("Coverage")
        if str(each.get("status")) not in ("cancelled", "entered-in-error")
        and not _is_of_another(bundle, each, "beneficiary", patient)
        and (_is_about(bundle, each, "beneficiary", patient) or any(each is other for other in named))
    ]

    def place(each: Resource) -> tuple[int, int]:
        order = each.get("order")
        first = next((n for n, other in enumerate(named) if other is each), len(named))
        return first, order if isinstance(order, int) else len(theirs)

    return sorted(theirs, key=place)


def _patient(patient: Resource) -> dict[str, Any]:
    name = _name(patient)
    home = next(iter(every(patient, "address")), {})
    languages = [_first_word(each.get("language")) for each in every(patient, "communication")]
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


def _contact(bundle: Bundle, request: Resource, patient: Resource) -> dict[str, Any]:
    """Whom to get back to: somebody related who asks, a contact of the patient, or a person who says that they are
    related to this patient; the first who can be reached."""
    related = [
        each
        for each in bundle.of("RelatedPerson")
        if _is_about(bundle, each, "patient", patient) and each.get("active") is not False
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
            relation = next((word for kind in kinds for word in _words(kind)), "").lower()
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
        "organization": _text(where, "name"),
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
    names = [_payor(bundle.at(each, coverage)) or _text(each, "display") for each in payors]
    groups = [str(each.get("value", "")) for each in every(coverage, "class") if "group" in _words(each.get("type"))]
    subscriber = bundle.at(coverage.get("subscriber"), coverage)
    called = _name(subscriber) if subscriber.get("resourceType") in ("Patient", "RelatedPerson") else {}
    found = {
        "name": next((name for name in names if name), "") or _first_word(coverage.get("type")),
        "member_id": _text(coverage, "subscriberId") or _identifier(coverage, ""),
        "group_number": next(iter(groups), ""),
        "subscriber_name": " ".join(called[part] for part in ("first_name", "last_name") if part in called),
    }
    return {key: value for key, value in found.items() if value} if found["name"] else {}


def _payor(resource: Resource) -> str:
    """What a payor is called: an organization, or the person who pays."""
    if resource.get("resourceType") in ("Patient", "RelatedPerson"):
        return ""
    return _text(resource, "name")


def _diagnosis(concept: Resource) -> dict[str, Any]:
    codes = [str(each.get("code", "")) for each in every(concept, "coding") if each.get("system") == ICD]
    words = str(concept.get("text", "")) or next((word for word in _words(concept) if word), "")
    found = {"code": next(iter(codes), ""), "words": words[:200]}
    return {key: value for key, value in found.items() if value}


def _name(resource: Resource) -> dict[str, str]:
    """The official name, else the first."""
    humans = every(resource, "name")
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
    return next((str(each.get("value", "")) for each in every(resource, "telecom") if each.get("system") == kind), "")


def _identifier(resource: Resource, system: str) -> str:
    found = (each for each in every(resource, "identifier") if not system or each.get("system") == system)
    return next((str(each.get("value", "")) for each in found), "")


def _words(concept: object) -> list[str]:
    """What a concept is called: its text, and the codes and displays of its codings."""
    if not isinstance(concept, Mapping):
        return []
    codings = every(concept, "coding")
    said = [concept.get("text"), *(each.get("display") for each in codings), *(each.get("code") for each in codings)]
    return [str(each) for each in said if each]


def _concepts(resource: Resource, name: str) -> list[str]:
    return [word for each in every(resource, name) for word in _words(each)]


def _first_word(concept: object) -> str:
    return next(iter(_words(concept)), "")
