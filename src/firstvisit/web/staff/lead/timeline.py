"""The timeline of a lead in words: one line for each thing that happened, with who did it or where it is from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from firstvisit.journey.endings import CLOSED_AS, DECLINES, RESULTS
from firstvisit.journey.lead_file import Happening
from firstvisit.journey.plan import TASK_WORDS
from firstvisit.journey.undo import VERBS
from firstvisit.journey.verbs import ANSWERED
from firstvisit.journey.visits import Visit, in_words
from firstvisit.practice.queries import practice
from firstvisit.steps.booking.ends import WORDS
from firstvisit.steps.coverage.told import HOWS
from firstvisit.steps.qualify.organizations import STAGES as ORGANIZATION_STAGES
from firstvisit.steps.qualify.rules import OUTCOMES
from firstvisit.web.staff.lead.facts import Seen, site_name
from firstvisit.web.staff.lead.medicare import EVENTS as MEDICARE_EVENTS
from firstvisit.web.staff.lead.medicare import of_medicare
from firstvisit.web.staff.visit.shown import treatment_words, visit_words
from firstvisit.web.ui import tellings, words

_NAMES_LEAD: Final = {"parted_off": "to", "parted_from": "from", "went_on_elsewhere": "in"}
"""Entries that name another lead, and under which name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    at: str
    text: str
    said: str
    note: str
    lead: str = ""
    """The lead that it names, to be opened from there."""
    pair: str = ""
    """The pair of people whom it parted."""
    recognised: str = ""
    """The item by which the machine took somebody for this person, where it may still be told otherwise."""


def timeline(page: Seen) -> list[Entry]:
    """What happened; a first step of a form that was about somebody else is said by where it went alone."""
    went = {h.event.data.get("item") for h in page.file.happenings if h.event.name == "went_on_elsewhere"}
    return [
        _entry(page, happening)
        for happening in page.file.happenings
        if not (happening.event.name == "joined" and happening.event.data.get("item") in went)
    ]


