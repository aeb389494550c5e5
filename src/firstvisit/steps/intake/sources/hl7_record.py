"""The segments of an HL7 v2 message as a record in the shape of the referral schema. Pure."""

from __future__ import annotations

import re
from typing import Any, Final

import hl7

_DISCIPLINES: Final = (
    ("OT", re.compile(r"\b(occupational|OT|hand therapy)\b", re.IGNORECASE)),
    ("PT", re.compile(r"\b(physical therapy|physiotherapy|physical|PT)\b", re.IGNORECASE)),
    ("SLP", re.compile(r"\b(speech|SLP|ST|language patholog\w+|swallow\w*)\b", re.IGNORECASE)),
)
_RELATIONS: Final = {
    "MTH": "mother", "FTH": "father", "PAR": "parent", "GRD": "guardian", "SPO": "spouse", "SEL": "self",
    "CHD": "child", "SIB": "sibling", "GRP": "grandparent", "FND": "friend", "CGV": "caregiver", "EMC": "contact",
}  # fmt: skip
"""HL7 table 0063, as far as our words have it."""
_SEX: Final = {"F": "female", "M": "male", "O": "other", "1": "male", "2": "female"}
_DIGITS: Final = re.compile(r"\D")


def value(segment: Any, field: int, part: int = 1, *, repetition: int = 1) -> str:
    """One component, unescaped; of a component that has parts its first; "" where nothing is."""
    try:
        stated = segment(field)
        stated = stated[repetition - 1] if isinstance(stated, hl7.Field) else stated
        stated = stated[part - 1] if isinstance(stated, hl7.Repetition) else (stated if part == 1 else "")
        stated = stated[0] if isinstance(stated, hl7.Component) else stated
    except (IndexError, KeyError, TypeError):
        return ""
    text = str(stated).strip()
    return "" if text == '""' else _unescaped(text)


def record_of(message: hl7.Message) -> dict[str, Any]:
    """The record of the first patient of a message; what it does not say stays unknown."""
    pid = _first(message, "PID")
    record: dict[str, Any] = {"patient": _patient(pid) if pid is not None else {}}
    record["contact"] = _contact(message)
    record["referrer"] = _referrer(message)
    record["ordering"] = _ordering(message)
    record["payers"] = [payer for payer in (_payer(each, message) for each in _segments(message, "IN1")) if payer][:5]
    record["diagnoses"] = [d for d in (_diagnosis(each) for each in _segments(message, "DG1")) if d][:25]
    wanted = " ".join(_wanted(message))
    record["discipline"] = disciplines_in(wanted)
    record["concern"] = _concern(message)[:2000]
    if (rf1 := _first(message, "RF1")) is not None and value(rf1, 2) in ("S", "A", "STAT", "ASAP", "U"):
        record["timing"] = "asap"
    record.update(_injury(message))
    record["lead_kind"] = "referral_partner" if record["referrer"] else "patient"
    return {name: each for name, each in record.items() if each not in ({}, [], "", None)}


def disciplines_in(words: str) -> list[str]:
    """The therapies that words ask for: OT, PT, SLP."""
    return [name for name, said in _DISCIPLINES if said.search(words)]


def _patient(pid: Any) -> dict[str, Any]:
    found = {
        "last_name": value(pid, 5, 1), "first_name": value(pid, 5, 2), "middle_name": value(pid, 5, 3),
        "suffix": value(pid, 5, 4), "date_of_birth": _date(value(pid, 7)), "sex": _SEX.get(value(pid, 8).upper(), ""),
        "street": " ".join(part for part in (value(pid, 11, 1), value(pid, 11, 2)) if part),
        "city": value(pid, 11, 3), "state": value(pid, 11, 4), "postal_code": value(pid, 11, 5)[:5],
        "language": value(pid, 15, 2) or _language(value(pid, 15, 1)),
    }  # fmt: skip
    phones, mails = _reach(pid, 13)
    more, others = _reach(pid, 14)
    found["phone"] = next(iter(phones + more), "")
    found["email"] = next(iter(mails + others), "")
    return {name: each for name, each in found.items() if each}


