"""The segments of an HL7 v2 message as a record in the shape of the referral schema. Pure."""

from __future__ import annotations

import re
from typing import Any, Final

import hl7

from firstvisit.referral import red_flags
from firstvisit.steps.intake.sources.said import disciplines_in, in_words

_RELATIONS: Final = {
    "MTH": "mother", "FTH": "father", "PAR": "parent", "GRD": "guardian", "SPO": "spouse", "SEL": "self",
    "CHD": "child", "SIB": "sibling", "GRP": "grandparent", "FND": "friend", "CGV": "caregiver", "EMC": "contact",
}  # fmt: skip
"""HL7 table 0063, as far as our words have it."""
_SEX: Final = {"F": "female", "M": "male", "O": "other", "1": "male", "2": "female"}
_YES_NO: Final = {"Y": "yes", "N": "no"}
_DENIED: Final = re.compile(
    r"(?i)\b(?:not|no|non|never)[- ](?:an? )?(?:at |on )?(?:the )?(?:work|job|motor|auto|car|vehicle|mv)[\w -]*"
)
_AT_WORK: Final = re.compile(
    r"(?i)\b(?:at work|work[- ](?:related|injury|accident)|on the job|job[- ]related|workers'? comp)"
)
_BY_CAR: Final = re.compile(r"(?i)\b(?:auto|automobile|vehicle|car (?:accident|crash)|mv[ac])\b|^AA\b")
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
    said = words_of(message)
    record["discipline"] = disciplines_in(_services(message), said)
    record["concern"], record["escalate_reason"] = in_words(said)
    if (rf1 := _first(message, "RF1")) is not None and value(rf1, 2) in ("S", "A", "STAT", "ASAP", "U"):
        record["timing"] = "asap"
    record.update(_injury(message))
    record["lead_kind"] = "referral_partner" if record["referrer"] else "patient"
    return {name: each for name, each in record.items() if each not in ({}, [], "", None)}


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
    found["authorization_number"] = value(in1, 14) or _authorized(in1, message)
    return {key: each for key, each in found.items() if each} if found["name"] else {}


def _authorized(in1: Any, message: hl7.Message) -> str:
    """The number of the authorization that this payer gave (AUT-1 to AUT-3 name it); one that names nobody is that of
    the only payer."""
    ours = {value(in1, 2), value(in1, 3), value(in1, 4).casefold()} - {""}
    alone = len(_segments(message, "IN1")) == 1
    for aut in _segments(message, "AUT"):
        theirs = {value(aut, 1), value(aut, 2), value(aut, 3).casefold()} - {""}
        if theirs & ours or (alone and not theirs):
            return value(aut, 6)
    return ""


def _diagnosis(dg1: Any) -> dict[str, Any]:
    """A code of ICD-10, or the words where it is another code."""
    code, words, system = value(dg1, 3, 1), value(dg1, 3, 2) or value(dg1, 4), value(dg1, 3, 3).upper()
    found = {"code": code if system in ("I10", "I10C", "ICD10", "ICD-10", "ICD-10-CM", "") else "", "words": words}
    return {key: each for key, each in found.items() if each}


def _injury(message: hl7.Message) -> dict[str, Any]:
    """What an accident segment says (HL7 v2, chapter 6.5.9): ACC-5 is whether it is of work, ACC-4 the state of an auto
    accident; the codes of ACC-2 are everybody's own, so that only their words count."""
    acc = _first(message, "ACC")
    if acc is None:
        return {}
    found: dict[str, Any] = {}
    job = value(acc, 5).upper()
    words = _DENIED.sub("", " ".join((value(acc, 2, 1), value(acc, 2, 2), *_lines(acc, 8))))
    if job == "Y" or (job != "N" and _AT_WORK.search(words)):
        found["cause"] = "work"
    elif value(acc, 4) or _BY_CAR.search(words):
        found["cause"] = "auto"
    if day := _date(value(acc, 1)):
        found["events"] = [{"kind": "injury", "date": day}]
    return found


def _services(message: hl7.Message) -> list[str]:
    """What service is asked for, in the fields that name one."""
    places = (("RF1", 3), ("RF1", 5), ("OBR", 4), ("PR1", 3), ("AIS", 3), ("ORC", 29), ("RF1", 21))
    return [
        said
        for name, field in places
        for segment in _segments(message, name)
        for said in (value(segment, field, 1), value(segment, field, 2))
        if said
    ]


_CODED: Final = {"RF1": (10,), "OBR": (31,), "ORC": (16,), "PV2": (3,), "SCH": (6, 7)}
_FREE: Final = {"RF1": (14,), "OBR": (13,), "NTE": (3,)}
"""Where a message says why somebody is sent, in coded fields that have words and in plain text."""


def words_of(message: hl7.Message) -> list[str]:
    """Why they are sent, in the order sent: reasons, notes, and what was observed, with what was asked ("Saddle
    numbness: yes"). Lines of one note are one text."""
    said, last = list[str](), ("", "")
    for segment in message:
        name = str(segment[0])
        for field in _CODED.get(name, ()):
            for n in range(1, _repetitions(segment, field) + 1):
                said.append(value(segment, field, 2, repetition=n) or value(segment, field, 1, repetition=n))
        lines = [line for field in _FREE.get(name, ()) for line in _lines(segment, field)]
        now = (name, "")
        if name == "OBX":
            asked, lines = _observed(segment)
            now = (name, asked)
            lines = [f"{asked}: {lines[0]}", *lines[1:]] if asked and lines and now != last else lines
        if said and now == last and name in ("NTE", "OBX"):
            said[-1] = "\n".join((said[-1], *lines))
        else:
            said.append("\n".join(lines))
        if name.startswith("Z"):  # a segment of their own: what it holds we know only where it is dangerous
            own = [line for n in range(1, len(segment)) for line in _lines(segment, n)]
            said += [line for line in own if red_flags.find(line)]
        last = now
    return [each for each in said if each]


def _observed(obx: Any) -> tuple[str, list[str]]:
    """What was asked and the answer of an observation in words; no answer where it is a number, a file, or was taken
    back (OBX-11)."""
    kind = value(obx, 2).upper()
    asked = value(obx, 3, 2) or value(obx, 3, 1)
    if kind in ("ED", "RP", "NM", "SN", "DT", "TM", "TS", "DTM") or value(obx, 11).upper() in ("D", "W"):
        return asked, []
    if kind in ("CE", "CWE", "CF", "CNE"):
        answers = [
            value(obx, 5, 2, repetition=n) or value(obx, 5, 1, repetition=n)
            for n in range(1, _repetitions(obx, 5) + 1)
        ]
    else:
        answers = _lines(obx, 5)
    return asked, [_YES_NO.get(each.upper(), each) for each in answers if each]


def _lines(segment: Any, field: int) -> list[str]:
    """Plain text, one repetition a line, whole: separators that a sender did not escape are part of what was said."""
    try:
        stated = str(segment(field))
    except (IndexError, KeyError):
        return []
    lines = re.split(r"~|\\\.br\\|\n", stated)
    return [line for each in lines if (line := _unescaped(re.sub(r"\s*\^[\s^]*", " ", each)).strip()) and line != '""']


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
