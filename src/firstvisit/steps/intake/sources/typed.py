"""What staff type while somebody speaks: a call card, a lead added by hand, somebody at the window.

What is kept is JSON: {"by": id, "by_name": name, "channel": ..., "answers": {field: text or list}, "paths": {path of
the record: value}}; `paths` are answers to questions of the practice's own rules. A call goes on
while it is typed, so a value that cannot be read never stops it: `readable` gives what can be read and names the
rest, and the rest stays as words in the record. A form that is typed in one go is read strictly.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.reference import zips
from firstvisit.referral.merge import ACCIDENT, of_accident
from firstvisit.referral.reading import MOST_ENTRIES, read_record
from firstvisit.referral.record import (
    TYPED_BY,
    Channel,
    Contact,
    Evidence,
    Patient,
    Payer,
    Referral,
    Referrer,
)
from firstvisit.referral.vocabulary import one_line
from firstvisit.steps.intake.call_script import by_slug
from firstvisit.steps.intake.reading import Reading

LONGEST: Final = 4000
WORDINGS: Final = {
    "may_email": ("email", "call-email:1"),
    "may_text": ("sms", "call-text:1"),
    "may_voicemail": ("voicemail", "call-voicemail:1"),
}
"""What is asked aloud at the end of a call, by field: the channel and the wording that was read out."""

HEARD: Final[dict[str, str]] = {
    "chest_pain": "chest pain",
    "stroke_signs": "slurred speech",
    "cauda_equina": "saddle numbness",
    "clot_signs": "hot swollen calf",
    "infection_signs": "fever with a draining wound",
    "head_injury": "hit the head, vomiting",
    "tendon_rupture": "felt a pop after the repair",
    "choking": "choking with weight loss",
    "suicidal": "suicidal",
    "abuse": "being abused",
    "fall_injury": "fell today and cannot stand",
    "emergency": "told to call 911",
}
"""For each red flag the words that are kept when staff say that they heard it."""

SPOKEN: Final = {
    "present": "At the window now",
}
"""Answers for which the record has no place of their own: they stay as words, under these labels."""

OF_OFFICE: Final = {
    "may_email": "We may e-mail the office that called",
    "may_text": "We may text the office that called",
    "may_voicemail": "We may leave the office that called a message",
}
"""What an office allows for itself, in words: it is nobody's consent to anything about its patient."""

_LEAD_KINDS: Final = {
    "self": "patient",
    "child": "caregiver",
    "other": "caregiver",
    "office": "referral_partner",
    "organization": "organization",
}
_THERAPIES: Final = {"PT": ["PT"], "OT": ["OT"], "SLP": ["SLP"]}
_ORDERS: Final[dict[str, dict[str, Any]]] = {
    "signed": {"order_signed": True, "documents": ["order"]},
    "unsigned": {"order_signed": False},
    "none": {"order": "none"},
}
_AUTHORITIES: Final = {
    "yes, parent": "parent",
    "yes, guardian": "guardian",
    "shared, both must agree": "shared",
    "no": "none",
}
_PARENTS: Final = ("mother", "father", "parent", "guardian", "foster_parent")
_YES_NO: Final = {"yes": True, "no": False}
_CAUSES: Final = {"work": "work", "auto": "auto", "no": "none"}
_ACCIDENT_PAYERS: Final = {"work": "workers_comp", "auto": "auto"}
_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "contact.phone": ("phone",),
    "contact.email": ("email",),
    "contact.name": ("caller",),
    "contact.relationship": ("relationship",),
    "contact.authority": ("authority",),
    "referrer.phone": ("phone",),
    "referrer.email": ("email",),
    "referrer.name": ("caller",),
    "referrer.organization": ("office",),
    "ordering.name": ("referrer_name",),
    "ordering.organization": ("referrer_office",),
    "patient.first_name": ("first_name",),
    "patient.last_name": ("last_name",),
    "patient.date_of_birth": ("birth_date",),
    "patient.postal_code": ("zip",),
    "patient.city": ("city",),
    "patient.state": ("state",),
    "patient.language": ("language",),
    "events": ("event_date", "event_kind"),
    "events.0.kind": ("event_kind",),
    "payers": ("payer",),
    "attribution": ("source_kind", "heard_of_us"),
    "availability": ("times",),
}
"""Where a problem of the record was typed; of payers, `_OF_ACCIDENT` and `_OF_PLAN` say it."""
_OF_ACCIDENT: Final = {
    "name": "carrier",
    "claim_number": "claim",
    "adjuster_name": "adjuster",
    "adjuster_phone": "adjuster_phone",
}
_OF_PLAN: Final = {"name": "payer", "member_id": "member_id"}
"""The parts of a payer, and where each is typed: of who pays for an accident, and of the plan on the card."""
_OF_WHOEVER_PAYS_FIRST: Final = ("kind", "claim_number", "adjuster_", "authorization_")
"""Beginnings of what a question asks about the first payer, whether that is an accident's or a plan."""


