"""Facts: what rules read. Typed, with no identifier and no free text; each is registered once.

`may_rank` says whether a priority score may use the fact. Protected traits and their close proxies may
not: age, sex, language, payer, diagnosis (45 CFR 92.210; docs/why/0005). They choose program, clinician,
tasks or a safety window instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final, Literal, NamedTuple, get_args, get_type_hints

from firstvisit.referral.record import OrderState


class Facts(NamedTuple):
    """One lead's facts as known now. `None` is "not stated". Miles are great-circle to the lead's site."""

    received_at: datetime
    source: str
    lead_kind: str | None
    site: str
    asked_program: str | None
    program: str | None
    disciplines: tuple[str, ...]
    setting: str | None
    age_months: int | None
    icd_categories: tuple[str, ...]
    timing: str | None
    event_kind: str | None
    event_on: date | None
    order_state: OrderState
    documents: tuple[str, ...]
    payer_kind: str | None
    payer: str | None
    authorization: str | None
    language: str | None
    sex: str | None
    miles: int | None
    in_area: bool | None
    places_near: tuple[str, ...]
    half_days: int | None
    has_name: bool
    has_phone: bool
    has_email: bool
    says_why: bool
    complete_form: bool
    may_email: bool
    may_text: bool
    red_flags: tuple[str, ...]
    source_kind: str | None = None
    cause: str | None = None
    returning: bool | None = None
    home_health: bool | None = None
    interpreter: bool | None = None
    organization_states: tuple[str, ...] = ()
    """What an organization has said of its enquiry, by field: needs, size, timeline, budget, decision_path ..."""
    not_before: date | None = None
    """No care is wanted before this day."""
    ordering: bool | None = None
    """Whether whoever ordered, or is to order, is somebody else than whoever refers; None where nobody is named."""
    sides_disagree: bool | None = None
    """Whether a diagnosis names another side of the body in its code than beside it; None where none does."""
    zip_disagrees: bool | None = None
    """Whether the stated city or state lies elsewhere than the ZIP; None where it does not."""
    several_patients: bool | None = None
    """Whether one request may be about two patients; None where nothing suggests it."""
    not_known: tuple[str, ...] = ()
    """Slugs of questions that were asked and that nobody could answer."""
    order_here: bool | None = None
    """Whether somebody of ours noted that the signed order is here; None where it is known from words alone."""
    speaks_of: tuple[str, ...] = ()
    """Our programs whose names or subjects what was said speaks of, and of no other program."""
    away: str = ""
    """Miles from their home to our sites and to other places, as "madison 4, fox_river_therapy 71"; empty while the
    home is not known."""
    surgery_or_on: date | None = None
    """The last of two days that were stated for what may be one surgery, of which `event_on` is the first; None where
    there is no doubt."""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives the same facts again."""
        return {
            name: value if value.__class__ in _PLAIN else _plain(value)
            for name, value in zip(self._fields, self, strict=True)
        }


@dataclass(frozen=True, slots=True)
class Registered:
    """What is declared about one fact: its words on screen and whether it may rank."""

    label: str
    may_rank: bool


FACTS: dict[str, Registered] = {
    "received_at": Registered("received", False),
    "source": Registered("way in", False),
    "lead_kind": Registered("who asks", True),
    "site": Registered("site", True),
    "asked_program": Registered("program asked for", True),
    "program": Registered("program", True),
    "disciplines": Registered("therapy", True),
    "setting": Registered("setting", True),
    "age_months": Registered("age", False),
    "icd_categories": Registered("diagnosis category", False),
    "timing": Registered("wished timing", False),
    "event_kind": Registered("kind of date", True),
    "event_on": Registered("date behind it", True),
    "order_state": Registered("order", True),
    "documents": Registered("papers", True),
    "payer_kind": Registered("kind of coverage", False),
    "payer": Registered("payer", False),
    "authorization": Registered("authorization", False),
    "language": Registered("language", False),
    "sex": Registered("sex", False),
    "miles": Registered("distance", True),
    "in_area": Registered("inside the area", True),
    "places_near": Registered("other places whose area they live in", False),
    "half_days": Registered("half days they can come", True),
    "has_name": Registered("name", True),
    "has_phone": Registered("phone", True),
    "has_email": Registered("e-mail", True),
    "says_why": Registered("reason given", True),
    "complete_form": Registered("whole form received", False),
    "may_email": Registered("may be e-mailed", False),
    "may_text": Registered("may be texted", False),
    "red_flags": Registered("red flags", False),
    "source_kind": Registered("through what they came", False),
    "cause": Registered("how it came about", False),
    "returning": Registered("has been here before", False),
    "home_health": Registered("home health", False),
    "interpreter": Registered("interpreter needed", False),
    "organization_states": Registered("what the organization stated", True),
    "not_before": Registered("not wanted before", False),
    "ordering": Registered("somebody else than the sender orders", False),
    "sides_disagree": Registered("sides of a diagnosis disagree", False),
    "zip_disagrees": Registered("ZIP disagrees with city or state", False),
    "several_patients": Registered("two patients in one request", False),
    "not_known": Registered("asked, not known", False),
    "order_here": Registered("signed order is here", False),
    "speaks_of": Registered("programs spoken of", False),
    "away": Registered("miles to our sites and other places", False),
    "surgery_or_on": Registered("another day stated for the surgery", False),
}


def from_json(value: Mapping[str, Any]) -> Facts:
    """Facts from what `as_json` made; an unknown fact is a TypeError, as is a missing one that has no default (those
    added since have, so that decisions stored before can be judged again)."""
    return Facts(**{name: _typed(name, item) for name, item in value.items()})


FactKind = Literal["number", "yes_no", "date", "words"]


@cache
def kinds() -> dict[str, FactKind]:
    """Of what kind the values of each fact are; of a list, its entries."""
    return {name: _kind(hint) for name, hint in get_type_hints(Facts).items()}


def _kind(hint: Any) -> FactKind:
    types = {hint, *get_args(hint)}
    if bool in types:
        return "yes_no"
    if types & {date, datetime}:
        return "date"
    return "number" if int in types else "words"


@cache
def names() -> tuple[str, ...]:
    return Facts._fields


_PLAIN: Final = frozenset({str, int, bool, type(None)})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _typed(name: str, value: Any) -> Any:
    if name == "received_at":
        return datetime.fromisoformat(value)
    if name in ("event_on", "not_before", "surgery_or_on") and value is not None:
        return date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
