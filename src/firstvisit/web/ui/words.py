"""How values are said on screen: times, ages, phones, and what each thing is called. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from firstvisit.people.identity import Stated
from firstvisit.referral.called import CALLED
from firstvisit.referral.record import ReferrerRole
from firstvisit.referral.vocabulary import as_read


class Sign(NamedTuple):
    """A word with its shape. `hot` is bold, `ink` turned inside out: a few on a page at most."""

    shape: str
    word: str
    hot: bool = False
    ink: bool = False


STAGES: Final = (
    ("received", "Received"),
    ("qualifying", "Qualifying"),
    ("contacted", "Contacted"),
    ("booked", "Booked"),
    ("evaluated", "Evaluated"),
)
SOURCES: Final = {
    "form": "web form",
    "web_form": "web form",
    "api": "API",
    "refer": "a partner's form",
    "event": "an event",
    "guide": "a guide",
    "preferences": "their own preferences",
    "card": "a photo of the card",
    "call": "a call",
    "added": "a colleague",
    "walk_in": "somebody at the window",
    "csv": "a file",
    "fax": "fax",
    "folder": "the watched folder",
    "mailbox": "the mailbox",
    "webhook": "a webhook",
    "hl7": "HL7",
    "fhir": "FHIR",
    "sms": "a text message",
    "voice": "a recorded call",
}
ADDED: Final = {
    "phone": "phone",
    "voicemail": "voicemail",
    "email": "e-mail",
    "fax": "fax or letter",
}
"""How what a colleague added had reached them."""
UPDATES: Final = {"email": "by e-mail", "fax": "by fax", "phone": "by phone", "none": "wants none"}
"""How whoever referred wants to hear what became of it."""
MAY_BE_TOLD: Final = {
    "treats": "what became of it: they treat the patient",
    "authorized": "what became of it: the family allowed it",
    "received_only": "only that it arrived",
}
SAYS_ITSELF: Final = {
    "authorized": "only that it arrived: says itself that the family allowed more; joined a request of the family",
    None: "only that it arrived: says itself that it treats the patient; joined a request of the family",
}
"""Of an office that joined, by what it says; the rest is the desk's to find out."""
ROLES: Final[dict[ReferrerRole, str]] = {
    "physician": "physician",
    "pt": "physical therapist",
    "ot": "occupational therapist",
    "slp": "speech therapist",
    "therapist": "therapist",
    "hospital": "hospital",
    "school": "school",
    "case_manager": "case manager",
    "social_worker": "social worker",
    "employer": "employer",
    "attorney": "attorney",
    "other": "somebody else",
}
"""Who refers."""
MATCHED: Final = {
    "first_name": "first name",
    "last_name": "last name",
    "birth_date": "birth date",
    "phone": "phone",
    "email": "e-mail",
    "member_id": "member number",
    "address": "address",
    "sex": "sex",
}
"""Fields by which people are told apart."""
NAMING: Final = {
    "first_name": "first name",
    "middle_name": "middle name",
    "last_name": "last name",
    "preferred_name": "called",
    "date_of_birth": "born",
}
"""What a person is told by, as said before a value."""
SETTINGS: Final = {"clinic": "in the clinic", "home": "at home", "school": "at school", "telehealth": "by video"}
"""Where visits are."""
CHANNELS: Final = {"email": "e-mail", "sms": "text", "phone": "call", "voicemail": "voicemail"}
LETTERS: Final = {
    "receipt": "receipt",
    "reminder": "reminder",
    "close_note": "note at the close",
    "reactivation": "asking once more",
    "preferences": "asking for preferences",
    "card_request": "asking for a photo of the card",
    "offer": "times to choose from",
    "papers_family": "asking the family for what is missing",
    "estimate": "what the first visit costs",
    "papers_request": "asking the office for papers",
    "partner_receipt": "telling the partner that it arrived",
    "partner_status": "telling the partner how it stands",
    "status_link": "link to the status",
    "visit_booked": "the visit that is booked",
    "visit_reminder": "reminder of the visit",
    "visit_moved": "new time of the visit",
    "visit_cancelled": "the visit that is cancelled",
    "visit_called_off": "the visit that we cancelled",
    "visit_closed": "visits that are cancelled with the lead",
    "visit_twice": "which of two visits stays",
    "visit_missed": "after a missed visit",
    "treatment_booked": "later visits that are booked",
    "treatment_reminder": "reminder of later visits",
    "treatment_moved": "new time of a later visit",
    "treatment_cancelled": "later visits that are cancelled",
}
"""Letters, by their template."""
DOCUMENTS: Final = {
    "order": "Order",
    "prior_evaluation": "Earlier evaluation",
    "clinical_notes": "Clinical notes",
    "discharge_summary": "Discharge summary",
    "operative_note": "Operative note",
    "iep": "IEP",
}
PAYER_KINDS: Final = {
    "medicare": "Medicare",
    "medicaid": "Medicaid",
    "commercial": "commercial plan",
    "workers_comp": "workers' compensation",
    "auto": "auto insurance",
    "va": "Veterans Affairs",
    "vocational_rehabilitation": "vocational rehabilitation",
    "employer": "employer pays",
    "private_pay": "pays privately",
    "school": "school",
    "unknown": "kind not known",
}
EVENTS: Final = {
    "received": "Received",
    "joined": "More arrived for this lead",
    "document_came": "Document came with it",
    "card_link_given": "Link for a photo of the insurance card given",
    "card_came": "The family sent a photo of the insurance card",
    "document_confirmed": "Document confirmed",
    "filing_taken_back": "Filed by mistake: the document waits in the Inbox again",
    "came_again": "The same document came once more",
    "asked_about": "Somebody asked how it stands, and was answered",
    "left_aside": "It was about somebody else: left aside",
    "flag_taken_back": "Said in the call, and then not any more; both are kept",
    "text_received": "They wrote a text message",
    "visit_told": "The EMR told of a visit",
    "visit_hours_stated": "No time offered fitted: the family said at which hours they can come",
    "taken_in": "It was about this patient: taken in",
    "taken_over": "What somebody unknown stated holds: taken over",
    "left_as_stated": "What somebody unknown stated does not hold: all stays as it was stated",
    "decided": "Judged",
    "tried": "Tried",
    "proposal_answered": "Proposal answered",
    "reminder_lapsed": "Nobody reminded them: the reminder waited for somebody until its time was over",
    "undone": "Undone",
    "spoken": "Spoke on the phone",
    "snoozed": "Snoozed",
    "owner_ruled": "Owner changed",
    "reassigned": "Given on",
    "papers_arrived": "Papers arrived",
    "corrected": "What was stated was added to or corrected",
    "benefits_asked_again": "The payer is asked again",
    "benefits_told": "The payer told us by phone or in its portal",
    "stage_ruled": "Moved",
    "outcome_ruled": "Overruled",
    "program_ruled": "Program chosen",
    "setting_ruled": "Setting changed",
    "authorization_ruled": "The payer answered",
    "authorization_needed": "An authorization of treatment is needed",
    "authorization_prepared": "Request for authorization prepared",
    "authorization_sent": "Request for authorization sent",
    "authorization_nudged": "Asked the payer how the authorization stands",
    "authorization_pended": "The payer has the request in hand still",
    "authorization_reply_unclear": "A reply of the payer came that no machine can decide by",
    "authorization_decided": "The payer decided",
    "authorization_counted": "Authorized visits counted",
    "authorization_extended": "More visits are to be asked for",
    "authorization_cancelled": "Request for authorization taken back",
    "coverage_checked": "Asked the payer",
    "emr_told": "The EMR was told",
    "estimate_ruled": "Asked what the first visit costs",
    "estimate_made": "Estimate made",
    "estimate_given": "Estimate given",
    "offer_ruled": "Link to choose a time, sent by e-mail",
    "visit_held": "Time held",
    "visit_lapsed": "The held time was let go",
    "visit_booked": "First visit booked",
    "visit_moved": "First visit moved",
    "treatment_booked": "Treatment booked",
    "both_visits_stand": "Both first visits stand",
    "group_joined": "Joined a group",
    "treatment_moved": "Treatment moved",
    "treatment_cancelled": "Treatment cancelled",
    "no_time_ruled": "No time could be offered for the visit we called off",
    "call_treatment_ruled": "To be called about the treatment",
    "treatment_ruled": "Treatment stands as it is",
    "visit_cancelled": "First visit cancelled",
    "visit_confirmed": "They say that they come",
    "visit_arrived": "Arrived",
    "visit_left": "Left before being seen",
    "visit_missed": "Did not come",
    "estimate_accepted": "Estimate accepted",
    "one_patient_ruled": "It is one patient",
    "no_red_flag_ruled": "Seen: no red flag; goes on by the rules",
    "outcome_ruling_withdrawn": "Overruling withdrawn",
    "do_not_contact_ruled": "Do not contact",
    "do_not_contact_lifted": "May be contacted again",
    "due_ruled": "Due time set",
    "closed": "Closed",
    "reopened": "Reopened",
    "glass_broken": "Glass broken",
    "identity_unmasked": "Identities shown to an auditor",
    "continued": "Continued in another lead",
    "merged_into": "Continued in another lead of the same person",
    "merged_from": "Goes on with another lead of the same person",
    "status_links_ended": "Links to how it stands, ended",
    "office_confirmed": "Whoever refers, confirmed",
    "evaluation_completed": "Evaluation completed",
    "plan_of_care_sent": "Plan of care sent",
    "discharged": "Discharged",
    "end_not_noted": "The EMR told otherwise; what stands here holds",
    "end_taken_back_ruled": "Taken back, noted by mistake",
    "plan_sent": "Medicare: plan of care sent",
    "plan_certified": "Medicare: plan of care certified",
    "treatment_counted": "Medicare: treatment days counted",
    "progress_reported": "Medicare: progress report written",
    "therapy_ended": "Medicare: the care has ended",
    "medicare_taken_back": "Medicare: noted by mistake, taken back",
    "therapy_dollars_noted": "Medicare: dollars of therapy this year noted",
    "restricted": "Restriction",
    "restriction_lifted": "Restriction lifted",
    "contact_turned": "Nothing may go to whom it wrote to: it writes to somebody else who speaks for them",
    "authority_noted": "Who may decide and be told",
    "merge_undone": "Parted again",
    "same_after_all": "One person after all",
    "parted_off": "Not this person: goes on elsewhere",
    "parted_from": "Not the person it was taken for",
    "went_on_elsewhere": "The first step of a form for somebody else came here",
    "first_step": "First step of the form",
    "message_sent": "Message sent",
    "message_refused": "Message could not be sent",
    "message_unclear": "Message may not have arrived",
    "advance_failed": "Planning failed",
}
AUTHORIZED: Final = {
    "approved": "The authorization has come",
    "denied": "The payer refused the authorization",
    "not_required": "The payer says that no authorization is needed",
}
"""What a payer answered about the evaluation."""
DECIDED: Final = {
    "approved": "authorized as asked for",
    "partly": "authorized in part",
    "denied": "refused",
    "not_needed": "none is needed",
}
"""What a payer decided about a request."""
SENT: Final = {
    "portal": "by the portal",
    "fax": "by fax",
    "phone": "by phone",
    "mail": "by mail",
    "x12": "as a 278",
    "fhir": "as a PAS bundle",
}
"""How a request for authorization was sent."""
ESTIMATE_WAYS: Final = {
    "email": "by e-mail, with a link to their own page",
    "print": "on paper, at the desk",
    "aloud": "read to them on the phone",
    "page": "on their own page",
    "phone": "on the phone",
    "paper": "signed on paper",
}
"""How an estimate was given, and how it was accepted."""
REFUSALS: Final = {
    "restricted": "a restriction forbids this person or address",
    "do_not_contact": "a person ruled: do not contact",
    "stopped": "its holder stopped mail to this address",
    "not_asked": "nobody asked whether we may",
    "refused": "they said that we may not",
    "no address": "no address is known",
}
"""Why the gate lets a message not leave (`messages.gate`), in words."""
DATES: Final = {
    "surgery": "surgery",
    "discharge": "discharged",
    "injury": "hurt",
    "iep": "IEP meeting",
    "onset": "began",
    "birth": "a birth",
    "other": "date",
}
TIMING: Final = {
    "asap": "as soon as possible",
    "two_weeks": "within two weeks",
    "within_month": "within a month",
    "later": "later",
    "not_sure": "not sure yet",
}
CAUSES: Final = {"work": "at work", "auto": "in traffic", "school": "at school", "other": "an accident"}
HEARD_OF_US: Final = {
    "word_of_mouth": "from somebody they know",
    "partner": "from a doctor, school or other partner",
    "search": "a search on the web",
    "search_ad": "an ad beside a search",
    "social": "social media",
    "website": "another website",
    "directory": "a directory or their plan's list",
    "event": "an event of ours",
    "returning": "they were with us before",
    "walk_in": "they came past",
    "other": "another way",
}
"""What somebody may answer who is asked how they heard of us, by the kind of source that the record has."""