def _contact(message: hl7.Message) -> dict[str, Any]:
    """The next of kin whom one can reach, the first of them."""
    for nk1 in _segments(message, "NK1"):
        phones, mails = _reach(nk1, 5)
        more, _ = _reach(nk1, 6)
        name = f"{value(nk1, 2, 2)} {value(nk1, 2, 1)}".strip()
        if name and (phones or more or mails):
            relation = _RELATIONS.get(value(nk1, 3, 1).upper()) or value(nk1, 3, 2).lower()
            found = {
                "name": name, "relationship": relation, "phone": next(iter(phones + more), ""),
                "email": next(iter(mails), ""),
            }  # fmt: skip
            return {key: each for key, each in found.items() if each}
    return {}


def _referrer(message: hl7.Message) -> dict[str, Any]:
    """The referring provider: PRD with the role RP, else PV1-8."""
    for prd in _segments(message, "PRD"):
        if value(prd, 1) != "RP":
            continue
        phones, mails = _reach(prd, 5)
        facility = value(prd, 4, 9) or value(prd, 4, 4) or value(prd, 10, 1)
        return _clinician(
            value(prd, 2, 2), value(prd, 2, 1), value(prd, 2, 6) or value(prd, 2, 7), npi=value(prd, 7, 1),
            phone=next(iter(phones), ""), email=next(iter(mails), ""), fax=_fax(prd, 5), organization=facility,
        )  # fmt: skip
    pv1 = _first(message, "PV1")
    return _provider(pv1, 8) if pv1 is not None else {}


def _ordering(message: hl7.Message) -> dict[str, Any]:
    for orc in _segments(message, "ORC"):
        phones, _ = _reach(orc, 14)
        found = _provider(orc, 12)
        if found:
            return {**found, "phone": phones[0]} if phones else found
    return {}


def _provider(segment: Any, field: int) -> dict[str, Any]:
    """A provider as an extended composite id: id, family name, given name (XCN)."""
    return _clinician(
        value(segment, field, 3), value(segment, field, 2), value(segment, field, 7), npi=value(segment, field, 1)
    )


def _clinician(given: str, family: str, credential: str, *, npi: str = "", **more: str) -> dict[str, Any]:
    name = f"{given} {family}".strip()
    number = _DIGITS.sub("", npi)
    found = {"name": name, "credential": credential, "npi": number if len(number) == 10 else "", **more}
    return {key: each for key, each in found.items() if each} if name or more.get("organization") else {}


def _payer(in1: Any, message: hl7.Message) -> dict[str, Any]:
    subscriber = f"{value(in1, 16, 2)} {value(in1, 16, 1)}".strip()
    found = {
        "name": value(in1, 4) or value(in1, 2, 2), "member_id": value(in1, 36), "group_number": value(in1, 8),
        "subscriber_name": subscriber, "subscriber_date_of_birth": _date(value(in1, 18)),
    }  # fmt: skip
    aut = _first(message, "AUT")
    if aut is not None:
        found["authorization_number"] = value(aut, 6)
    return {key: each for key, each in found.items() if each} if found["name"] else {}


def _diagnosis(dg1: Any) -> dict[str, Any]:
    """A code of ICD-10, or the words where it is another code."""
    code, words, system = value(dg1, 3, 1), value(dg1, 3, 2) or value(dg1, 4), value(dg1, 3, 3).upper()
    found = {"code": code if system in ("I10", "I10C", "ICD10", "ICD-10", "ICD-10-CM", "") else "", "words": words}
    return {key: each for key, each in found.items() if each}