def _entry(page: Seen, happening: Happening) -> Entry:
    event, data = happening.event, happening.event.data
    text, note = words.EVENTS.get(event.name, event.name.replace("_", " ").capitalize()), happening.who
    match event.name:
        case "received" if data.get("restricted"):
            told = "taken down by one of ours" if "user" in data else "they were told nothing of anybody here"
            text, note = f"Received from somebody whom a restriction names; {told}", happening.who
        case "received":
            text = f"Received by {words.came_by(data.get('source', ''), data.get('how', ''))}"
            note = _note(happening, data)
        case "decided":
            score = ""
            if data.get("lo") is not None:
                score = (
                    f", score {data['lo']}"
                    if data["lo"] == data["hi"]
                    else f", score {data['lo']} to {data['hi']}"
                )
            text, note = (
                OUTCOMES.get(data.get("outcome", ""), "Judged"),
                f"rules {data.get('rules')}{score}",
            )
        case "tried":
            text = RESULTS.get(data.get("result", ""), "Tried")
            if why := DECLINES.get(data.get("why", "")):
                text = f"{text}: {why}"
            if data.get("again_at"):
                text = f"{text} for {page.at_text(data['again_at'])}"
            visit = Visit(data.get("visit_site", ""), data.get("visit_with", ""))
            text = ", ".join(part for part in (text, in_words(visit, practice())) if part)
            note = ", ".join(p for p in (TASK_WORDS.get(data.get("task", "")), happening.who) if p)
        case "proposal_answered":
            text = ANSWERED.get(data.get("result", ""), text)
            if data.get("authorized"):
                text = f"{text}; the patient\u2019s written authorization was read"
            note = ", ".join(p for p in (TASK_WORDS.get(data.get("task", "")), happening.who) if p)
        case "closed":
            how = CLOSED_AS.get(data.get("how", ""), "")
            text = f"Closed: {how}" if how else "Closed"
        case "snoozed":
            text = f"Snoozed until {page.at_text(data['until'])}"
        case "reassigned":
            text, note = f"Given to {happening.whom or 'a queue'}", str(data.get("why", ""))
        case "stage_ruled":
            text = f"Moved to {ORGANIZATION_STAGES.get(data.get('stage', ''), '').lower()}"
        case "authorization_ruled":
            text = words.AUTHORIZED.get(data.get("answer", ""), text)
        case name if name.startswith("authorization_"):
            text = f"{text}{words.of_request(data)}"
        case "coverage_checked" | "benefits_told":
            payer = practice().payers.get(data.get("payer", ""))
            asked = f"{payer.name if payer else 'The payer'}, {data.get('discipline', '')}"
            text = f"{asked}: {words.FINDINGS.get(data.get('finding', ''), '')}"
            if data.get("how") in HOWS:
                again = "; corrects what was noted" if data.get("corrected") else ""
                text, note = f"{text}, told {HOWS[data['how']]}{again}", happening.who
        case "estimate_given" if data.get("how") == "email":
            text = "Estimate to leave by e-mail, with a link to their own page"
        case "estimate_given" | "estimate_accepted":
            text = f"{text}: {words.ESTIMATE_WAYS.get(data.get('how', ''), '')}"
        case "emr_told":
            text, note = tellings.of_telling(data), str(data.get("why", "")) or happening.who
        case name if name.startswith(("visit_", "treatment_moved", "treatment_cancelled", "group_joined")):
            text, note = f"{text}{visit_words(data, page.now, event=name, actor=event.actor)}", happening.who
        case "treatment_booked":
            text, note = f"{text}{treatment_words(data)}", happening.who
        case "program_ruled" | "setting_ruled":
            text = f"{text}: {_chosen(data)}"
        case "owner_ruled":
            text = (
                "Taken" if data.get("user") and event.actor == f"user:{data['user']}" else "Handed over"
            )
        case "outcome_ruled":
            text = f"Overruled: {OUTCOMES.get(data.get('outcome', ''), '')}"
        case "undone":
            text = f"Undone: {_ends(data) or VERBS.get(data.get('verb', ''), '').lower()}"
        case "end_not_noted":
            on = f", {words.day(date.fromisoformat(data['on']))}" if "on" in data else ""
            text = f"{text}: it said that {WORDS[data['what']]}{on}"
        case "end_taken_back_ruled":
            text = f"Taken back, noted by mistake: {_ends(data)}"
        case "filing_taken_back":
            letters = [words.LETTERS.get(each, each) for each in data.get("letters", ())]
            note = f"had left already: {', '.join(letters)}" if letters else happening.who
        case "continued":
            text = f"Continued in {data.get('in', '')}"
        case "parted_off":
            text = "Not this person: what came here goes on in"
        case "parted_from":
            text = "Not the person it was taken for; parted from"
        case "went_on_elsewhere":
            text = "The first step of a form for somebody else came here; it stands with"
        case "first_step":
            text, note = "The first step of this form", happening.who
        case "merged_into":
            text = f"One person: continued in {data.get('in', '')}"
        case "merged_from":
            text = f"One person: goes on with what {data.get('from', '')} asked"
        case "merge_undone":
            text = f"Undone: one person. Parted from {data.get('with', '')}"
            if data.get("stayed"):
                where = "here" if data.get("here") else "there"
                note = f"what came meanwhile and does not clearly name the other stays {where}: read it"
        case "joined" if data.get("restricted"):
            text = "Somebody whom a restriction names wrote; kept aside, and they were told nothing of this lead"
            if "user" in data:
                text = "Somebody whom a restriction names spoke with one of ours; kept aside"
        case "joined" if data.get("aside"):
            text = "More arrived that names nobody; kept aside until somebody has asked for whom"
            note = happening.who
        case "joined" if "stranger" in data:
            text = "Somebody unknown to us wrote; what was stated stays"
            note = _note(happening, data)
            if otherwise := words.changed(data.get("otherwise", ())):
                text, note = f"{text}, kept beside", f"they state otherwise: {otherwise}; {note}".rstrip("; ")
        case "visit_told":
            text = f"The EMR says: a visit was {data.get('became', '')}"
            note = str(data.get("at", ""))
        case "joined" | "taken_in" | "taken_over":
            note = _note(happening, data)
        case name if name in MEDICARE_EVENTS or name == "therapy_dollars_noted":
            text = f"{text}{of_medicare(name, data)}"
    if told := tellings.source_of(event.name, data):
        note = ", ".join(part for part in (told, happening.who) if part)
    if event.name.startswith("message_"):
        if why := words.REFUSALS.get(data.get("why", "")):
            text = f"{text}: {why}"
        letter = words.LETTERS.get(data.get("template", ""), "")
        note = ", ".join(p for p in (letter, words.CHANNELS.get(data.get("channel", ""), "")) if p)
    said = f"“{happening.words}”" if happening.words and happening.words != "taken" else ""
    if happening.hidden:
        note = f"{note}, words hidden from your role".lstrip(", ")
    lead = str(data.get(_NAMES_LEAD[event.name], "")) if event.name in _NAMES_LEAD else ""
    item = str(data.get("item", "")) if data.get("known_by") else ""
    still_here = any(str(part.item_id) == item for part in page.file.parts) if item else False
    pair = str(data.get("pair", "")) if event.name in _NAMES_LEAD else ""
    return Entry(page.at(event.at), text, said, note, lead, pair, item if still_here else "")


def _chosen(data: Mapping[str, Any]) -> str:
    """The program or the setting that was chosen, and from which site to which the lead came by it."""
    program = practice().programs.get(data.get("program", ""))
    named = words.SETTINGS.get(data.get("setting", "")) or (program.name if program else data.get("program", ""))
    came = f"; moved from {site_name(data['from'])} to {site_name(data['to'])}" if "to" in data else ""
    return f"{named}{came}"


def _ends(data: Mapping[str, Any]) -> str:
    """The ends of a visit that an entry takes back."""
    return ", ".join(words.EVENTS[each].lower() for each in data.get("ends", ()))


def _note(happening: Happening, data: Mapping[str, Any]) -> str:
    """Who brought what arrived, what it changed, and by what the patient was known."""
    parts = (happening.who, words.changed(data.get("changed", ())), _known_by(data.get("known_by", ())))
    return ", ".join(part for part in parts if part)


def _known_by(codes: Sequence[str]) -> str:
    """By what the machine took the patient for somebody known: the fields that are the same, nearly, or differ."""
    found: dict[str, list[str]] = {"same": [], "nearly": [], "differs": []}
    for one in codes:
        name, _, level = one.partition(":")
        if name in words.MATCHED:
            how = "same" if level == "exact" else "differs" if level in ("differs", "far") else "nearly"
            found[how].append(words.MATCHED[name])
    told = "; ".join(f"{how}: {', '.join(names)}" for how, names in found.items() if names)
    return f"known as the same person by {told}" if told else ""
