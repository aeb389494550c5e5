"""The JSON of the Medical Network API, which spells a 271 out: Optum's own, and Stedi's legacy one. Pure.

Its description says at each name which loop, segment and element it holds (Optum, Medical Network Eligibility v3), so
it is written as segments again and read like any 271.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from firstvisit.steps.coverage.benefits import Benefits
from firstvisit.steps.coverage.connectors import x12_replies
from firstvisit.steps.coverage.connectors.kept import Kept, traced
from firstvisit.steps.coverage.connectors.port import Reply
from firstvisit.steps.coverage.connectors.spelled import (
    Element,
    Segments,
    Told,
    code_alone,
    code_of,
    knows,
    table,
    told,
)
from firstvisit.steps.coverage.rejections import PERSON, Rejection, Retry, rejection

_LOOP: Final = re.compile(r"Loop\s*(2[01]\d0[A-D])", re.IGNORECASE)
_ENVELOPE: Final = (
    "id", "eligibilitySearchId", "reassociationKey", "tradingPartnerServiceId", "controlNumber", "x12",
)  # fmt: skip
"""Names of the exchange itself, which say nothing of anybody's benefits."""
_LATER: Final = frozenset({"42", "80"})
_MANY: Final = {"admissions": "admission", "discharges": "discharge"}
SEVERAL: Final = "The answer names several dependents and does not say whose the benefits are."


class Refused:
    """What the vendor or the payer refuses, once each, wherever the JSON repeats it."""

    def __init__(self, said: Told) -> None:
        self._by_loop: dict[str, list[Told]] = {}
        seen: set[tuple[str, str, str]] = set()
        subscriber = said.of("subscriber")
        places = [
            ("2100A", said.of("payer").each("aaaErrors")),
            ("2100B", said.of("provider").each("aaaErrors")),
            ("2100B", subscriber.of("responseProvider").each("aaaErrors")),
            ("2100C", [*subscriber.each("aaaErrors"), *subscriber.each("allAAAErrors")]),
            *(
                ("2100D", [*each.each("aaaErrors"), *each.each("allAAAErrors")])
                for each in said.each("dependents")
            ),
            ("", said.each("errors")),
        ]
        self.of_vendor: list[Told] = []
        for place, errors in places:
            for each in errors:
                code, action, where = each.text("code"), each.text("followupAction"), each.text("location")
                stated = _LOOP.search(where)
                loop = stated.group(1).upper() if stated else place
                if not loop or each.text("field") not in ("", "AAA"):
                    self.of_vendor.append(each)  # of the exchange, whatever code it borrows
                elif (code, action, where) not in seen:
                    seen.add((code, action, where))
                    self._by_loop.setdefault(loop, []).append(each)
                each.text("description")
                each.text("possibleResolutions")

    @property
    def any(self) -> bool:
        """Whether the payer refuses anything."""
        return bool(self._by_loop)

    def write(self, segments: Segments, *loops: str) -> None:
        """The AAA of these loops."""
        for loop in loops:
            for each in self._by_loop.pop(loop, ()):
                code, action = each.text("code"), code_of("action", each.text("followupAction"))
                segments.add("AAA", "", "", code_alone(code), code_alone(action))
                for words in (code, action):
                    if words and not code_alone(words):
                        segments.note(loop, words)
                if words := each.text("possibleResolutions"):
                    segments.note(loop, words)


def reply(raw: bytes, content: bytes, *, whom: str, exchange: Kept | None = None) -> Reply:
    """`content` as it was answered; `raw` is what is kept. The 271 in it goes before what was made of it in JSON, for
    that is what the payer sent. Never raises."""
    said = told(content)
    if said is None:
        return x12_replies.reply(raw, content)
    x12 = said.text("x12")
    if x12:
        found = x12_replies.reply(raw, x12.encode())
        if found.benefits or found.rejections:
            return replace(found, media="json")
    refused = Refused(said)
    answers: tuple[Benefits, ...] = ()
    why = f"The answer of {whom} says nothing of benefits."
    if said.each("benefitsInformation") or said.each("planStatus") or refused.any:
        answers = _read(said, refused, made_on=exchange.made_on if exchange else "")
        why = "" if answers else SEVERAL
    if exchange is not None:
        answers = traced(answers, exchange, said.text("controlNumber"))
    rejections = tuple(_of_vendor(each, whom) for each in refused.of_vendor)
    if rejections and not answers:
        why = f"{whom} did not take the question; its words stand in the reply."
    return Reply(raw, "json", answers, rejections, why)


