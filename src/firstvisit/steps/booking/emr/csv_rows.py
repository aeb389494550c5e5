"""A booked patient and what becomes of the visit as CSV: one file each, a line of names and a line of values. Pure.

Days are ISO, moments the clinic's wall clock with its distance from UTC. A text that begins with = + - @ loses that
sign: no name begins so, and a spreadsheet would run it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from firstvisit.steps.booking.emr.registration import Cover, Doctor, Registration, Visit

MOST_COVERS: Final = 2
_DANGEROUS: Final = "=+-@\t"


def patient_file(about: Registration, *, what: str = "patient", corrected: Sequence[str] = ()) -> bytes:
    """The patient with guardian, coverage, referral and the visit; of a correction ("corrected") all that stands now,
    and the names of what is other than it was told."""
    named = {"corrected": "; ".join(corrected)} if what == "corrected" else {}
    return _file({"what": what, **named, **_who(about), **_more(about), **_visit(about.visit, about)})


def merged_file(about: Registration, goes: str) -> bytes:
    """That the patient with the number `goes` is this one."""
    return _file({"what": "merged", **_who(about), "patient_number_that_goes": goes})


def visit_file(what: str, about: Registration, visit: Visit) -> bytes:
    """What became of a visit: booked, moved, changed, cancelled, deleted, missed."""
    return _file({"what": what, **_who(about), **_visit(visit, about)})


def file_name(what: str, control: str) -> str:
    """The name under which a file is put: what, and its number."""
    return f"{what}-{control}.csv"


def control_in(name: str) -> str:
    """The number in a file's name; "" of one that is none of ours."""
    found = re.fullmatch(r"[a-z]+-(FV[0-9A-F]{16})\.csv", name)
    return found[1] if found is not None else ""


def _file(values: dict[str, str]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(values)
    writer.writerow(_harmless(value) for value in values.values())
    return out.getvalue().encode()


def _harmless(value: str) -> str:
    """One line of text that no spreadsheet takes for a formula."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())
    return line.lstrip(_DANGEROUS).lstrip()


def _who(about: Registration) -> dict[str, str]:
    return {
        "lead": about.code, "patient_number": about.number, "last_name": about.patient.last,
        "first_name": about.patient.first, "middle_name": about.patient.middle, "suffix": about.patient.suffix,
        "date_of_birth": _day(about.born),
    }  # fmt: skip


def _more(about: Registration) -> dict[str, str]:
    relative = about.relatives[0] if about.relatives else None
    found = {
        "preferred_name": about.preferred_name, "sex": about.sex, "phone": _phone(about.phone),
        "extension": about.extension, "email": about.email, "street": about.street, "city": about.city,
        "state": about.state, "postal_code": about.postal_code, "language": about.language,
        "interpreter": "yes" if about.interpreter else "", "access_needs": about.access,
        "contact_name": relative.name.full if relative else "",
        "contact_relationship": relative.relationship if relative else "",
        "contact_guardian": "yes" if relative and relative.guardian else "",
        "contact_phone": _phone(relative.phone) if relative else "",
        "contact_email": relative.email if relative else "",
    }  # fmt: skip
    for rank in range(MOST_COVERS):
        found |= _cover(rank + 1, about.covers[rank] if rank < len(about.covers) else None)
    return {
        **found, "plan_told_nothing": "yes" if about.plan_told_nothing else "",
        **_doctor("referrer", about.referrer), **_doctor("orderer", about.orderer), "order": about.order,
        "order_frequency": about.frequency,
        "diagnoses": "; ".join(" ".join(part for part in (each.code, each.words) if part) for each in about.diagnoses),
        "reason": about.reason, "cause": about.cause,
        "events": "; ".join(f"{kind} {_day(on)}" for kind, on in about.events), "discipline": about.discipline,
        "program": about.program,
    }  # fmt: skip


def _cover(rank: int, cover: Cover | None) -> dict[str, str]:
    fields = {
        "payer_id": "id", "payer": "name", "kind": "kind", "member_id": "member_id", "group": "group",
        "authorization": "authorization", "claim": "claim",
    }  # fmt: skip
    found = {f"coverage_{rank}_{name}": getattr(cover, field) if cover else "" for name, field in fields.items()}
    holder = cover.holder.full if cover else ""
    return {
        **found, f"coverage_{rank}_holder": holder,
        f"coverage_{rank}_holder_born": _day(cover.holder_born) if cover else "",
    }  # fmt: skip


def _doctor(role: str, who: Doctor) -> dict[str, str]:
    return {
        role: who.name.full, f"{role}_credential": who.name.credential, f"{role}_office": who.organization,
        f"{role}_npi": who.npi, f"{role}_phone": _phone(who.phone), f"{role}_fax": _phone(who.fax),
    }  # fmt: skip


def _visit(visit: Visit | None, about: Registration) -> dict[str, str]:
    if visit is None:
        return {}
    zone = about.site.tz
    return {
        "visit": visit.id, "visit_sequence": str(visit.sequence), "visit_kind": visit.kind,
        "visit_starts": _moment(visit.starts.astimezone(zone)), "visit_ends": _moment(visit.ends.astimezone(zone)),
        "visit_site": visit.site, "visit_setting": visit.setting, "visit_with": visit.clinician,
        "visit_with_name": visit.clinician_name.full, "visit_room": " ".join(slug for slug, _ in visit.rooms),
        "visit_why": visit.why,
    }  # fmt: skip


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


def _phone(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 else number
