"""A coverage as Availity's Coverages API answers it: plans, their benefits by network, in words of its own. Pure.

Shape: Availity's own Swagger document "Coverages 1.0.0" (api.availity.com, as harvested in
github.com/api-evangelist/availity). It is a 271 put into another order, so it is written as segments again; what
cannot be placed is said. Not verified against the vendor: which dates stand behind coverageStartDate, and whether a
percentage is a share of one, nobody public says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from firstvisit.steps.coverage import codes
from firstvisit.steps.coverage.benefits import ACTIVE, INACTIVE, Benefits
from firstvisit.steps.coverage.connectors.spelled import Element, Segments, Told, code_of, knows
from firstvisit.steps.coverage.lines import number

_NETWORKS: Final = {"inNetwork": "Y", "outOfNetwork": "N", "notApplicableNetwork": "W", "noNetwork": ""}
_DETAILS: Final = {
    "limitations": "F", "exclusions": "E", "nonCovered": "I", "benefitDescriptions": "D", "coverageBasis": "CB",
    "costContainment": "J", "preexistingConditions": "M", "reserve": "K",
}  # fmt: skip
_AMOUNTS: Final = {"coPayment": "B", "coInsurance": "A", "deductibles": "C", "outOfPocket": "G"}
_DATES: Final = {
    "coverageStartDate": "346", "coverageEndDate": "347", "planStartDate": "346", "planEndDate": "347",
    "eligibilityStartDate": "356", "eligibilityEndDate": "357", "benefitBeginDate": "348", "benefitEndDate": "349",
    "periodStartDate": "193", "periodEndDate": "194", "policyEffectiveDate": "539", "policyExpirationDate": "540",
    "cobraStartDate": "340", "cobraEndDate": "341", "premiumPaidToBeginDate": "342", "premiumPaidToEndDate": "343",
    "admissionDate": "435", "dischargeDate": "096", "certificationDate": "458", "completionDate": "198",
    "effectiveChangeDate": "152", "planEnrollmentDate": "382", "addedDate": "318", "issueDate": "102",
    "lastUpdateDate": "636", "statusDate": "771", "serviceDate": "472", "lastVisitDate": "304",
    "primaryCareProviderDate": "295", "coordinationOfBenefitsDate": "290",
}  # fmt: skip
_NUMBERS: Final = {
    "groupNumber": "6P", "planNumber": "18", "planNetworkId": "N6", "policyNumber": "1L", "insurancePolicyNumber": "IG",
    "identityCardNumber": "HJ", "identificationCardSerialNumber": "GH", "healthInsuranceClaimNumber": "F6",
    "medicaidRecipientIdentificationNumber": "NQ", "medicaidRecipientId": "NQ", "medicaidId": "NQ",
    "memberIdentificationNumber": "1W", "familyUnitNumber": "49", "priorAuthorizationNumber": "G1",
    "referralNumber": "9F", "agencyClaimNumber": "Y4", "contractNumber": "CT", "contractClassCode": "CE",
    "issueNumber": "IF", "medicalRecordNumber": "EA", "priorIdentificationNumber": "Q4", "caseNumber": "3H",
    "patientAccountNumber": "EJ", "ssn": "SY", "groupOrPolicyNumber": "1L",
}  # fmt: skip
_NAMES: Final = {"groupNumber": "groupName", "planNumber": "planName", "planNetworkId": "planNetworkName"}
_RANKS: Final = {"primary": "PRP", "secondary": "SEP", "tertiary": "TTP"}
_STATES: Final = ACTIVE | INACTIVE
_MONEY: Final = frozenset({"", "usd", "$", "dollar", "dollars", "us dollars"})
_NOWHERE: Final = ("", "", "", "")
_REMAINING: Final = frozenset({"29", "33"})


def read(said: Told) -> tuple[Benefits, ...]:
    """What a whole coverage says, of one patient."""
    made_on = _day(said.text("updatedDate")) or _day(said.text("createdDate"))
    said.drop("createdDate", "updatedDate", "expirationDate", "customerId", "id", "status", "statusCode",
              "requestedServiceType", "procedureCode", "submitterStatecode", "links", "cardIssueDate")  # fmt: skip
    segments = Segments(said.text("controlNumber"), made_on)
    subscriber, patient = said.of("subscriber"), said.of("patient")
    relation = patient.text("subscriberRelationshipCode") or code_of(
        "relationship", patient.text("subscriberRelationship")
    )
    patient.drop("subscriberRelationship")
    is_dependent = relation not in ("", "18") and bool(patient.text("lastName") or patient.text("firstName"))
    _payer(segments, said.of("payer"))
    segments.add("HL", "2", "1", "21", "1")
    _contact(segments, said.of("requestingProvider"), "1P")
    segments.add("HL", "3", "2", "22", "1" if is_dependent else "0")
    _person(segments, subscriber or patient, "IL", "" if is_dependent else relation)
    if is_dependent:
        segments.add("HL", "4", "3", "23", "0")
        _person(segments, patient, "03", relation)
    elif subscriber and patient:
        _same(segments, patient, subscriber)
    if day := _day(said.text("asOfDate")):
        until = _day(said.text("toDate"))
        is_period = until not in ("", day)
        segments.add("DTP", "291", "RD8" if is_period else "D8", f"{day}-{until}" if is_period else day)
    plans = said.each("plans")
    for plan in plans:
        _plan(segments, plan, alone=len(plans) == 1)
    for message in said.each("validationMessages"):
        parts = (message.text(name) for name in ("field", "code", "errorMessage"))
        segments.note("", ": ".join(filter(None, parts)))
    return segments.read(said, control=said.text("controlNumber"))


def _payer(segments: Segments, payer: Told) -> None:
    """Who answers, as it calls itself; else as it was asked. Where the two differ, the other is said."""
    segments.add("HL", "1", "", "20", "1")
    name, code = payer.text("responseName"), payer.text("responsePayerId")
    segments.add(
        "NM1", "PR", "2", name or payer.text("name"), "", "", "", "", "PI", code or payer.text("payerId")
    )
    payer.text("responseName", "name")
    payer.text("responsePayerId", "payerId")
    _reached(segments, payer)


def _person(segments: Segments, who: Told, role: str, relation: str) -> None:
    member = who.text("memberId")
    segments.add(
        "NM1", role, "1", who.text("lastName"), who.text("firstName"), who.text("middleName"), "", who.text("suffix"),
        "MI" if member else "", member,
    )  # fmt: skip
    _address(segments, who.of("address"))
    born, sex = _day(who.text("birthDate")), who.text("genderCode")
    who.drop("gender")
    if born or sex:
        segments.add("DMG", "D8" if born else "", born, sex)
    changed = "001" if who.flag("updateYourRecords") else ""
    if relation or changed:
        segments.add("INS", "Y" if relation == "18" else "N" if relation else "", relation, changed)
    _hang(segments, who)
    if died := _day(who.text("deathDate")):
        segments.add("DTP", "442", "D8", died)


def _same(segments: Segments, patient: Told, subscriber: Told) -> None:
    """The patient beside the subscriber who is the same: what says the same is no loss, what differs stays unasked."""
    for name in (
        "lastName",
        "firstName",
        "middleName",
        "suffix",
        "memberId",
        "birthDate",
        "genderCode",
        "gender",
    ):
        if not patient.text(name) or patient.text(name) == subscriber.text(name):
            continue
        segments.note("2100C", f"{name}: {patient.text(name)}")
    patient.flag("updateYourRecords")
    if patient.of("address") and not subscriber.of("address"):
        _address(segments, patient.of("address"))
    if died := _day(patient.text("deathDate")):
        segments.add("DTP", "442", "D8", died)
    _hang(segments, patient)


def _plan(segments: Segments, plan: Told, *, alone: bool) -> None:
    """One plan. Its dates are the patient's where there is no other; else they stand at every line that says active or
    not, so that a plan that ended does not end the one beside it."""
    status = _state(segments, plan)
    name, insurance = plan.text("planName"), plan.text("insuranceTypeCode")
    if insurance:
        plan.drop("insuranceType")
    if status and not alone:
        segments.add("EB", status, "", "30", insurance, name)
    _numbers(segments, plan)
    dates = list(_dates(plan))
    for kind, form, day in dates:
        segments.add("DTP", kind, form, day)
    if status and alone:
        segments.add("EB", status, "", "30", insurance, name)
    for note in _notes(plan):
        segments.note("2110C", note)
    _details(segments, plan, "")
    for benefit in plan.each("benefits"):
        _benefit(segments, benefit, [] if alone else dates)
    if doctor := plan.of("primaryCareProvider"):
        segments.add("EB", "L")
        _contact(segments, doctor, "P3")
    for contact in plan.each("contacts"):
        segments.add("EB", "U")
        _contact(segments, contact, "")
    for payer in plan.each("additionalPayers"):
        _other_payer(segments, payer, "")


def _benefit(segments: Segments, benefit: Told, of_plan: list[tuple[str, str, str]]) -> None:
    service = benefit.text("type")
    if service in codes.table("service"):
        benefit.drop("name")
    else:
        service = code_of("service", benefit.text("name")) or service
    status = _state(segments, benefit)
    details = list(_by_network(benefit.of("statusDetails")))
    for network, each in details:
        code = _state(segments, each) or status
        _entry(segments, each, code, service, network, of_plan)
    if status and not details:
        segments.add("EB", status, "", service)
        for kind, form, day in of_plan:
            segments.add("DTP", kind, form, day)
    for note in _notes(benefit):
        if status and not details:
            segments.add("MSG", note)
        else:
            segments.note("2110C", note)
    amounts = benefit.of("amounts")
    for name, code in _AMOUNTS.items():
        for network, each in _by_network(amounts.of(name)):
            _entry(segments, each, code, service, network)
    _details(segments, benefit, service)
    for contact in benefit.each("contacts"):
        segments.add("EB", "U", "", service)
        _contact(segments, contact, "")
    for payer in benefit.each("additionalPayers"):
        _other_payer(segments, payer, service)


def _details(segments: Segments, source: Told, service: str) -> None:
    for name, code in _DETAILS.items():
        for network, each in _by_network(source.of(name)):
            _entry(segments, each, code, service, network)


def _by_network(detail: Told) -> Iterator[tuple[str, Told]]:
    for name, network in _NETWORKS.items():
        for each in detail.each(name):
            yield network, each


def _entry(
    segments: Segments,
    each: Told,
    code: str,
    service: str,
    network: str,
    of_plan: Sequence[tuple[str, str, str]] = (),
) -> None:
    """One entry as the EBs that it stands for: what it is, what it is in total, what is left of it."""
    if not code:
        return
    level = each.text("levelCode") or code_of("level", each.text("level"))
    insurance, plan = each.text("insuranceTypeCode"), each.text("planName")
    for words, kept in (("level", level), ("insuranceType", insurance)):
        if kept:
            each.drop(words)
    needed = each.flag("authorizationRequired")
    unknown = each.flag("authorizationRequiredUnknown")
    auth = "" if needed is None and not unknown else "U" if unknown else "Y" if needed else "N"
    unit = each.text("quantityQualifierCode") or code_of("unit", each.text("quantityQualifier"))
    if unit:
        each.drop("quantityQualifier")
    quantity, units, sums = each.text("quantity"), each.text("units"), list(_sums(each))
    made = [(each_sum, _placed(each_sum[0], units, code)) for each_sum in sums]
    if quantity or not sums:
        # What is counted stands for itself. Sums beside it that do not say of what they are might count it, too, or be
        # money: an amount is money, as it is called, and of what is left nobody can tell.
        if not units:
            made = [(one, placed if one[2] == "amount" else _NOWHERE) for one, placed in made]
        made.insert(0, (("", _period(each, "amount"), ""), ("", "", unit, quantity)))
    lost = [one for one, placed in made if one[0] and not any(placed)]
    for said, _, name in lost:
        segments.note("2110C", f"{name}: {said} {units}".strip())
    made = [(one, placed) for one, placed in made if one not in lost] or [(("", "", ""), _NOWHERE)]
    hanging = _hanging(each, of_plan)
    known = {period for (_, period, name), _ in made if name != "remaining"}
    for (_, period, name), (amount, share, counted, count) in made:
        left = name == "remaining"
        segments.add(
            "EB", code, level, service, insurance, plan, "29" if left and period not in _REMAINING else period,
            amount, share, counted, count, auth, network,
        )  # fmt: skip
        for segment in hanging:
            segments.add(*segment)
        if left and period not in _REMAINING | known | {""}:
            segments.note("2110C", f"remaining of: {period}")
    for contact in each.each("contacts"):
        segments.add("NM1", "PR", "2", contact.text("name"))
        _numbers_to_reach(segments, contact)
    each.drop("status", "statusCode")


def _sums(each: Told) -> Iterator[tuple[str, str, str]]:
    """What is stated, in all, and left: each with its EB06 and its name."""
    for name in ("amount", "total", "remaining"):
        period = _period(each, name)
        if said := each.text(name):
            yield said, period, name


def _period(each: Told, name: str) -> str:
    code, words = each.text(f"{name}TimePeriodCode"), each.text(f"{name}TimePeriod")
    return code or code_of("period", words)


def _placed(said: str, units: str, code: str) -> tuple[str, str, str, str]:
    """A sum as EB07, EB08, EB09 and EB10, by its units: money, a share of a hundred, or a count of something. Of units
    that nobody knows it is none of these."""
    plain = units.casefold().strip()
    if not said:
        return "", "", "", ""
    if "percent" in plain or "%" in plain or (code == "A" and not plain):
        return "", _share(said), "", ""
    if plain in _MONEY:
        return said.removeprefix("$").replace(",", ""), "", "", ""
    return ("", "", code_of("unit", units), said) if knows("unit", units) else ("", "", "", "")


def _hanging(each: Told, of_plan: Sequence[tuple[str, str, str]]) -> list[tuple[str, *tuple[Element, ...]]]:
    """The segments that hang on every EB of an entry: what narrows one of them narrows all."""
    own = Segments()
    for delivery in each.each("deliveryInformation"):
        _delivery(own, delivery)
    _numbers(own, each)
    for kind, form, day in (*_dates(each), *of_plan):
        own.add("DTP", kind, form, day)
    for words in (*each.texts("payerNotes"), each.text("description")):
        if words:
            own.add("MSG", words)
    where = each.text("placeOfServiceCode") or each.text("placeOfService")
    if where:
        each.drop("placeOfService")
        own.add("III", "ZZ", where)
    return own.added()


def _share(said: str) -> str:
    """A percentage as the share of one that EB08 is: over 1 it is one of a hundred."""
    value = number(said.removesuffix("%").strip())
    return said if value is None else f"{(value / 100 if value > 1 else value):f}"


def _state(segments: Segments, source: Told) -> str:
    """EB01 of a status, where it is one that a 271 has; another code would say something else there, so its words are
    only noted."""
    code, words = source.text("statusCode"), source.text("status")
    said = code if code in _STATES else code_of("benefit", words)
    if said in _STATES:
        return said
    if code or words:
        segments.note("2110C", f"status: {' '.join(filter(None, (code, words)))}")
    return ""


def _notes(source: Told) -> Iterator[str]:
    for note in source.each("payerNotes"):
        note.drop("type", "typeCode")
        if words := note.text("message"):
            yield words


def _numbers(segments: Segments, source: Told) -> None:
    """A REF for each number, with the name beside it."""
    for name, kind in _NUMBERS.items():
        described = source.text(_NAMES[name]) if name in _NAMES else ""
        number_said = source.text(name)
        if number_said or (described and name != "planNumber"):
            segments.add("REF", kind, number_said, described)


def _dates(source: Told) -> Iterator[tuple[str, str, str]]:
    """The elements of a DTP for each date."""
    for name, kind in _DATES.items():
        if day := _day(source.text(name)):
            yield kind, "D8", day
    begin, end = (_day(source.text(f"coordinationOfBenefits{each}Date")) for each in ("Begin", "End"))
    if begin or end:
        yield "290", "RD8", f"{begin}-{end}"


def _hang(segments: Segments, source: Told) -> None:
    """Numbers and dates of whoever stands before."""
    _numbers(segments, source)
    for kind, form, day in _dates(source):
        segments.add("DTP", kind, form, day)


def _delivery(segments: Segments, each: Told) -> None:
    unit = each.text("quantityQualifierCode") or code_of("unit", each.text("quantityQualifier"))
    per = each.text("perCode") or code_of("per", each.text("per"))
    period = each.text("timePeriodCode") or code_of("period", each.text("timePeriod"))
    segments.add(
        "HSD", unit, each.text("quantity"), per, each.text("amount"), period, each.text("timePeriods"),
        each.text("patternCode") or each.text("pattern"), each.text("timeCode") or each.text("time"),
    )  # fmt: skip
    each.drop("quantityQualifier", "per", "timePeriod", "pattern", "time")


def _other_payer(segments: Segments, payer: Told, service: str) -> None:
    segments.add("EB", "R", "", payer.text("serviceTypeCode") or service)
    ranks = [code for name, code in _RANKS.items() if payer.flag(name)]
    _hang(segments, payer)
    for note in payer.texts("payerNotes"):
        segments.add("MSG", note)
    name, code = (
        payer.text("responseName") or payer.text("name"),
        payer.text("responsePayerId") or payer.text("payerId"),
    )
    segments.add("NM1", ranks[0] if ranks else "PR", "2", name, "", "", "", "", "PI" if code else "", code)
    _reached(segments, payer)
    insured = [payer.text(f"insured{part}") for part in ("LastName", "FirstName", "MiddleName", "MemberId")]
    if any(insured):
        segments.add("NM1", "IL", "1", *insured[:3], "", "", "MI" if insured[3] else "", insured[3])


def _contact(segments: Segments, who: Told, role: str) -> None:
    said = who.text("categoryCode") or code_of("entity", who.text("category"))
    if said:
        who.drop("category")
    last = who.text("lastName") or who.text("name")
    is_person = bool(who.text("firstName"))
    npi, tax = who.text("npi"), who.text("taxId")
    segments.add(
        "NM1", role or said, "1" if is_person else "2", last, who.text("firstName"), who.text("middleName"), "", "",
        "XX" if npi else "FI" if tax else "", npi or tax,
    )  # fmt: skip
    _reached(segments, who)
    if taxonomy := who.text("specialtyCode"):
        who.drop("specialty")
        segments.add("PRV", who.text("roleCode"), "PXC", taxonomy)


def _reached(segments: Segments, who: Told) -> None:
    _address(segments, who.of("address"))
    for each in who.each("contactInformation"):
        _numbers_to_reach(segments, each)


def _numbers_to_reach(segments: Segments, contact: Told) -> None:
    numbers = [
        (kind, said)
        for name, kind in (
            ("phone", "TE"), ("workPhone", "WP"), ("fax", "FX"), ("emailAddress", "EM"), ("url", "UR"),
            ("ediAccessNumber", "ED"),
        )
        if (said := contact.text(name))
    ]  # fmt: skip
    for start in range(0, len(numbers), 3):
        segments.add(
            "PER", "IC", contact.text("name"), *(part for pair in numbers[start : start + 3] for part in pair)
        )


def _address(segments: Segments, address: Told) -> None:
    street = address.text("line1"), address.text("line2")
    if any(street):
        segments.add("N3", *street)
    place = address.text("city"), address.text("stateCode") or address.text("state"), address.text("zipCode")
    if any(place):
        address.drop("state")
        segments.add("N4", *place)


def _day(text: str) -> str:
    """CCYYMMDD of an ISO 8601 moment or day; the text itself where it is none, so that the reader says so."""
    head = text[:10]
    return head.replace("-", "") if len(head) == 10 and head[4] == head[7] == "-" else text