@dataclass(frozen=True, slots=True)
class By:
    """Who typed it, for the evidence of each value, and the one site where they work; None where they have several."""

    id: str
    name: str
    site: str | None = None


def parse(body: bytes, today: date, programs: Collection[str]) -> Reading:
    """Read what was kept; always complete, for nobody will type the rest."""
    said = json.loads(body)
    referral, _ = readable(
        said["answers"],
        by=By(said["by"], said["by_name"], said.get("site")),
        channel=said["channel"],
        today=today,
        programs=programs,
        paths=said.get("paths", {}),
    )
    return Reading(referral, present=present_in(said["answers"]))


def present_in(answers: Mapping[str, Any]) -> str:
    """Who stands at the window beside whoever asks, as typed; "" where nobody said."""
    return _text(answers, "present")


def kept(
    answers: Mapping[str, Any], *, by: By, channel: Channel, paths: Mapping[str, Any] | None = None
) -> bytes:
    """The bytes to keep."""
    said = {"by": by.id, "by_name": by.name, "channel": channel, "answers": dict(answers)}
    if paths:
        said["paths"] = dict(paths)
    if by.site:
        said["site"] = by.site
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def read(
    answers: Mapping[str, Any], *, by: By, channel: Channel, today: date, programs: Collection[str]
) -> Referral:
    """From answers to the record; BadInput names every field that cannot be used, and what is needed."""
    problems = []
    if not any(_text(answers, name) for name in ("caller", "last_name", "office")):
        problems.append(Problem("caller", "Enter who it is; a last name is enough."))
    if not _text(answers, "phone") and not _text(answers, "email"):
        problems.append(Problem("phone", "Enter a number to call back, or an e-mail address."))
    referral, wrong = readable(answers, by=by, channel=channel, today=today, programs=programs)
    if problems or wrong:
        raise BadInput([*problems, *wrong])
    return referral


def readable(
    answers: Mapping[str, Any],
    *,
    by: By,
    channel: Channel,
    today: date,
    programs: Collection[str],
    paths: Mapping[str, Any] | None = None,
) -> tuple[Referral, tuple[Problem, ...]]:
    """(the record of what can be read, one problem for each field that cannot).

    What cannot be read is not lost: it stands in `asks`, as it was typed, under its field's name. `paths` are values by
    their path in the record; a path that is no field of it counts as words.
    """
    by_path = {path: value for path, value in (paths or {}).items() if value not in (None, "", [])}
    whole = {**answers, **by_path}
    left = {name: value for name, value in whole.items() if value not in (None, "", [])}
    wrong: dict[str, Problem] = {}
    while True:
        body = _record(left, unread={name: whole[name] for name in wrong})
        for path in sorted(by_path.keys() & left.keys()):
            put_at(body, path, left[path])
        try:
            referral = read_record(body, channel=channel, today=today, item=None, known_programs=programs)
        except BadInput as bad:
            found = {name: p for p in bad.problems if (name := _field(p.field, left)) is not None}
            if not found:
                raise
            wrong |= {name: Problem(name, problem.message) for name, problem in found.items()}
            left = {name: value for name, value in left.items() if name not in found}
            continue
        typed = Evidence(place=f"{TYPED_BY}{by.name}", confirmed_by=by.id)
        evidence = dict.fromkeys(referral.evidence, typed)
        taken = {"evidence": evidence, "taken_at": by.site}
        return referral.model_copy(update=taken), tuple(wrong.values())


