"""pVerify's eligibility summary, where there is no 271 to read: its `ServiceDetails` are EBs in words. Pure.

Shape: pVerify's published Postman collection (postman.pverify.com: EligibilitySummary) and the classes that public
clients made of its answers. Not verified against the vendor. What its many further summaries say again, and what has
no place in a 271, stands among what is not understood.
"""

from __future__ import annotations

import re
from typing import Final

from firstvisit.steps.coverage.benefits import Benefits
from firstvisit.steps.coverage.connectors.spelled import Segments, Told, code_of, table

_DAY: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_STATES: Final = {"active": "1", "inactive": "6"}
_KINDS_OF_NUMBER: Final = {"member id": "1W", "group number": "6P", "plan number": "18"}


def read(said: Told, *, made_on: str = "") -> tuple[Benefits, ...]:
    """What a summary says, of one patient."""
    segments = Segments(made_on=made_on)
    segments.add("HL", "1", "", "20", "1")
    segments.add(
        "NM1", "PR", "2", said.text("PayerName"), "", "", "", "", "PI", said.text("PverifyPayerCode")
    )
    segments.add("HL", "2", "1", "21", "1")
    people = said.of("DemographicInfo")
    subscriber, dependent = people.of("Subscriber"), people.of("Dependent")
    segments.add("HL", "3", "2", "22", "1" if dependent else "0")
    _person(segments, subscriber, "IL")
    if dependent:
        segments.add("HL", "4", "3", "23", "0")
        _person(segments, dependent, "03")
    asked, _, until = said.text("DOS").partition("-")
    if day := _date(asked):
        segments.add("DTP", "291", "D8" if _date(until) in ("", day) else "RD8", _span(day, _date(until)))
    _plan(segments, said.of("PlanCoverageSummary"))
    for service in said.each("ServiceDetails"):
        name = service.text("ServiceName")
        for detail in service.each("EligibilityDetails"):
            _detail(segments, detail, code_of("service", name))
    for name in (
        "ExceptionNotes",
        "AddtionalInfo",
        "EDIErrorMessage",
        "PossibleResolution",
        "STCsStatusMessage",
    ):
        if words := said.text(name):
            segments.note("", words)
    said.drop("RequestID", "APIResponseCode", "APIResponseMessage", "ReferrenceId", "Location", "VerificationType",
              "InternalId", "CustomerId", "DetailsURL", "IsPayerBackOffice", "ResultPracticeType",
              "ProcessedWithError", "FollowUpAction", "ErrorCode", "ErrorDescription")  # fmt: skip
    return segments.read(said)


def _person(segments: Segments, who: Told, role: str) -> None:
    numbers = [
        (each.text("Type"), each.text("Code"), each.text("Name")) for each in who.each("Identification")
    ]
    member = next((code for kind, code, _ in numbers if "member" in kind.casefold()), "")
    segments.add(
        "NM1", role, "1", who.text("Lastname_R", "Lastname"), who.text("Firstname"), who.text("Middlename"), "",
        who.text("Suffix"), "MI" if member else "", member,
    )  # fmt: skip
    who.drop("FullName")
    street = who.text("Address1"), who.text("Address2")
    if any(street):
        segments.add("N3", *street)
    place = who.text("City"), who.text("State"), who.text("Zip")
    if any(place):
        segments.add("N4", *place)
    born, sex = _date(who.text("DOB_R", "DOBR")), who.text("Gender_R", "Gender")[:1].upper()
    if born or sex:
        segments.add("DMG", "D8" if born else "", born, sex)
    for kind, code, name in numbers:
        qualifier = _KINDS_OF_NUMBER.get(" ".join(kind.casefold().split()))
        if code and code != member and qualifier:
            segments.add("REF", qualifier, code, name)
        elif code and code != member:
            segments.note("2100C", f"{kind}: {code} {name}".strip())
    for each in who.each("Date"):
        _dated(segments, each, "2100C")


