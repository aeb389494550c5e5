"""A booked patient, what is corrected of them and what becomes of the visit as HL7 messages, version 2.5.1: ADT A04 or
A28, A08 or A31, the referral REF I12, SIU S12 to S26. Pure.

Segments stand in the order of ADT_A01, ADT_A05 and SIU_S12. The standard has no place for RF1 and PRD in an ADT:
whoever refers is PV1-8 and a ROL with the role RP, the order and why they come are OBX. Message text is `str`;
`written` makes the bytes of it in the character set that MSH-18 names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from firstvisit.steps.booking.emr.carried import CAUSE, CLAIM, DIAGNOSIS, ORDER, ORDERS, REFERS, rank
from firstvisit.steps.booking.emr.registration import DISCIPLINES, Cover, Doctor, Name, Registration, Visit
from firstvisit.steps.booking.emr.rules import Emr

VERSION: Final = "2.5.1"
OURS: Final = "FIRSTVISIT"
CHARSETS: Final = {"utf8": ("UNICODE UTF-8", "utf-8"), "latin1": ("8859/1", "latin-1"), "ascii": ("ASCII", "ascii")}
"""HL7 table 0211, and Python's name of it."""
SIU: Final = {
    "booked": "s12", "moved": "s13", "changed": "s14", "cancelled": "s15", "deleted": "s17", "missed": "s26",
}  # fmt: skip
"""What became of a visit, and the event that says so."""
CORRECTS: Final = {"a04": "a08", "a28": "a31"}
"""What corrects somebody who was registered so: A08 with a visit, A31 a person alone (HL7 2.5.1, 3.3.8, 3.3.31)."""
_STRUCTURES: Final = {"A04": "ADT_A01", "A08": "ADT_A01", "A28": "ADT_A05", "A31": "ADT_A05"}
_MERGES: Final = "A40"
_NULL: Final = '""'
"""What stood there stands no more; an empty field says nothing (HL7 2.5.1, 2.5.3)."""
_NOTHING: Final = {
    "NK1": ("1", _NULL), "IN1": ("1", *[_NULL] * 3), "DG1": ("1", *[_NULL] * 5), "ACC": (_NULL, _NULL),
}  # fmt: skip
"""The fields of a segment that says that there is none any more."""
_FILLER: Final = {
    "booked": ("BOOKED", "Booked"), "moved": ("BOOKED", "Booked"), "changed": ("BOOKED", "Booked"),
    "cancelled": ("CANCELLED", "Cancelled"), "deleted": ("DELETED", "Deleted"), "missed": ("NOSHOW", "No show"),
}  # fmt: skip
"""HL7 table 0278."""
_WHY: Final = {"moved": "Moved to another time", "changed": "Changed"}
"""Why a message is sent where its event says more than the status of the visit (SCH-6)."""
_RELATIONS: Final = {
    "mother": "MTH", "father": "FTH", "parent": "PAR", "guardian": "GRD", "spouse": "SPO", "wife": "SPO",
    "husband": "SPO", "child": "CHD", "son": "CHD", "daughter": "CHD", "sibling": "SIB", "sister": "SIB",
    "brother": "SIB", "grandparent": "GRP", "grandmother": "GRP", "grandfather": "GRP", "friend": "FND",
    "caregiver": "CGV", "partner": "DOM", "self": "SEL",
}  # fmt: skip
"""HL7 table 0063."""
_SEXES: Final = {"female": "F", "male": "M", "other": "O"}
_ESCAPED: Final = str.maketrans({"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\"})
_LINE_END: Final = "\\.br\\"
_UNIT: Final = "min^minutes^UCUM"
_MAX: Final = 500
_LONGEST_TEXT: Final = 16_000
"""Of a line of formatted text: no field of ours takes so much, and an FT has room for 65,536 (HL7 2.5.1, 2.A.31)."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom, when and under which number (MSH). `test`: nothing of it is a real patient (MSH-11)."""

    rules: Emr
    control: str
    at: datetime
    zone: ZoneInfo
    test: bool = False


def admit(about: Registration, envelope: Envelope) -> str:
    """ADT A04 or A28, as the rules say."""
    return _adt(about, envelope, envelope.rules.register_as.upper())


def correct(about: Registration, envelope: Envelope, gone: Sequence[str] = ()) -> str:
    """ADT A08 or A31: everything as it stands now. `gone` are the names (`carried`) of what was told and stands no
    more: there the message says so."""
    return _adt(about, envelope, CORRECTS[envelope.rules.register_as].upper(), gone)


def merge(about: Registration, envelope: Envelope, goes: str) -> str:
    """ADT A40 (HL7 2.5.1, 3.3.40): the patient with the number `goes` (MRG-1) is this one (PID-3), which stays."""
    segments = [
        _msh(envelope, "ADT", _MERGES, "ADT_A39"),
        _segment("EVN", _MERGES, _moment(envelope.at, envelope.zone)),
        _pid(about),
        _segment("MRG", _id(goes, "PI")),
    ]
    return _joined(segments)


def _adt(about: Registration, envelope: Envelope, event: str, gone: Sequence[str] = ()) -> str:
    structure = _STRUCTURES[event]
    segments = [
        _msh(envelope, "ADT", event, structure),
        _segment("EVN", event, _moment(envelope.at, envelope.zone)),
        _pid(about, gone),
        *(_next_of_kin(about) or _taken_out("NK1", gone, "Guardian: ", "Contact: ")),
        _pv1(about, about.visit, outpatient=structure == "ADT_A01", gone=gone),
        _pv2(about, envelope.zone),
        *_roles(about, "AD" if event in ("A04", "A28") else "UP", gone),
        *_observations(about, gone),
        *(_diagnoses(about) or _taken_out("DG1", gone, DIAGNOSIS)),
        *(each for n, cover in enumerate(about.covers, 1) for each in _insurance(n, cover, about)),
        *(() if about.covers else _taken_out("IN1", gone, "Coverage: Payer")),
        *(_accident(about, gone) or _taken_out("ACC", gone, CAUSE)),
    ]
    return _joined(segments)


def _taken_out(name: str, gone: Sequence[str], *begins: str) -> list[str]:
    """The one segment that says that there is none any more, where one was told (HL7 2.5.1, 2.10.4: of those that
    repeat, all that were told before fall with it)."""
    return [_segment(name, *_NOTHING[name])] if any(each.startswith(begins) for each in gone) else []


def refer(about: Registration, envelope: Envelope) -> str:
    """REF I12: who refers whom to us, and why."""
    ours = Doctor(Name(last=about.practice), about.practice, about.practice_npi, about.site.phone)
    others = [(about.referrer, "RP", "Referring provider")] if about.referrer else []
    if about.orderer and about.orderer != about.referrer:
        words = ("CP", "Consulting provider") if others else ("RP", "Referring provider")
        others.append((about.orderer, *words))
    here = (about.site.street, "", about.site.city, about.site.state, about.site.postal_code)
    segments = [
        _msh(envelope, "REF", "I12", "REF_I12"),
        _segment(
            "RF1", _coded("A", "Accepted", "HL70283"), _coded("R", "Routine", "HL70280"), "",
            _coded(_escaped(about.discipline), DISCIPLINES.get(about.discipline, ""), "99FV"), "", _id(about.code),
        ),
        *(_provider(who, role, words) for who, role, words in others),
        _provider(ours, "RT", "Referred to provider", _parts(*(_escaped(part) for part in here), "USA", "B")),
        _pid(about),
        *_next_of_kin(about),
        *(each for n, cover in enumerate(about.covers, 1) for each in _insurance(n, cover, about)),
        *_accident(about),
        *_diagnoses(about),
        _segment("OBR", "1", _id(about.code), "", _coded("57133-1", "Referral note", "LN")),
        *_observations(about),
        _pv1(about, about.visit, outpatient=True),
        _pv2(about, envelope.zone),
    ]  # fmt: skip
    return _joined(segments)


def _provider(who: Doctor, role: str, words: str, address: str = "") -> str:
    """PRD: a provider in their role (HL7 table 0286), with their NPI where it is known."""
    reach = _repeated(_phone(who.phone, use="WPN"), _phone(who.fax, use="WPN", equipment="FX"))
    place = _place(who.organization) if who.organization else ""
    named = _person(who.name or Name(last=who.organization))
    return _segment(
        "PRD", _coded(role, words, "HL70286"), named, address, place, reach, "",
        _parts(who.npi, "NPI") if who.npi else "",
    )  # fmt: skip


def schedule(what: str, about: Registration, visit: Visit, envelope: Envelope) -> str:
    """SIU S12, S13, S14, S15, S17 or S26: what became of one visit. It lasts as long in SCH-9 (a number, its unit in
    SCH-10), in SCH-11 (a TQ: M and the minutes; HL7 2.5.1, 4.3.3) and in TQ1-6 (a CQ: 4.5.4.6)."""
    event, zone = SIU[what].upper(), envelope.zone
    action = {"booked": "A", "cancelled": "D", "deleted": "D"}.get(what, "U")
    status = _coded(*_FILLER[what], "HL70278")
    start, minutes = _moment(visit.starts, zone), str(visit.minutes)
    segments = [
        _msh(envelope, "SIU", event, "SIU_S12"),
        _segment(
            "SCH", _id(visit.id), _id(visit.id), "", "", "",
            _coded(event, _escaped(visit.why_words) or _WHY.get(what, _FILLER[what][1]), "99FV"),
            _coded(_escaped(visit.kind), _escaped(visit.kind_name), "99FV"), _coded("NORMAL", "Routine", "HL70277"),
            minutes, _UNIT, f"^^M{minutes}^{start}^{_moment(visit.ends, zone)}", "", "", "",
            "", _name_with_id("", Name(last=about.practice)), _phone(about.site.phone), "", "",
            _name_with_id("", Name(last=about.practice)), "", "", "", "", status,
        ),
        _segment("TQ1", "1", "", "", "", "", f"{minutes}^{_UNIT.replace('^', '&')}", start, _moment(visit.ends, zone)),
        _pid(about),
        _pv1(about, visit, outpatient=True),
        *_diagnoses(about),
        _segment("RGS", "1", action),
        _segment(
            "AIS", "1", action, _coded(_escaped(visit.kind), _escaped(visit.kind_name), "99FV"), start, "", "", minutes,
            _UNIT, "", status,
        ),
        *(
            _segment("AIG", str(n), action, _coded(_escaped(slug), _escaped(name), "99FV"), "D^Device^99FV")
            for n, (slug, name) in enumerate(visit.devices, 1)
        ),
        *(
            _segment("AIL", str(n), action, place, _coded(*kind, "99FV"), "", start, "", "", minutes,
                     _UNIT, "", status)
            for n, (place, kind) in enumerate(_places(visit), 1)
        ),
        *(
            [_segment("AIP", "1", action, _name_with_id(visit.clinician, visit.clinician_name),
                      _coded("T", "Therapist", "99FV"), "", start, "", "", minutes, _UNIT,
                      "", status)]
            if visit.clinician
            else []
        ),
    ]  # fmt: skip
    return _joined(segments)


def written(message: str, rules: Emr) -> bytes:
    """The bytes of a message. A letter that the character set lacks loses its accent, or becomes a question mark."""
    name = CHARSETS[rules.encoding][1]
    if name == "utf-8":
        return message.encode()
    found = []
    for at, letter in enumerate(message):
        try:
            found.append(letter.encode(name))
        except UnicodeEncodeError:
            found.append(_plain(letter, message[at - 1 : at], message[at + 1 : at + 2]))
    return b"".join(found)


def _plain(letter: str, before: str, after: str) -> bytes:
    """A letter in ASCII. A fraction or a raised number is no digit of the number beside it: 1½ is 1 1/2."""
    found = unicodedata.normalize("NFKD", _PLAIN.get(letter, letter)).replace("\u2044", "/")
    if unicodedata.category(letter) == "No":
        found = f"{' ' * before.isdecimal()}{found}{' ' * after.isdecimal()}"
    return found.encode("ascii", "ignore") or b"?"


_PLAIN: Final = {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE",
                 "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "ð": "d", "ı": "i", "‘": "'", "’": "'", "ʼ": "'",
                 "“": '"', "”": '"', "–": "-", "—": "-", "\u2010": "-", "\u2011": "-", "\u2212": "-", "×": "x",
                 "÷": "/", "±": "+/-", "≥": ">=", "≤": "<=", "≠": "!=", "°": " deg", "µ": "u", "μ": "u",
                 "•": "-", "€": "EUR"}  # fmt: skip
"""Letters and signs that no decomposition turns into plain ones, or into wrong ones."""


def _joined(segments: list[str]) -> str:
    return "".join(f"{segment}\r" for segment in segments if segment)


def _segment(name: str, *fields: str) -> str:
    """A segment without its empty fields at the end; "" where it has none."""
    kept = list(fields)
    while kept and not kept[-1]:
        kept.pop()
    return "|".join((name, *kept)) if kept else ""


def _parts(*parts: str) -> str:
    """A field of components, without the empty ones at its end."""
    return "^".join(parts).rstrip("^")


def _escaped(text: str, *, most: int = _MAX) -> str:
    """One line of text in which nothing is a delimiter."""
    line = "".join(" " if letter.isspace() else letter for letter in text if letter.isspace() or _visible(letter))
    return " ".join(line.split())[:most].translate(_ESCAPED)


def _formatted(text: str) -> str:
    r"""Formatted text (FT): line ends are \.br\."""
    lines = [_escaped(line, most=_LONGEST_TEXT) for line in re.split(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]", text)]
    return _LINE_END.join(line for line in lines if line)


def _visible(letter: str) -> bool:
    return unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn") or letter in "\u200c\u200d"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    """The clinic's wall clock with its distance from UTC."""
    return at.astimezone(zone).strftime("%Y%m%d%H%M%S%z")


def _day(day: date | None) -> str:
    return f"{day:%Y%m%d}" if day is not None else ""


def _coded(code: str, text: str, system: str) -> str:
    return _parts(code, text, system) if code or text else ""


def _id(value: str, kind: str = "") -> str:
    """EI; with a kind of identifier (HL7 table 0203) CX."""
    return _parts(_escaped(value), "", "", OURS, kind) if kind else _parts(_escaped(value), OURS)


def _person(name: Name) -> str:
    """XPN, a legal name; XPN-6 is a degree such as MD."""
    if not name:
        return ""
    parts = (name.last, name.first, name.middle, name.suffix, "", name.credential)
    return _parts(*(_escaped(part) for part in parts), "L")


def _name_with_id(number: str, name: Name, authority: str = "") -> str:
    """XCN."""
    if not name and not number:
        return ""
    parts = (number, name.last, name.first, name.middle, name.suffix, "", name.credential, "", authority)
    return _parts(*(_escaped(part) for part in parts))


def _doctor(who: Doctor) -> str:
    found = _name_with_id(who.npi, who.name or Name(last=who.organization), "NPI" if who.npi else "")
    return f"{found}^L^^^NPI" if who.npi else found


def _phone(number: str, extension: str = "", *, use: str = "PRN", equipment: str = "PH") -> str:
    """XTN: country, area and local number apart, as well as whole."""
    digits = re.sub(r"\D", "", number)
    digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    if len(digits) != 10:
        return _parts(_escaped(number), use, equipment) if digits else ""
    whole = f"({digits[:3]}){digits[3:6]}-{digits[6:]}"
    return _parts(whole, use, equipment, "", "1", digits[:3], digits[3:], re.sub(r"\D", "", extension))


def _mail(address: str) -> str:
    return _parts("", "NET", "Internet", _escaped(address)) if address else ""


def _repeated(*values: str) -> str:
    return "~".join(value for value in values if value)


def _msh(envelope: Envelope, kind: str, event: str, structure: str) -> str:
    rules = envelope.rules
    return _segment(
        "MSH", "^~\\&", _escaped(rules.sending_application), _escaped(rules.sending_facility),
        _escaped(rules.receiving_application), _escaped(rules.receiving_facility),
        _moment(envelope.at, envelope.zone), "", f"{kind}^{event}^{structure}", envelope.control,
        "T" if envelope.test else "P", VERSION, "", "", "", "", "USA", CHARSETS[rules.encoding][0], "en^English^ISO639",
    )  # fmt: skip


def _pid(about: Registration, gone: Sequence[str] = ()) -> str:
    def or_null(value: str, *labels: str) -> str:
        return value or (_NULL if any(f"Patient: {label}" in gone for label in labels) else "")

    home = (about.street, "", about.city, about.state, about.postal_code)
    address = _parts(*(_escaped(part) for part in home), "USA", "H") if any(home) else ""
    names = _repeated(
        _person(about.patient),
        _parts(_escaped(about.patient.last), _escaped(about.preferred_name), "", "", "", "", "N")
        if about.preferred_name else "",
    )  # fmt: skip
    return _segment(
        "PID", "1", "", _id(about.number, "PI"), "", names, "", or_null(_day(about.born), "Date of birth"),
        or_null(_SEXES.get(about.sex, ""), "Sex"), "", "",
        or_null(address, "Street", "City", "State", "ZIP"), "",
        or_null(_repeated(_phone(about.phone, about.extension), _mail(about.email)), "Phone", "E-mail"), "",
        or_null(_parts("", _escaped(about.language)), "Language"), "", "", _id(about.code, "AN"),
    )  # fmt: skip


def _next_of_kin(about: Registration) -> list[str]:
    return [
        _segment(
            "NK1", str(n), _person(one.name), _relation(one.relationship), "",
            _repeated(_phone(one.phone, one.extension), _mail(one.email)), "",
            _coded("N", "Next-of-kin", "HL70131") if one.guardian else _coded("O", "Other", "HL70131"),
        )
        for n, one in enumerate(about.relatives, 1)
    ]  # fmt: skip


def _relation(word: str) -> str:
    code = _RELATIONS.get(word.casefold(), "OTH")
    return _coded(code, _escaped(word), "HL70063")


def _place(site: str, room: str = "") -> str:
    """PL: room and facility."""
    return _parts("", _escaped(room), "", _escaped(site))


def _places(visit: Visit) -> list[tuple[str, tuple[str, str]]]:
    rooms = [(_place(visit.site, slug), ("ROOM", "Room")) for slug, _ in visit.rooms]
    return rooms or [(_place(visit.site), ("SITE", "Site"))]


def _pv1(about: Registration, visit: Visit | None, *, outpatient: bool, gone: Sequence[str] = ()) -> str:
    rooms = visit.rooms if visit is not None else ()
    attends = _name_with_id(visit.clinician, visit.clinician_name) if visit is not None else ""
    discipline = _escaped(about.discipline)
    return _segment(
        "PV1", "1", "O" if outpatient else "N",
        _place(visit.site if visit is not None else about.site.slug, rooms[0][0] if rooms else ""),
        "R", "", "", attends, _doctor(about.referrer) or _null_if(gone, REFERS), "", discipline, *[""] * 8,
        _id(about.code, "VN"),
    )  # fmt: skip


def _pv2(about: Registration, zone: ZoneInfo) -> str:
    expected = _moment(about.visit.starts, zone) if about.visit is not None else ""
    words = about.program_name or DISCIPLINES.get(about.discipline, "")
    return _segment(
        "PV2", "", "", _coded(_escaped(about.program), _escaped(words), "99FV"), *[""] * 4, expected
    )


def _null_if(gone: Sequence[str], *titles: str) -> str:
    return _NULL if any(each.startswith(titles) for each in gone) else ""


def _roles(about: Registration, action: str, gone: Sequence[str]) -> list[str]:
    """Who refers (RP), and whoever ordered where that is somebody else (they consult: table 0443 has no orderer).
    `action` is that of HL7 table 0287; who was told and is there no more is DE."""
    found = []
    orderer = about.orderer if about.orderer != about.referrer else Doctor(Name())
    for who, title, role, words in (
        (about.referrer, REFERS, "RP", "Referring Provider"), (orderer, ORDERS, "CP", "Ordering Provider"),
    ):  # fmt: skip
        number, named = _id(f"{about.code}-{role}"), _coded(role, words, "HL70443")
        if who:
            reach = _repeated(_phone(who.phone, use="WPN"), _phone(who.fax, use="WPN", equipment="FX"))
            reach = reach or _null_if(gone, f"{title}: Phone", f"{title}: Fax")
            found.append(_segment("ROL", number, action, named, _doctor(who), *[""] * 7, reach))
        elif _null_if(gone, title):
            found.append(_segment("ROL", number, "DE", named, _NULL))
    return found


def _observations(about: Registration, gone: Sequence[str] = ()) -> list[str]:
    """Why they come, how the order stands, and what whoever schedules must know. OBX-3 and OBX-4 are the same in every
    message about a fact; one that was told and stands no more (`gone`, by its name on the card) is D (table 0085)."""
    told = [
        ("Order: Reason", "42349-1^Reason for referral^LN", "1", about.reason),
        ("Order: Order", _ours("ORDER", "Order"), "1", about.order),
        ("Order: Frequency", _ours("FREQUENCY", "Ordered frequency"), "1", about.frequency),
        (f"{REFERS}: Office", _ours("REFERRER", "Referring office"), "1", about.referrer.organization),
        (f"{ORDERS}: Office", _ours("ORDERER", "Ordering office"), "1", about.orderer.organization),
        *((f"{rank(n)}: {CLAIM}", _ours("CLAIM", f"Claim at {cover.name}"), str(n + 1), cover.claim)
          for n, cover in enumerate(about.covers)),
        *((f"{rank(n)}: {CLAIM}", _ours("CLAIM", "Claim"), str(n + 1), "") for n in range(len(about.covers), 4)),
        ("Patient: Interpreter", _ours("INTERPRETER", "Interpreter needed"), "1", "yes" if about.interpreter else ""),
        ("Patient: Access", _ours("ACCESS", "Access needs"), "1", about.access),
        ("Coverage: Note", _ours("SELFPAY", "Pays in full; the plan is told nothing (45 CFR 164.522(a)(1)(vi))"), "1",
         "yes" if about.plan_told_nothing else ""),
        *((f"{ORDER}: {kind.capitalize()}", _ours("EVENT", kind.capitalize()), _nth(about.events, n), day.isoformat())
          for n, (kind, day) in enumerate(about.events)),
    ]  # fmt: skip
    known = {CAUSE, DIAGNOSIS, *(name for name, *_ in told)}
    events = [name.removeprefix(f"{ORDER}: ") for name in gone if name.startswith(f"{ORDER}: ") and name not in known]
    told += [(f"{ORDER}: {kind}", _ours("EVENT", kind), kind.lower(), "") for kind in events]
    said = [each for each in told if each[3] or each[0] in gone]
    return [
        _segment("OBX", str(n), "FT", what, sub, _formatted(text) if text else _NULL, *[""] * 5,
                 "F" if text else "D")
        for n, (_, what, sub, text) in enumerate(said, 1)
    ]


def _nth(events: Sequence[tuple[str, date]], place: int) -> str:
    """The name of an event among those of its kind: surgery, surgery.2."""
    kind, before = events[place][0], sum(each == events[place][0] for each, _ in events[:place])
    return f"{kind}.{before + 1}" if before else kind


def _ours(code: str, words: str) -> str:
    return _coded(code, _escaped(words), "99FV")


def _diagnoses(about: Registration) -> list[str]:
    return [
        _segment("DG1", str(n), "", _coded(_escaped(each.code or ""), _escaped(each.words or ""),
                                           "I10" if each.code else ""), "", "", "W")
        for n, each in enumerate((one for one in about.diagnoses if one.code or one.words), 1)
    ]  # fmt: skip


def _insurance(rank: int, cover: Cover, about: Registration) -> list[str]:
    holder, born = (about.patient, about.born) if cover.own else (cover.holder, cover.holder_born)
    relation = _coded("SEL", "Self", "HL70063") if cover.own else ""
    authorization = _parts(_escaped(cover.authorization), _day(cover.authorized_from)) if cover.authorization else ""
    payer = _escaped(cover.id or cover.name)
    in1 = _segment(
        "IN1", str(rank), _coded(payer, _escaped(cover.name), "99FV"), payer, _escaped(cover.name),
        "", _person(cover.adjuster), _phone(cover.adjuster_phone, use="WPN"), _escaped(cover.group), *[""] * 5,
        authorization, _escaped(cover.kind), _person(holder),
        relation, _day(born), *[""] * 3, str(rank), *[""] * 13, _escaped(cover.member_id), *[""] * 12,
        _escaped(cover.member_id),
    )  # fmt: skip
    return [in1, _segment("IN2", *[""] * 60, _escaped(cover.member_id))]


def _accident(about: Registration, gone: Sequence[str] = ()) -> list[str]:
    """ACC: work and motor accidents decide who pays."""
    kind = {"work": ("W", "Work related"), "auto": ("A", "Motor vehicle")}.get(about.cause)
    if kind is None:
        return []
    on = next((day for what, day in about.events if what == "injury"), None)
    return [_segment("ACC", _day(on) or _null_if(gone, f"{ORDER}: Injury"), _coded(*kind, "99FV"))]