def answers_of(referral: Referral) -> dict[str, Any]:
    """What a record says, as the answers that would have said it; so that nobody is asked for what is known."""
    patient, contact = referral.patient, referral.contact
    accident = next((each for each in referral.payers or () if of_accident(each)), None)
    plan = next((each for each in referral.payers or () if not of_accident(each)), None)
    event = referral.events[0] if referral.events else None
    office = referral.lead_kind in ("referral_partner", "organization")
    who = {"patient": "self", "referral_partner": "office", "organization": "organization"}.get(
        referral.lead_kind or "", "child" if contact.relationship in _PARENTS else "other"
    )
    order: str | None = "none" if referral.order == "none" else None
    if referral.order_signed is not None:
        order = "signed" if referral.order_signed else "unsigned"
    found: dict[str, Any] = {
        "who": who if referral.lead_kind else None,
        "relationship": contact.relationship if contact.relationship != "self" else None,
        "caller": referral.referrer.name if office else contact.name,
        "phone": _dialled(referral.referrer if office else contact if contact.phone else patient),
        "email": referral.referrer.email if office else contact.email or patient.email,
        "first_name": patient.first_name,
        "last_name": patient.last_name,
        "birth_date": f"{patient.date_of_birth:%m/%d/%Y}" if patient.date_of_birth else None,
        "zip": patient.postal_code,
        "city": patient.city,
        "state": patient.state,
        "language": patient.language,
        "therapy": referral.disciplines[0] if referral.disciplines else None,
        "program": referral.program,
        "event_kind": event.kind if event else None,
        "event_date": f"{event.date:%m/%d/%Y}" if event and event.date else None,
        "order": order,
        "referrer_name": referral.ordering.name,
        "referrer_office": referral.ordering.organization,
        "office": referral.referrer.organization if office else None,
        "payer": plan.name if plan else None,
        "member_id": plan.member_id if plan else None,
        "pays": _pays(plan) if plan else None,
        **({name: getattr(accident, part) for part, name in _OF_ACCIDENT.items()} if accident else {}),
        "times": list(referral.availability) if isinstance(referral.availability, tuple) else None,
        "concern": referral.concern,
        "source_kind": referral.attribution.kind if referral.attribution else None,
        "injury": {"work": "work", "auto": "auto", "none": "no"}.get(referral.cause or ""),
        "returning": _said(referral.returning),
        "home_health": _said(referral.home_health),
    }
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _pays(plan: Payer) -> str | None:
    if plan.kind == "private_pay":
        return "self"
    return "card" if plan.name or plan.member_id else None


def _dialled(who: Patient | Contact | Referrer) -> str | None:
    return f"{who.phone} ext. {who.extension}" if who.phone and who.extension else who.phone


def _said(answer: bool | None) -> str | None:
    return None if answer is None else "yes" if answer else "no"


def _field(path: str, said: Mapping[str, Any]) -> str | None:
    """The field in which a value of the record was typed: that of its path, or of the nearest part around it."""
    if path in said:
        return path
    if path.startswith("payers."):
        return _field_of_payer(path, said)
    whole = path
    while path not in _FIELDS and "." in path:
        path = path.rpartition(".")[0]
    of_form = next((name for name in _FIELDS.get(path, (path,)) if name in said), None)
    return of_form or next((name for name in said if "." in name and whole.startswith(name.split(".")[0])), None)


