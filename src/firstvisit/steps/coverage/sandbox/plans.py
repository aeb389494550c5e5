"""What invented plans say of therapy, in all the ways that payers say it: the lines of a 271. Pure.

Amounts and counts follow the month of the visit that was asked about: a deductible shrinks and visits are used up over
the year. Physical therapy has a copay, occupational therapy a share of the price behind the deductible, speech therapy
a small copay and a share, and a deductible of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from firstvisit.steps.coverage.inquiries import Inquiry
from firstvisit.steps.coverage.sandbox.drafts import Draft, Segment, eb, together

PLAN, PT, OT, SLP = "30", "PT", "AD", "AF"
THERAPIES: Final = (PT, OT, SLP)
DEDUCTIBLE: Final = 1500
OUT_OF_POCKET: Final = 6000
VISITS: Final = 30
_PER_MONTH: Final = 125
_YEAR, _LEFT, _VISIT = "23", "29", "27"


def clean(of: Inquiry) -> Draft:
    """Active, covered, no authorization, everything stated."""
    return _draft(of, [*_therapy(of, authorization="N"), *_cost(of), *_visits(of)])


def inactive(of: Inquiry) -> Draft:
    """Ended on the last day of the month before the visit."""
    until = of.service_date.replace(day=1) - dt.timedelta(days=1)
    return Draft(of, [eb("6", PLAN), ("DTP", "347", "D8", f"{until:%Y%m%d}")], until=until)


def pending(of: Inquiry) -> Draft:
    """Active, while the payer looks into it."""
    return _draft(of, [*_therapy(of), *_cost(of)], plan="5")


def excluded(of: Inquiry) -> Draft:
    """Active, and this therapy is not covered."""
    return _draft(of, [eb("I", of.service), ("MSG", "THERAPY IS NOT A COVERED BENEFIT OF THIS PLAN")])


def not_stated(of: Inquiry) -> Draft:
    """Active, and not a word on therapy: many payers answer so."""
    return _draft(of, [*_plan_cost(of)])


def limited(of: Inquiry) -> Draft:
    """A limit of visits a year, and nothing on how many were used."""
    return _draft(of, [*_therapy(of), *_cost(of), _limit(of, "20")])


def pooled(of: Inquiry) -> Draft:
    """One limit for physical and speech therapy together; occupational therapy has its own."""
    if of.service == OT:
        return _draft(of, [*_therapy(of), *_cost(of), _limit(of, str(VISITS))])
    both = together(PT, SLP)
    said = [eb("F", both, period=_YEAR, unit="VS", count=str(VISITS)), ("MSG", "PT AND ST VISITS COMBINED")]
    left = [
        eb("F", both, period=_LEFT, unit="VS", count=str(VISITS - _used(of))),
        ("MSG", "PT AND ST VISITS COMBINED"),
    ]
    return _draft(of, [*_therapy(of), *_cost(of), *said, *left])


def left(of: Inquiry) -> Draft:
    """A limit, and how many visits of it are left."""
    return _draft(of, [*_therapy(of), *_cost(of), *_visits(of)])


def used(of: Inquiry) -> Draft:
    """A limit, and how many visits of it are used: what is left is for us to reckon."""
    counted = eb("F", of.service, period=_YEAR, unit="99", count=str(_used(of)))
    return _draft(of, [*_therapy(of), *_cost(of), _limit(of, str(VISITS)), counted])


def used_up(of: Inquiry) -> Draft:
    """A limit of which nothing is left."""
    none = eb("F", of.service, period=_LEFT, unit="VS", count="0")
    return _draft(of, [*_therapy(of), *_cost(of), _limit(of, "20"), none])


def by_hsd(of: Inquiry) -> Draft:
    """The limit stands in an HSD, as the standard's own examples have it."""
    said: list[Segment] = [eb("F", of.service), ("HSD", "VS", str(VISITS), "", "", _YEAR, "1")]
    return _draft(of, [*_therapy(of), *_cost(of), *said])


