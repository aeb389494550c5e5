"""What follows from several values of a form together: who leads, which cover, which program, that it is an order."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from firstvisit.steps.intake.understanding import confidence
from firstvisit.steps.intake.understanding.forms.field import Field
from firstvisit.steps.intake.understanding.found import Found
from firstvisit.steps.intake.understanding.values import people_words, programs

_FROM_ELSEWHERE = ("school", "case_manager", "social_worker")
_ADULT, _OLD = 18, 65


def concluded(found: Sequence[Found], fields: Sequence[Field], written_on: dt.date) -> list[Found]:
    """The values that follow from `found`, for each patient; each stands at the place of what it follows from."""
    more: list[Found] = []
    for patient in sorted({each.patient for each in found}):
        of = _Of(patient, [each for each in found if each.patient == patient], fields, written_on)
        for each in (*of.lead(), *of.cover(), *of.authorized(), *of.role(), *of.order(), *of.program()):
            more.append(each)
    return more


class _Of:
    """One patient's values, asked by their paths."""

    def __init__(
        self, patient: int, found: Sequence[Found], fields: Sequence[Field], written_on: dt.date
    ) -> None:
        self.patient, self.found, self.fields, self.written_on = patient, found, fields, written_on

    def best(self, path: str) -> Found | None:
        return max(
            (each for each in self.found if each.path == path), key=lambda each: each.confidence, default=None
        )

    def follows(self, source: Found, path: str, value: object, sure: float = 1.0) -> Found:
        """`value` stated at the place of `source`, no surer than it."""
        base = confidence.of("follows from") + 0.05
        return replace(
            source, path=path, value=value, rule="follows from", confidence=round(min(base, 1) * sure, 3)
        )

    def lead(self) -> Iterator[Found]:
        source = self.best("referrer.name") or self.best("referrer.organization") or self.best("referrer.npi")
        if source and (self.best("patient.last_name") or self.best("patient.first_name")):
            yield self.follows(source, "lead_kind", "referral_partner")

    def cover(self) -> Iterator[Found]:
        name = self.best("payers.0.name")
        if name is None or self.best("payers.0.kind"):
            return
        said = [f"{each.label} {each.text}" for each in self.fields]
        injured = any(
            re.search(r"injured (?:worker|employee)|work(?:ers)?'? comp", each, re.I) for each in said
        )
        crash = any(re.search(r"motor vehicle|\bMV[AC]\b|(?:auto|car) accident", each, re.I) for each in said)
        claim = any(each.key == "claim" and each.value for each in self.fields)
        kind = "workers_comp" if injured else "auto" if crash and claim else "commercial"
        yield self.follows(name, "payers.0.kind", kind, 0.98)

    def authorized(self) -> Iterator[Found]:
        """A number is given with the approval."""
        number = self.best("payers.0.authorization_number")
        if number and not self.best("payers.0.authorization_status"):
            yield self.follows(number, "payers.0.authorization_status", "approved", 0.94)

    def role(self) -> Iterator[Found]:
        who = self.best("referrer.credential") or self.best("referrer.organization")
        if who is None or self.best("referrer.role"):
            return
        if role := people_words.role_of(str(who.value)) or (
            "school" if "school" in str(who.value).lower() else None
        ):
            yield self.follows(who, "referrer.role", role)

    def order(self) -> Iterator[Found]:
        """A form on which a clinician orders therapy over a line to sign is an order."""
        signed, role = self.best("order_signed"), self.best("referrer.role")
        if signed is None or (role is not None and role.value in _FROM_ELSEWHERE):
            return
        if (self.best("disciplines") or self.best("service")) and (
            self.best("referrer.npi") or self.best("referrer.credential")
        ):
            yield self.follows(signed, "documents", "order", 0.96)

    def program(self) -> Iterator[Found]:
        """The program that the complaint and the codes speak of."""
        told = [each for each in self.found if each.path in ("concern", "diagnoses")]
        wanted = {
            str(each.value) for each in self.found if each.path == "disciplines" and each.confidence > 0.8
        }
        if not told and not wanted:
            return
        years = self._years()
        read = programs.program(
            "\n".join(each.quote for each in told),
            codes=[str(each.value["code"]) for each in told if isinstance(each.value, dict)],
            wanted=wanted,
            child=None if years is None else years < _ADULT,
            old=years is not None and years >= _OLD,
        )
        source = (told or [each for each in self.found if each.path == "disciplines"])[0]
        if read is not None:
            yield self.follows(source, "program", read.slug, 0.84 + 0.14 * min(1.0, 3 * read.lead))

    def _years(self) -> float | None:
        born, age = self.best("patient.date_of_birth"), self.best("patient.age_years")
        if born is not None:
            return (self.written_on - dt.date.fromisoformat(str(born.value))).days / 365.25
        return float(str(age.value)) if age else None