def _of_vendor(error: Told, whom: str) -> Rejection:
    """What the vendor refuses by itself. It borrows the codes of payers: only those that say that somebody does not
    answer at present mean the same."""
    code = error.text("code")
    if code in _LATER:
        return rejection(0, ["AAA", "N", "", code, code_of("action", error.text("followupAction"))], "2100A")
    return Rejection(
        loop="", code=code_alone(code), action="", whose="provider", field="request",
        words=f"{whom} does not take the question",
        ask_for="what its words in the reply mean: its support, with the reply at hand", retry=Retry(PERSON),
        valid_request=False, known=True, n=0,
    )  # fmt: skip


def _read(said: Told, refused: Refused, *, made_on: str = "") -> tuple[Benefits, ...]:
    """What the JSON says. Empty where nobody can tell whose the benefits are."""
    people = said.each("dependents")
    if len(people) > 1 and said.each("benefitsInformation"):
        return ()
    meta = said.of("meta")
    segments = Segments(meta.text("traceId", "outboundTraceId"), made_on)
    meta.drop("traceId", "outboundTraceId", "applicationMode", "submitterId", "billerId", "senderId")
    _payer(segments, said.of("payer"), refused)
    _provider(segments, said, refused)
    subscriber = said.of("subscriber")
    segments.add("HL", "3", "2", "22", "1" if people else "0")
    if not people:
        _traces(segments, said)
    _person(segments, "IL", subscriber, "2100C")
    refused.write(segments, "2000C", "2100C")
    if not people:
        _whole(segments, said)
        _benefits(segments, said)
        refused.write(segments, "2110C")
    for place, person in enumerate(people, 4):
        segments.add("HL", str(place), "3", "23", "0")
        _traces(segments, said)
        _person(segments, "03", person, "2100D")
        refused.write(segments, "2000D", "2100D")
        _whole(segments, said)
        _benefits(segments, said)
        refused.write(segments, "2110D", "2110C", "2000C")
    refused.write(segments, "2100D", "2110D", "2000D")
    for warning in said.each("warnings"):
        segments.note("", ": ".join(filter(None, (warning.text("code"), warning.text("description")))))
    control = said.text("controlNumber")
    said.drop(*_ENVELOPE)
    return segments.read(said, control=control)


def _payer(segments: Segments, payer: Told, refused: Refused) -> None:
    segments.add("HL", "1", "", "20", "1")
    refused.write(segments, "2000A")
    kind, number = _id(payer)
    segments.add(
        "NM1", _entity(payer, "PR"), _type(payer), payer.text("name", "lastName"), payer.text("firstName"),
        payer.text("middleName"), "", payer.text("suffix"), kind, number,
    )  # fmt: skip
    _contacts(segments, payer.of("contactInformation"))
    refused.write(segments, "2100A")


def _provider(segments: Segments, said: Told, refused: Refused) -> None:
    provider = said.of("provider")
    segments.add("HL", "2", "1", "21", "1")
    refused.write(segments, "2000B")
    kind, number = _id(provider)
    segments.add(
        "NM1", _entity(provider, "1P"), _type(provider), provider.text("providerName", "providerOrgName"),
        provider.text("providerFirstName"), provider.text("middleName"), "", provider.text("suffix"), kind, number,
    )  # fmt: skip
    _numbers(segments, said.of("planInformation"), "provider_number")
    _address(segments, provider.of("address"))
    refused.write(segments, "2100B")
    _taxonomy(segments, provider)


def _person(segments: Segments, role: str, person: Told, loop: str) -> None:
    """NM1 with what belongs to it. The numbers come behind INS, so that they are the person's and not an address's."""
    member = person.text("memberId")
    other = "" if member else person.text("uniqueHealthIdentifier")
    segments.add(
        "NM1", _entity(person, role), _type(person), person.text("lastName"), person.text("firstName"),
        person.text("middleName"), "", person.text("suffix"), "MI" if member else "II" if other else "",
        member or other,
    )  # fmt: skip
    _address(segments, person.of("address"))
    _taxonomy(segments, person.of("responseProvider"))
    born, sex = person.text("dateOfBirth"), person.text("gender")
    if born or sex:
        segments.add("DMG", "D8" if born else "", born, sex)
    code, words = person.text("relationToSubscriberCode"), person.text("relationToSubscriber")
    relation, changed = code_of("relationship", code or words), person.text("maintenanceTypeCode")
    person.drop("insuredIndicator", "maintenanceReasonCode")  # follow from the two beside them
    if relation or changed:
        segments.add("INS", "", relation, changed)
    _numbers(segments, person, "number", leaving_out=("memberId",))