def authorization(of: Inquiry) -> Draft:
    """The payer wants to agree first, and says whom to ask."""
    whom: list[Segment] = [
        eb("CB", of.service, authorization="Y"), ("MSG", "PRIOR AUTHORIZATION REQUIRED"), eb("U", of.service),
        ("LS", "2120"), ("NM1", "X3", "2", "SANDBOX THERAPY REVIEW"), ("PER", "IC", "", "TE", "5155550142"),
        ("LE", "2120"),
    ]  # fmt: skip
    return _draft(of, [*_therapy(of, authorization="Y"), *_cost(of), *_visits(of), *whom])


def no_authorization(of: Inquiry) -> Draft:
    """None is needed, in so many words."""
    return _draft(of, [*_therapy(of, authorization="N"), *_cost(of)])


def authorization_unknown(of: Inquiry) -> Draft:
    """Neither yes nor no (EB11 U)."""
    return _draft(of, [*_therapy(of, authorization="U"), *_cost(of), *_visits(of)])


def referral(of: Inquiry) -> Draft:
    """An HMO that wants the primary care provider's referral, and names who that is."""
    whom: list[Segment] = [
        eb("L", PLAN, insurance="HM"), ("MSG", "REFERRAL FROM PRIMARY CARE PROVIDER REQUIRED"), ("LS", "2120"),
        ("NM1", "P3", "1", "OKAFOR", "ADA", "", "", "", "XX", "1999999976"), ("PER", "IC", "", "TE", "5155550117"),
        ("LE", "2120"),
    ]  # fmt: skip
    return _draft(of, [*_therapy(of), *_cost(of), *whom])


def other_payer(of: Inquiry) -> Draft:
    """Another plan pays first."""
    whom: list[Segment] = [
        eb("R", PLAN, level=""), ("REF", "18", "OTHER-4711"), ("LS", "2120"),
        ("NM1", "PRP", "2", "OTHER HEALTH OF IOWA", "", "", "", "", "PI", "OTHER01"),
        ("PER", "IC", "", "TE", "5155550161"), ("LE", "2120"),
    ]  # fmt: skip
    return _draft(of, [*_therapy(of), *_cost(of), *whom])


def contradicted(of: Inquiry) -> Draft:
    """Covered in one line and excluded in the next."""
    return _draft(of, [*_therapy(of), eb("I", of.service), *_cost(of)])


def many(of: Inquiry) -> Draft:
    """One EB for a whole list of service types."""
    listed = together("98", *THERAPIES, "AE")
    return _draft(of, [eb("1", listed), eb("B", listed, period=_VISIT, amount="40"), *_plan_cost(of)])


def lower(of: Inquiry) -> Draft:
    """Codes in lower case, which no standard knows."""
    return _draft(of, [eb("b", of.service.lower(), level="ind", period=_VISIT, amount="30", network="y")])


def unknown(of: Inquiry) -> Draft:
    """Covered, and beside it codes that no list has."""
    odd = [eb("QQ", of.service), eb("B", of.service, period="98", amount="12.5O")]
    return _draft(of, [*_therapy(of), *_cost(of), *odd])