CHANGED: Final = CALLED
"""Paths of the record as the timeline says them."""
_MOST_CHANGED: Final = 4


def changed(paths: Sequence[str]) -> str:
    """What a second request changed: "phone, e-mail, ZIP, therapy and 2 more"."""
    said = list(dict.fromkeys(_of_record(str(path)) for path in paths))
    rest = len(said) - _MOST_CHANGED
    return ", ".join(said[:_MOST_CHANGED]) + (f" and {rest} more" if rest > 0 else "")


def _of_record(path: str) -> str:
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        if found := CHANGED.get(".".join(parts[:length])):
            return found
    return path.replace(".", " ").replace("_", " ")


def came_by(source: str, how: str) -> str:
    """ "web form"; of what a colleague added how it had reached them, "fax or letter"."""
    return ADDED[how] if source == "added" and how in ADDED else SOURCES.get(source, source)


def of_request(data: Mapping[str, Any]) -> str:
    """What a timeline entry about an authorization adds: ": evaluation, PT, by fax"."""
    used = f"{data['used']} of {data['units']}" if data.get("units") and "used" in data else ""
    how = (SENT.get(data.get("way", ""), ""), DECIDED.get(data.get("decision", ""), ""), used)
    said = [part for part in (data.get("service", ""), data.get("discipline", ""), *how) if part]
    return f": {', '.join(said)}" if said else ""