def _plan(segments: Segments, plan: Told) -> None:
    words = plan.text("Status")
    code = _STATES.get(words.casefold(), "")
    for name, kind in (("EffectiveDate", "346"), ("ExpiryDate", "347")):
        if day := _date(plan.text(name)):
            segments.add("DTP", kind, "D8", day)
    for number, name, kind in (
        ("GroupNumber", "GroupName", "6P"), ("PlanNumber", "", "18"), ("PlanNetworkID", "PlanNetworkName", "N6"),
    ):  # fmt: skip
        said, described = plan.text(number), plan.text(name) if name else ""
        if said or described:
            segments.add("REF", kind, said, described)
    if code:
        segments.add("EB", code, "", "30", "", plan.text("PlanName"))
    elif words:
        segments.note("2110C", f"status: {words}")


def _detail(segments: Segments, each: Told, service: str) -> None:
    segments.add(
        "EB",
        code_of("benefit", each.text("EligibilityOrBenefit")),
        code_of("level", each.text("CoverageLevel")),
        service,
        each.text("InsuranceType"),
        each.text("PlanCoverageDescription"),
        code_of("period", each.text("TimePeriodQualifier")),
        _money(each.text("MonetaryAmount")),
        _share(each.text("Percent")),
        code_of("unit", each.text("QuantityQualifier")),
        each.text("Quantity"),
        code_of("yes", each.text("AuthorizationOrCertificationRequired")),
        code_of("yes", each.text("PlanNetworkIndicator")),
        ("", procedure) if (procedure := each.text("Procedure")) else "",
    )
    for delivery in each.texts("HealthCareServiceDeliveries"):
        segments.add("MSG", delivery)
    for words in each.texts("Message"):
        segments.add("MSG", words)
    if place := each.text("PlaceOfService"):
        segments.add("III", "ZZ", place)
    for date in each.each("Date"):
        _dated(segments, date, "2110C")
    for who in each.each("BenefitEntities"):
        number = who.text("IdentificationCode")
        segments.add(
            "NM1", code_of("entity", who.text("EntityType")), "1" if who.text("Firstname") else "2",
            who.text("Lastname_R", "Lastname"), who.text("Firstname"), who.text("Middlename"), "", who.text("Suffix"),
            who.text("IdentificationType"), number,
        )  # fmt: skip
        street, place_of = (
            (who.text("Address1"), who.text("Address2")),
            (who.text("City"), who.text("State"), who.text("Zip")),
        )
        if any(street):
            segments.add("N3", *street)
        if any(place_of):
            segments.add("N4", *place_of)
        for reach in who.each("CommunicationNumber"):
            segments.add("PER", "IC", "", code_of("contact", reach.text("Type")), reach.text("Number"))


def _dated(segments: Segments, each: Told, loop: str) -> None:
    """A date whose kind stands in words: one of the standard's where it is called so, else only noted."""
    words, said = each.text("Type"), each.text("Date")
    kind = _KINDS_OF_DATE.get(" ".join(words.casefold().split()))
    begin, _, end = said.partition("-")
    if kind and _date(begin):
        segments.add("DTP", kind, "RD8" if end else "D8", _span(_date(begin), _date(end)))
    elif words or said:
        segments.note(loop, f"{words}: {said}")


def _words_of_dates() -> dict[str, str]:
    split = re.compile(r"(?<=[a-z])(?=[A-Z])")
    return {split.sub(" ", name).casefold(): code for name, code in table("date").items()}


_KINDS_OF_DATE: Final = _words_of_dates()


def _date(text: str) -> str:
    found = _DAY.search(text)
    return f"{found[3]}{int(found[1]):02}{int(found[2]):02}" if found else ""


def _span(day: str, until: str) -> str:
    return f"{day}-{until}" if until and until != day else day


def _money(text: str) -> str:
    return text.replace("$", "").replace(",", "").strip()


def _share(text: str) -> str:
    """A percentage as the share of one that EB08 is; with a % behind it, it is one of a hundred."""
    if not text.endswith("%"):
        return text
    digits = text.removesuffix("%").strip()
    return f"{int(digits) / 100:.2f}" if digits.isdecimal() else text