def _field_of_payer(path: str, said: Mapping[str, Any]) -> str | None:
    """The field in which a value of a payer was typed, or the path of the question that it answers."""
    _, number, part = f"{path}.".split(".")[:3]
    before = 1 if _accident(said) else 0
    own, asked = (_OF_ACCIDENT if int(number) < before else _OF_PLAN).get(part, ""), int(number) - before
    here = (own, f"payers.{number}.{part}", f"payers.{asked}.{part}", *(n for n in said if n.startswith("payers.")))
    return next((name for name in here if name in said), None)


def put_at(body: dict[str, Any], path: str, value: Any) -> None:
    """Put a value where a path of the record points in a body: "payers.0.claim_number" is the first payer's,
    "events.surgery.date" the date of the event of that kind. What stands there already stays.

    A question about a plan counts the plans: who pays for an accident stands before them. A plan that somebody names
    as the second stays that, though of the first nothing is known.
    """
    first, _, rest = path.partition(".")
    name = {"disciplines": "discipline", "frequencies": "frequency"}.get(first, first)
    if first == "events":
        kind, _, field = rest.partition(".")
        found = body.setdefault("events", [])
        event = next((each for each in found if each.get("kind") == kind), None)
        if event is None:
            found.append(event := {"kind": kind})
        event.setdefault(field, value)
    elif first == "payers":
        number, _, field = rest.partition(".")
        listed = body.setdefault("payers", [])
        plans = not field.startswith(_OF_WHOEVER_PAYS_FIRST) and bool(listed) and _pays_for_accident(listed[0])
        at = min(int(number) + plans, MOST_ENTRIES["payers"] - 1)
        listed += [{} for _ in range(at + 1 - len(listed))]
        for before in listed[:at]:
            if not before:
                before["kind"] = "unknown"
        listed[at].setdefault(field, value)
    elif rest:
        body.setdefault(first, {}).setdefault(rest, value)
    else:
        body.setdefault(name, value)


def _text(answers: Mapping[str, Any], name: str) -> str:
    return str(answers.get(name) or "").strip()


def _record(said: Mapping[str, Any], *, unread: Mapping[str, Any]) -> dict[str, Any]:
    """The record's shape with only what was answered."""
    who = _text(said, "who")
    office = who in ("office", "organization")
    record: dict[str, Any] = {
        "lead_kind": _LEAD_KINDS.get(who),
        "patient": _some(
            said,
            first_name="first_name",
            last_name="last_name",
            date_of_birth="birth_date",
            postal_code="zip",
            city="city",
            state="state",
            language="language",
        )
        | _home(said),
        "contact": {} if office else _contact(said, who),
        "referrer": _referrer(said) if office else {},
        **_ORDERS.get(_text(said, "order"), {}),
        **_some(said, concern="concern", program="program", setting="setting", access_needs="access_needs"),
    }
    for name in ("returning", "home_health"):
        if _text(said, name) in _YES_NO:
            record[name] = _YES_NO[_text(said, name)]
    if _text(said, "injury") in _CAUSES:
        record["cause"] = _CAUSES[_text(said, "injury")]
    if ordering := _some(said, name="referrer_name", organization="referrer_office"):
        record["ordering"] = ordering
    if source := _some(said, kind="source_kind", heard_of_us="heard_of_us"):
        record["attribution"] = source
    if (therapy := _THERAPIES.get(_text(said, "therapy"))) is not None:
        record["discipline"] = therapy
    if _text(said, "event_kind") not in ("", "none") and "event_date" in said:
        record["events"] = [{"kind": said["event_kind"], "date": said["event_date"]}]
    if _text(said, "home_place") == "unknown":
        record["not_known"] = ["home_place"]
    if "times" in said:
        record["availability"] = said["times"]
    if payers := [payer for payer in (_accident(said), _plan(said)) if payer]:
        record["payers"] = payers
    record["consents"] = [] if office else _consents(said)
    heard = [HEARD[code] for code in said.get("heard", ()) if code in HEARD]
    if heard:
        record["escalate"] = True
        record["escalate_reason"] = "Heard: " + " . ".join(heard)
    if words := _words(said, unread):
        record["asks"] = words
    return record