def day(when: date) -> str:
    """Tue Nov 17."""
    return f"{when:%a %b} {when.day}"


def dated(when: date, today: date) -> str:
    """The same with its year, unless it is this one: Fri Jan 1, 2027."""
    return day(when) if when.year == today.year else f"{day(when)}, {when.year}"


def clock_time(when: datetime, zone: ZoneInfo) -> str:
    """10:42 am."""
    local = when.astimezone(zone)
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


def moment(when: datetime, zone: ZoneInfo, now: datetime) -> str:
    """The time, with the day in front unless it is today; with the year unless it is this one."""
    if when.astimezone(zone).date() == now.astimezone(zone).date():
        return clock_time(when, zone)
    return day_and_time(when, zone, now)


def day_and_time(when: datetime, zone: ZoneInfo, now: datetime) -> str:
    """The same with its day, also today: of what is read beside another day."""
    on, today = when.astimezone(zone).date(), now.astimezone(zone).date()
    return f"{dated(on, today)}, {clock_time(when, zone)}"


def length(minutes: int) -> str:
    """22 min, 2 h 18 min, 31 h."""
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest and hours < 10 else f"{hours} h"


def ago(minutes: int) -> str:
    """How long something is past: now, 22 min ago, 5 h ago, 16 days ago."""
    if minutes < 1:
        return "now"
    return f"{length(minutes)} ago" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days ago"