def _traces(segments: Segments, said: Told) -> None:
    for each in said.each("subscriberTraceNumbers"):
        kind = each.text("traceTypeCode")
        if not each.text("traceType") or kind:
            segments.add(
                "TRN", kind, each.text("referenceIdentification"), each.text("originatingCompanyIdentifier"),
            )  # fmt: skip


def _whole(segments: Segments, said: Told) -> None:
    """Numbers and dates of the patient as a whole."""
    _numbers(segments, said.of("planInformation"), "number")
    _dates(segments, said.of("planDateInformation"))


def _benefits(segments: Segments, said: Told) -> None:
    stated: set[tuple[str, str]] = set()
    for each in said.each("benefitsInformation"):
        code, services, plan = _benefit(segments, each)
        stated |= {(code, service) for service in services or ("",)} | {(code, f"plan {plan}")}
    for each in said.each(
        "planStatus"
    ):  # the same lines again, by an older name; what is not there stands alone
        services = each.texts("serviceTypeCodes") or each.texts("serviceTypeCode")
        each.drop("serviceTypeCode", "status")
        code, plan = each.text("statusCode"), each.text("planDetails")
        if not {(code, service) for service in services or ("",)} <= stated or (
            plan and (code, f"plan {plan}") not in stated
        ):
            segments.add("EB", code, "", services, "", plan)


def _benefit(segments: Segments, each: Told) -> tuple[str, list[str], str]:
    """One EB with all that hangs on it; its code, service types and plan."""
    code = _coded(each, "code", "name", "benefit")
    services = each.texts("serviceTypeCodes")
    named = each.texts("serviceTypes")
    plan = each.text("planCoverage")
    procedure = each.of("compositeMedicalProcedureIdentifier")
    segments.add(
        "EB",
        code,
        _coded(each, "coverageLevelCode", "coverageLevel", "level"),
        services or named,
        _coded(each, "insuranceTypeCode", "insuranceType", ""),
        plan,
        _coded(each, "timeQualifierCode", "timeQualifier", "period"),
        each.text("benefitAmount"),
        each.text("benefitPercent"),
        _coded(each, "quantityQualifierCode", "quantityQualifier", "unit"),
        each.text("benefitQuantity"),
        code_of("yes", each.text("authOrCertIndicator")),
        _coded(each, "inPlanNetworkIndicatorCode", "inPlanNetworkIndicator", "yes"),
        _procedure(procedure),
        tuple(procedure.texts("diagnosisCodePointer")),
    )
    for delivery in each.each("benefitsServiceDelivery"):
        _delivery(segments, delivery)
    _numbers(segments, each.of("benefitsAdditionalInformation"), "number")
    _dates(segments, each.of("benefitsDateInformation"))
    for message in each.each("additionalInformation"):
        if words := message.text("description"):
            segments.add("MSG", words)
    for place in _once(each, "eligibilityAdditionalInformationList", "eligibilityAdditionalInformation"):
        segments.add(
            "III", _coded(place, "codeListQualifierCode", "codeListQualifier", ""),
            _coded(place, "industryCode", "industry", ""), "",
            place.text("injuredBodyPartName"),
        )  # fmt: skip
    each.drop("headerLoopIdentifierCode", "trailerLoopIdentifierCode")
    for who in _once(each, "benefitsRelatedEntities", "benefitsRelatedEntity"):
        _related(segments, who)
    return code, services or named, plan


def _procedure(procedure: Told) -> Element:
    kind = procedure.text("productOrServiceIdQualifierCode", "productOrServiceIDQualifierCode")
    words = procedure.text("productOrServiceIdQualifier", "productOrServiceIDQualifier")
    parts = [kind or words, procedure.text("procedureCode"), *procedure.texts("procedureModifiers")[:4]]
    last = procedure.text("productOrServiceID")
    if last:
        parts += [""] * (7 - len(parts)) + [last]
    return tuple(parts)


def _delivery(segments: Segments, each: Told) -> None:
    segments.add(
        "HSD",
        _coded(each, "quantityQualifierCode", "quantityQualifier", "unit"),
        each.text("quantity"),
        _unit_of_measure(each),
        each.text("sampleSelectionModulus"),
        _coded(each, "timePeriodQualifierCode", "timePeriodQualifier", "period"),
        each.text("numOfPeriods"),
        each.text(
            "deliveryOrCalendarPatternQualifierCode", "deliveryOrCalendarPatternCode"
        ) or each.text("deliveryOrCalendarPatternQualifier"),
        each.text("deliveryPatternTimeQualifierCode", "deliveryPatternTimeCode")
        or each.text("deliveryPatternTimeQualifier"),
    )  # fmt: skip
    each.drop(
        "deliveryOrCalendarPatternQualifier", "deliveryOrCalendarPatternCode", "deliveryPatternTimeQualifier",
        "deliveryPatternTimeCode",
    )  # fmt: skip