def medicare(of: Inquiry) -> Draft:
    """As CMS's HETS answers of Part B, as far as we know it: the dollars of therapy used this year against the KX
    threshold, and a period of home health that lies about the visit. Not verified against CMS's companion guide."""
    day = of.service_date
    year = f"{day:%Y}0101-{day:%Y}1231"
    began, ends = day - dt.timedelta(days=20), day + dt.timedelta(days=39)
    part_b: list[Segment] = [
        _of_medicare("1", PLAN), ("DTP", "291", "D8", f"{day.year - 4}0301"),
        _of_medicare("C", PLAN, period=_YEAR, amount="283"), ("DTP", "292", "RD8", year),
        _of_medicare("C", PLAN, period=_LEFT, amount="0"), ("DTP", "292", "RD8", year),
        _of_medicare("A", PLAN, period=_VISIT, share=".2"),
        _of_medicare("1", of.service), _of_medicare("A", of.service, period=_VISIT, share=".2"),
    ]  # fmt: skip
    therapy: list[Segment] = []
    for service, dollars in (("AD", 96 * day.month), ("AE", 112 * day.month)):
        said = _of_medicare("D", service, amount=f"{dollars}.50")
        therapy += [said, ("DTP", "292", "RD8", year), ("MSG", "USED AMOUNT")]
    home: list[Segment] = [
        eb("X", "42", level="", period="26", network=""), ("DTP", "193", "D8", f"{began:%Y%m%d}"),
        ("DTP", "194", "D8", f"{ends:%Y%m%d}"), ("LS", "2120"),
        ("NM1", "1P", "2", "PRAIRIE HOME HEALTH", "", "", "", "", "XX", "1999999968"), ("LE", "2120"),
    ]  # fmt: skip
    return Draft(of, [*part_b, *therapy, *home])


def _of_medicare(code: str, service: str, *, period: str = "", amount: str = "", share: str = "") -> Segment:
    return ("EB", code, "", service, "MB", "", period, amount, share)


def family(of: Inquiry) -> Draft:
    """Subscriber and dependent answered together; the trace stands where the patient is."""
    own = [eb("1", PLAN), eb("B", PT, period=_VISIT, amount="55")]
    return Draft(of, clean(of).lines, of_subscriber=own, since=_begins(of))


def _draft(of: Inquiry, lines: Sequence[Segment], *, plan: str = "1") -> Draft:
    all_of_it = [eb(plan, PLAN, insurance="PR"), *lines]
    return Draft(of, all_of_it, since=_begins(of), references=[("REF", "6P", "GRP-2040")])


def _begins(of: Inquiry) -> dt.date:
    return dt.date(of.service_date.year, 1, 1)


def _therapy(of: Inquiry, *, authorization: str = "") -> list[Segment]:
    """This therapy is covered; nothing more where the plan as a whole was asked about."""
    if of.service == PLAN:
        return []
    return [eb("1", of.service, authorization=authorization)]


def _cost(of: Inquiry) -> list[Segment]:
    """What a visit costs in network, and out of it."""
    if of.service not in THERAPIES:
        return _plan_cost(of)
    own = {
        PT: [eb("B", PT, period=_VISIT, amount="30")],
        OT: [eb("A", OT, period=_VISIT, share=".2")],
        SLP: [
            eb("B", SLP, period=_VISIT, amount="15"), eb("A", SLP, period=_VISIT, share=".1"),
            eb("C", SLP, period=_YEAR, amount="200"),
            eb("C", SLP, period=_LEFT, amount=str(max(0, 200 - 40 * _month(of)))),
        ],
    }[of.service]  # fmt: skip
    return [*own, eb("A", of.service, period=_VISIT, share=".4", network="N"), *_plan_cost(of)]


def _plan_cost(of: Inquiry) -> list[Segment]:
    spent = _PER_MONTH * _month(of)
    return [
        eb("C", PLAN, period=_YEAR, amount=str(DEDUCTIBLE)),
        eb("C", PLAN, period=_LEFT, amount=str(DEDUCTIBLE - spent)),
        eb("G", PLAN, period=_YEAR, amount=str(OUT_OF_POCKET)),
        eb("G", PLAN, period=_LEFT, amount=str(OUT_OF_POCKET - 2 * spent)),
    ]  # fmt: skip


def _visits(of: Inquiry) -> list[Segment]:
    return [
        _limit(of, str(VISITS)),
        eb("F", of.service, period=_LEFT, unit="VS", count=str(VISITS - _used(of))),
    ]


def _limit(of: Inquiry, count: str) -> Segment:
    return eb("F", of.service, period=_YEAR, unit="VS", count=count)


def _used(of: Inquiry) -> int:
    """Visits that were used this year."""
    return 2 * (_month(of) - 1)


def _month(of: Inquiry) -> int:
    return of.service_date.month