def due_sign(left: int, of: int, *, late: bool) -> Sign:
    """What is left of a clock, in business minutes."""
    if late:
        return Sign("late", f"late {length(-left)}" if left < 0 else "late", hot=True, ink=True)
    if left <= 60:
        return Sign("soon", f"{left} of {of} min left" if of and of <= 600 else f"{length(left)} left")
    return Sign("", f"in {length(left)} of business time")


def broken_clock(at: datetime, to: str, zone: ZoneInfo, now: datetime, *, waits: bool) -> str:
    """What became of a lead whose clock broke; `to` is who was given it, "" nobody, and whether it `waits` for whoever
    comes."""
    when = moment(at, zone, now)
    when = f"on {when}" if "," in when else f"at {when}"
    if to:
        return f"Clock broken, given to {to} {when}"
    nobody = ": nobody is here who may take it" if waits else ""
    return f"Clock broken {when}, given to nobody else{nobody}"


NOT_USED: Final = "not to be used"
"""Said of a phone or e-mail address that a restriction forbids."""


def half_day(word: str) -> str:
    """ "Tue pm" of "tue_pm"."""
    return word.replace("_", " ").capitalize()


def phone(number: str | None, extension: str | None = None) -> str:
    """(608) 555-0142 ext. 317; other countries in their own way of writing."""
    return as_read(number, extension) if number else ""