def _consents(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the caller allows. It is the caller's own word: an office that allows something for itself says nothing for
    its patient, whom nobody asked."""
    return [
        {"channel": channel, "given": _text(said, name) == "yes", "wording": wording}
        for name, (channel, wording) in WORDINGS.items()
        if _text(said, name) in ("yes", "no")
    ]


def _home(said: Mapping[str, Any]) -> dict[str, Any]:
    """City and state by the ZIP, where that is what holds of the two."""
    found = zips.place(_text(said, "zip")) if _text(said, "home_place") == "zip" else None
    return {} if found is None else {"city": found.city, "state": found.state}


def _some(said: Mapping[str, Any], **names: str) -> dict[str, Any]:
    return {ours: said[theirs] for ours, theirs in names.items() if theirs in said}


def _contact(said: Mapping[str, Any], who: str) -> dict[str, Any]:
    contact = _some(said, name="caller", phone="phone", email="email")
    if _text(said, "may_voicemail") == "no":
        contact["no_voicemail"] = True
    if who == "self":
        return {**contact, "relationship": "self"}
    relationship, authority = _text(said, "relationship"), _AUTHORITIES.get(_text(said, "authority"))
    if authority is not None:
        contact["authority"] = authority
    if not relationship and who:
        of_child = "guardian" if authority == "guardian" else "other" if authority == "none" else "parent"
        relationship = of_child if who == "child" else "other"
    return {**contact, "relationship": relationship} if relationship else contact


def _referrer(said: Mapping[str, Any]) -> dict[str, Any]:
    """An office or an organization that calls; who wrote the order may be somebody else."""
    return _some(said, name="caller", phone="phone", email="email", organization="office")


def _accident(said: Mapping[str, Any]) -> dict[str, Any]:
    """Who pays for an accident at work or on the road: a payer of its own, before any plan on a card."""
    payer = _some(said, **_OF_ACCIDENT)
    if (kind := _ACCIDENT_PAYERS.get(_text(said, "injury"))) is not None:
        payer["kind"] = kind
    return payer


def _plan(said: Mapping[str, Any]) -> dict[str, Any]:
    """The plan on the card, or that they pay themselves."""
    payer = _some(said, **_OF_PLAN)
    if _text(said, "pays") == "self":
        payer["kind"] = "private_pay"
    return payer


def _pays_for_accident(payer: Mapping[str, Any]) -> bool:
    return payer.get("kind") in ACCIDENT or "claim_number" in payer


def _words(said: Mapping[str, Any], unread: Mapping[str, Any]) -> str:
    """What has no place of its own, one line each: notes, spoken answers, what an office allows for itself, and what
    could not be read."""
    lines = [f"{label}: {said[name]}" for name, label in SPOKEN.items() if name in said]
    if _text(said, "who") in ("office", "organization"):
        lines += [f"{label}: {said[name]}" for name, label in OF_OFFICE.items() if _text(said, name) in ("yes", "no")]
    lines += [
        f"Asked about {_label(name.partition('.')[2])}: {text}"
        for name, text in said.items()
        if name.startswith("note.")
    ]
    lines += [f"{name.replace('_', ' ')} as told: {_shown(value)}" for name, value in unread.items()]
    # Cut first: a form that is refused for too long a text is read once more to be shown.
    return "\n".join(one_line(line[:LONGEST], 20_000) for line in lines)[:LONGEST]


def _label(slug: str) -> str:
    """What a question is about, in the words of the call."""
    question = by_slug(slug)
    return (question.label if question else slug.replace("_", " ")).lower()


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
