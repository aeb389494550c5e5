"""The stages of a lead on the way to its first evaluation, as the head of its page draws them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from firstvisit.journey.reached import Reached
from firstvisit.steps.qualify.organizations import STAGES as ORGANIZATION_STAGES
from firstvisit.web.staff.lead.facts import Seen
from firstvisit.web.ui import words


@dataclass(frozen=True, slots=True)
class Step:
    """One stage on the way, with what is known of it."""

    label: str
    state: str
    note: str


def steps_of(seen: Seen) -> list[Step]:
    """The stages in their order: those of a patient, or those of an organization's enquiry."""
    if seen.file.lead.kind == "organization":
        return _of_enquiry(seen)
    return _on_the_way(seen) if seen.file.reached is None else _as_reached(seen, seen.file.reached)


def _on_the_way(seen: Seen) -> list[Step]:
    """An open lead: what is done, where it stands, what is still to come."""
    lead, names = seen.file.lead, [name for name, _ in words.STAGES]
    place = names.index(lead.stage) if lead.stage in names else len(names)
    # The first try, and "Contacted" only of somebody who was reached.
    notes = {"received": seen.at(lead.received_at), "contacted": seen.at(lead.first_reached_at or lead.first_tried_at)}
    found = []
    for number, name in enumerate(names):
        state = "done" if number < place else "now" if number == place else "open"
        note = notes.get(name, "") if state != "open" else "not yet"
        if name == "booked" and (agreed := seen.file.booked) is not None:
            state, note = "done", seen.at(agreed.again_at) or "visit agreed"
        if name == "evaluated" and state == "open" and seen.file.why["by"]:
            by = date.fromisoformat(seen.file.why["by"])
            note = f"by {words.day(by)}" + (", passed" if by < seen.today else "")
        found.append(Step(_label(seen, name), state, note or ("now" if state == "now" else "")))
    return found


def _as_reached(seen: Seen, reached: Reached) -> list[Step]:
    """A closed lead: how far it came, with the days; what lies before a stage that was reached is behind it too."""
    moments = {
        "received": seen.file.lead.received_at,
        "qualifying": reached.qualifying,
        "contacted": reached.contacted,
        "booked": reached.booked,
        "evaluated": reached.evaluated,
    }
    furthest = max(number for number, (name, _) in enumerate(words.STAGES) if moments[name] is not None)
    found = []
    for number, (name, _) in enumerate(words.STAGES):
        if number > furthest:
            state, note = "open", "not reached"
        elif name == "contacted" and reached.contacted is None:
            state, note = "open", "not needed"  # they booked by themselves
        else:
            state, note = "done", _day(seen, moments[name])
        found.append(Step(_label(seen, name), state, note))
    return found


def _day(seen: Seen, when: date | datetime | None) -> str:
    if when is None or isinstance(when, datetime):
        return seen.at(when)
    return words.day(when)


def _label(seen: Seen, name: str) -> str:
    lead = seen.file.lead
    tried = lead.first_tried_at is not None or lead.first_reached_at is not None
    return words.stage(name, tried=tried, reached=lead.first_reached_at is not None)


def _of_enquiry(seen: Seen) -> list[Step]:
    """The stages of an organization's enquiry; lost stands where it would have been won."""
    lead = seen.file.lead
    ended = "lost" if lead.stage == "lost" or lead.closed_how == "lost" else "won"
    names = [name for name in ORGANIZATION_STAGES if name not in ("won", "lost")] + [ended]
    at = {h.event.data.get("stage"): h.event.at for h in seen.file.happenings if h.event.name == "stage_ruled"}
    at["enquiry"] = lead.received_at
    place = names.index(lead.stage) if lead.stage in names else -1
    return [
        Step(
            ORGANIZATION_STAGES[name],
            "now" if n == place else "done" if n < place or (place < 0 and name in at) else "open",
            seen.at(at[name]) if name in at else "not yet",
        )
        for n, name in enumerate(names)
    ]