def age(months: int | None) -> str:
    """5 months, 2 y 9 m, 58."""
    if months is None or months < 0:
        return ""
    if months < 24:
        return f"{months} months" if months != 1 else "1 month"
    years, rest = divmod(months, 12)
    return f"{years} y {rest} m" if years < 5 and rest else str(years)


def months_since(born: date, today: date) -> int:
    return (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)


def relation(word: str | None) -> str:
    """How a guardian is called beside a name."""
    return "" if word in (None, "other") else word.replace("_", " ")


def stated(values: Iterable[Stated]) -> str:
    """What was said otherwise of names and birth date: first name Peggy, born Sep 4, 1970."""
    return ", ".join(f"{NAMING[name]} {_dated(said) if name == 'date_of_birth' else said}" for name, said in values)


def _dated(said: str) -> str:
    born = date.fromisoformat(said)
    return f"{born:%b} {born.day}, {born.year}"


def stage(name: str, *, tried: bool, reached: bool) -> str:
    """A stage in words: somebody whom nobody reached yet was tried, not contacted."""
    if name == "contacted" and tried and not reached:
        return "Tried"
    return dict(STAGES).get(name, name.capitalize())


FINDINGS: Final[dict[str, str]] = {
    "clean": "active, covers this therapy",
    "inactive": "not active",
    "not_covered": "active, does not cover this therapy",
    "used_up": "active, covers this therapy, no visit left",
    "not_stated": "does not say whether this therapy is covered",
    "rejected": "refused to answer",
    "not_understood": "the answer could not be read",
    "other_patient": "answered another question",
    "down": "no answer for too long",
    "": "could not be asked",
}
"""What a payer's answer about benefits came to."""


def blocker(what: str, whom: str, outcome: str) -> Sign:
    """What a lead waits for, with its shape."""
    match what:
        case "order_unsigned":
            return Sign("waiting", "Order: signature not seen")
        case "order":
            return Sign("no", "Order missing")
        case "order_not_stated":
            return Sign("unknown", "Order: not stated")
        case "authorization":
            return Sign("stop", "Authorization first")
        case "way_to_reach":
            return Sign("no", "No way to reach them")
        case "home_place":
            return Sign("unknown", "Home: ZIP and town disagree")
        case "surgery_day":
            return Sign("unknown", "Surgery: two days were stated")
        case "event_date":
            return Sign("unknown", "Date of surgery or discharge: not stated")
        case "judgement" if outcome == "clinician_review":
            return Sign("stop", "Red flag open", hot=True, ink=True)
        case "judgement":
            return Sign("waiting", "Our decision")
    if what.startswith("answer_"):
        return Sign("unknown", what.removeprefix("answer_").replace("_", " ").capitalize() + ": not stated")
    return Sign("waiting", what.replace("_", " ").capitalize())


def whom(slug: str) -> str:
    """On whom a lead waits."""
    parties = {
        "referrer": "whoever refers",
        "orderer": "whoever orders",
        "family": "the family",
        "payer": "the payer",
        "us": "us",
    }
    return parties.get(slug, slug)