def _injury(message: hl7.Message) -> dict[str, Any]:
    acc = _first(message, "ACC")
    if acc is None:
        return {}
    found: dict[str, Any] = {}
    if value(acc, 6).upper() == "Y":
        found["cause"] = "work"
    elif value(acc, 4) or value(acc, 2, 1).upper() in ("AA", "AUTO") or "vehicle" in value(acc, 8).lower():
        found["cause"] = "auto"
    if day := _date(value(acc, 1)):
        found["events"] = [{"kind": "injury", "date": day}]
    return found


def _wanted(message: hl7.Message) -> list[str]:
    """What service is asked for, in the sender's words."""
    places = (
        ("RF1", 3), ("RF1", 5), ("RF1", 10), ("OBR", 4), ("PR1", 3), ("AIS", 3), ("ORC", 29), ("RF1", 21), ("NTE", 3),
    )  # fmt: skip
    return [
        said
        for name, field in places
        for segment in _segments(message, name)
        for said in (value(segment, field, 1), value(segment, field, 2))
        if said
    ]


def _concern(message: hl7.Message) -> str:
    """Why they are sent: notes and the reason of the referral, each once."""
    said = [value(nte, 3) for nte in _segments(message, "NTE")]
    if (rf1 := _first(message, "RF1")) is not None:
        said.insert(0, value(rf1, 10, 2) or value(rf1, 10, 1))
    said += [value(obr, 31, 2) or value(obr, 31, 1) for obr in _segments(message, "OBR")]
    return "\n".join(dict.fromkeys(part for part in said if len(part) > 2))


def _reach(segment: Any, field: int) -> tuple[list[str], list[str]]:
    """Phone numbers and e-mail addresses of an XTN field, in their order."""
    phones, mails = [], list[str]()
    for number in range(1, _repetitions(segment, field) + 1):
        parts = {n: value(segment, field, n, repetition=number) for n in (1, 2, 3, 4, 6, 7, 12)}
        if "@" in parts[4] or "@" in parts[1]:
            mails.append(parts[4] if "@" in parts[4] else parts[1])
            continue
        if parts[3].upper() in ("FX", "BP", "TDD"):
            continue
        phone = parts[1] or parts[12] or f"{parts[6]}{parts[7]}"
        if len(_DIGITS.sub("", phone)) >= 10:
            phones.append(phone)
    return phones, mails


def _fax(segment: Any, field: int) -> str:
    for number in range(1, _repetitions(segment, field) + 1):
        if value(segment, field, 3, repetition=number).upper() == "FX":
            parts = [value(segment, field, n, repetition=number) for n in (1, 12)]
            return next((part for part in parts if part), "")
    return ""


def _repetitions(segment: Any, field: int) -> int:
    try:
        stated = segment(field)
    except (IndexError, KeyError):
        return 0
    return len(stated) if isinstance(stated, hl7.Field) else 1


def _segments(message: hl7.Message, name: str) -> list[Any]:
    try:
        return list(message.segments(name))
    except KeyError:
        return []


def _first(message: hl7.Message, name: str) -> Any:
    return next(iter(_segments(message, name)), None)


def _date(text: str) -> str:
    """YYYYMMDD, with or without a time, as YYYY-MM-DD."""
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if text[:8].isdecimal() and len(text) >= 8 else ""


def _language(code: str) -> str:
    return {"EN": "English", "ENG": "English", "ES": "Spanish", "SPA": "Spanish"}.get(code.upper()[:3], "")


_ESCAPES: Final = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\", ".br": "\n"}
_ESCAPED: Final = re.compile(r"\\(F|S|T|R|E|\.br|H|N|X[0-9A-Fa-f]+)\\")


def _unescaped(text: str) -> str:
    """The characters behind escapes (HL7 v2, chapter 2.7)."""

    def one(found: re.Match[str]) -> str:
        said = found[1]
        if said.startswith("X"):
            return bytes.fromhex(said[1:]).decode("latin-1") if len(said) % 2 else ""
        return _ESCAPES.get(said, "")

    return _ESCAPED.sub(one, text)