def _unit_of_measure(each: Told) -> str:
    """HSD03: its code stands under one name, its words under two others."""
    code = each.text("unitForMeasurementQualifierCode")
    words = each.text("unitForMeasurementQualifier"), each.text("unitForMeasurementCode")
    return code or next((code_of("per", one) for one in words if one), "")


def _related(segments: Segments, who: Told) -> None:
    segments.add(
        "NM1", _entity(who, "", "entityIdentifier"), _type(who), who.text("entityName"), who.text("entityFirstname"),
        who.text("entityMiddlename"), "", who.text("entitySuffix"), who.text("entityIdentification"),
        who.text("entityIdentificationValue"),
    )  # fmt: skip
    _address(segments, who.of("address"))
    _contacts(segments, who.of("contactInformation"))
    _taxonomy(segments, who.of("providerInformation"))


def _once(each: Told, many: str, one: str) -> Iterable[Told]:
    """The list of that name. The older single one repeats its first and counts where there is no list."""
    found = each.each(many)
    if found:
        each.drop(one)
        return found
    return each.each(one)


def _coded(each: Told, code: str, words: str, name: str) -> str:
    """A code, or that of the words where there is none."""
    found, said = each.text(code), each.text(words)
    return found or (code_of(name, said) if name else said)


def _entity(who: Told, role: str, name: str = "entityIdentifier") -> str:
    words = who.text(name)
    if role and not knows("entity", words):
        return words if words else role
    return code_of("entity", words)


def _type(who: Told) -> str:
    return who.one_of("entityType", {"Person": "1", "Non-Person Entity": "2"})


def _id(who: Told) -> tuple[str, str]:
    """NM108 and NM109 from the first number that is stated; further ones stay unasked, and so are said."""
    for name, kind in table("id").items():
        if number := who.text(name):
            return kind, number
    return "", ""


def _address(segments: Segments, address: Told) -> None:
    street = address.text("address1"), address.text("address2")
    if any(street):
        segments.add("N3", *street)
    place = [address.text(name) for name in ("city", "state", "postalCode")]
    if any(place):
        segments.add("N4", *place)


def _contacts(segments: Segments, contact: Told) -> None:
    """PER, of at most three numbers each."""
    numbers = [
        (code_of("contact", each.text("communicationMode")), each.text("communicationNumber"))
        for each in contact.each("contacts")
    ]
    name = contact.text("name")
    for start in range(0, max(len(numbers), 1 if name else 0), 3):
        segments.add("PER", "IC", name, *(part for pair in numbers[start : start + 3] for part in pair))


def _taxonomy(segments: Segments, who: Told) -> None:
    code, taxonomy = who.text("providerCode"), who.text("referenceIdentification")
    if code or taxonomy:
        segments.add("PRV", code, "PXC" if taxonomy else "", taxonomy)


def _numbers(segments: Segments, source: Told, name: str, *, leaving_out: tuple[str, ...] = ()) -> None:
    """A REF for each number, with what describes it."""
    described = {code: words for key, code in table("described").items() if (words := source.text(key))}
    written: set[tuple[str, str]] = set()
    for key, kind in table(name).items():
        if key not in leaving_out and (number := source.text(key)) and (kind, number) not in written:
            segments.add("REF", kind, number, described.pop(kind, ""))
            written.add((kind, number))
    for kind, words in described.items() if name == "number" else ():
        segments.add("REF", kind, "", words)


def _dates(segments: Segments, source: Told) -> None:
    """A DTP for each date: one day, or a period with a hyphen. Where a list has all of a kind, the one beside it is
    its first again."""
    for name in source.names:
        if name in _MANY:
            for each in source.each(name):
                day, begin, end = (each.text(key) for key in ("date", "startDate", "endDate"))
                segments.add(
                    "DTP", table("date")[_MANY[name]], "D8" if day else "RD8", day or f"{begin}-{end}"
                )
        elif name in table("date") and (said := source.text(name)) and not source.each(f"{name}s"):
            segments.add("DTP", table("date")[name], "RD8" if "-" in said else "D8", said)
