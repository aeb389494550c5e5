"""How a lead stands with Medicare, as the Lead and its own page show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from firstvisit.journey.coverage.medicare import NOTED, Standing, pays
from firstvisit.leads.models import Lead
from firstvisit.practice.models import User
from firstvisit.steps.coverage.medicare import EVENTS as EVENTS
from firstvisit.steps.coverage.medicare import GROUPS, SOURCES, Running
from firstvisit.web.ui import words
from firstvisit.web.ui.words import Sign

SHAPES: Final = {"done": ("yes", "done"), "missing": ("no", "missing"), "unknown": ("unknown", "not known")}


@dataclass(frozen=True, slots=True)
class Line:
    """One point: its name, its sign, a sentence, and its next date."""

    name: str
    sign: Sign
    said: str
    by: str = ""


def sees_medicare(user: User, lead: Lead) -> bool:
    """Whether somebody sees how a lead stands with Medicare: who sees coverage, and clinicians, who certify."""
    return pays(lead) and (user.may("insurance.see") or user.may("clinical.review"))


def lines(standing: Standing) -> list[Line]:
    """Every point, then the year's dollars."""
    found = [
        Line(each.name, Sign(*SHAPES[each.state]), each.said, f"by {_date(each.by)}" if each.by else "")
        for each in standing.points
    ]
    return found if standing.episode.part == "advantage" else [*found, *map(_dollars, standing.totals)]


def _dollars(total: Running) -> Line:
    """The running total of the year beside its thresholds, each amount with its source and its day."""
    name = f"{total.year}: {GROUPS[total.group]}"
    said = [
        f"${each.dollars:,.2f} {'elsewhere' if each.whose == 'elsewhere' else 'ours, not in it yet'} "
        f"({SOURCES[each.source]}, as of {_date(each.as_of)})"
        for each in total.amounts
    ] or (["nothing elsewhere, as stated"] if total.known else ["dollars used elsewhere are not known: ask"])
    if total.threshold is None:
        said.append(f"the KX threshold for {total.year} was not published when our data was made")
        return Line(name, Sign(*SHAPES["unknown"]), "; ".join(said))
    if total.above:
        said.append(f"${total.total:,.2f}: above ${total.threshold:,.0f}, claims carry KX, which attests to the need")
    else:
        said.append(f"${total.left:,.2f} left of ${total.threshold:,.0f} until claims carry KX")
    if total.reviewed:
        said.append(f"above ${total.review:,.0f}: claims may be chosen for review")
    state = "unknown" if not total.known else "missing" if total.above else "done"
    sign = Sign("soon", "KX") if total.above else Sign(*SHAPES[state])
    return Line(name, sign, "; ".join(said))


def of_medicare(name: str, data: Mapping[str, Any]) -> str:
    """What the timeline says behind the words of an entry: the day, and how."""
    if name == "medicare_taken_back":
        return f": {NOTED.get(str(data.get('what')), '').lower()}"
    if name == "therapy_dollars_noted":
        group = GROUPS.get(data.get("group", ""), "")
        return f": ${data.get('dollars')} {data.get('whose')}, {group}, {data.get('year')}"
    said = f": {_date(dt.date.fromisoformat(data['on']))}"
    if name == "plan_certified":
        how = "signed" if data.get("how") == "signed" else "by word"
        begins = _date(dt.date.fromisoformat(data["begins"]))
        said = f"{said}, {how}, for {data.get('days')} days from {begins}"
    if name in ("treatment_counted", "progress_reported"):
        said = f"{said}, {data.get('days')} treatment days so far"
    if name == "plan_sent" and data.get("order"):
        said = f"{said}, signed and dated order on file"
    return said


def _date(day: dt.date) -> str:
    return f"{words.day(day)}, {day.year}"
