"""A C-CDA note of a therapist: an evaluation, a plan of care or a discharge (HL7 C-CDA R2.1, US Realm Header). Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import Final
from xml.etree import ElementTree

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.booking.ends import CALLED, End, day_of
from firstvisit.steps.booking.ends.kinds import kind_of

LARGEST: Final = 10 * 1024 * 1024
_DECLARES: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
"""What could make a small text large; no note needs it."""
_NS: Final = {"c": "urn:hl7-org:v3"}
_SSN: Final = "2.16.840.1.113883.4.1"


def looks_like_one(body: bytes) -> bool:
    """Whether these bytes call themselves a clinical document."""
    return b"ClinicalDocument" in body[:20_000] and b"urn:hl7-org:v3" in body[:20_000]


def read(body: bytes) -> End | None:
    """What a note tells of a visit's end; None where it tells of none. BadInput where it is no clinical document."""
    if len(body) > LARGEST:
        raise BadInput([Problem("note", "It is larger than 10 MB.")])
    wide = body.lstrip()[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in body[:200]
    if wide or _DECLARES.search(body):
        raise BadInput([Problem("note", "It declares entities or is not UTF-8: it is not read.")])
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - what declares entities is refused above
    except (ElementTree.ParseError, ValueError, LookupError):
        raise BadInput([Problem("note", "This is no XML that can be read.")]) from None
    if root.tag != "{urn:hl7-org:v3}ClinicalDocument":
        raise BadInput([Problem("note", "This is no clinical document (C-CDA).")])
    code = root.find("c:code", _NS)
    codes, titles = [], [_text(root, "c:title")]
    if code is not None:
        codes = [code.get("code", ""), *(each.get("code", "") for each in code.iterfind("c:translation", _NS))]
        titles.append(code.get("displayName", ""))
    ends = kind_of(codes, titles)
    if ends is None:
        return None
    role = root.find("c:recordTarget/c:patientRole", _NS)
    name = root.find("c:recordTarget/c:patientRole/c:patient/c:name", _NS)
    born = root.find("c:recordTarget/c:patientRole/c:patient/c:birthTime", _NS)
    theirs = [] if role is None else role.findall("c:id", _NS)
    own = [each.get("extension", "") for each in theirs if each.get("root") != _SSN]
    visits = [each.get("extension", "") for each in root.iterfind("c:componentOf/c:encompassingEncounter/c:id", _NS)]
    orders = [each.get("extension", "") for each in root.iterfind("c:inFulfillmentOf/c:order/c:id", _NS)]
    document = root.find("c:id", _NS)
    signed = root.find("c:legalAuthenticator", _NS) is not None or root.find("c:authenticator", _NS) is not None
    return End(
        ends.what,
        _day(root),
        "" if document is None else f"{document.get('root', '')}^{document.get('extension', '')}".strip("^"),
        "ccda",
        numbers=tuple(number for number in (*visits, *orders, *own) if number),
        last_name="" if name is None else _text(name, "c:family"),
        first_name="" if name is None else _text(name, "c:given"),
        born=None if born is None else day_of(born.get("value", "")),
        signed="yes" if signed else "unknown",
        called=", ".join(dict.fromkeys(filter(None, titles)))[:CALLED],
        therapies=ends.therapies,
        besides=ends.besides,
    )


def _day(root: ElementTree.Element) -> date | None:
    """The day of the visit that the note is of, else of the service, else of the note."""
    for path in (
        "c:componentOf/c:encompassingEncounter/c:effectiveTime/c:low",
        "c:componentOf/c:encompassingEncounter/c:effectiveTime",
        "c:documentationOf/c:serviceEvent/c:effectiveTime/c:low",
        "c:effectiveTime",
    ):
        found = root.find(path, _NS)
        if found is not None and (day := day_of(found.get("value", ""))) is not None:
            return day
    return None


def _text(within: ElementTree.Element, path: str) -> str:
    return (within.findtext(path, "", _NS) or "").strip()
