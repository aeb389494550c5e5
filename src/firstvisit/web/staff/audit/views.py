"""Audit: who saw or changed what, newest first; people are codes here."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from firstvisit.journey.queries import user_names
from firstvisit.kernel import audit as log
from firstvisit.kernel import clock
from firstvisit.kernel.models import AuditBlock, AuditRow
from firstvisit.leads.queries import by_code, codes
from firstvisit.practice.models import User
from firstvisit.practice.shape import Site
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

PAGE: Final = 100
_WORD: Final = re.compile(r"^[a-z_]{1,60}$")
VERBS: Final = {
    "viewed": "saw",
    "refused": "was refused",
    "signed_in": "signed in",
    "signed_out": "signed out",
    "signed_off": "was signed off",
    "sign_in_failed": "failed to sign in",
    "code_failed": "gave a wrong code",
    "received": "received",
    "received_again": "received once more",
    "delivery_refused": "refused a message",
    "text_stop": "wrote STOP",
    "text_start": "wrote START",
    "text_help": "wrote HELP",
    "file_refused": "refused a file",
    "visits_told": "told of visits",
    "end_of_nobody": "told of a visit of nobody here",
    "way_in_made": "made a way in",
    "way_in_changed": "changed a way in",
    "way_in_on": "switched a way in on",
    "way_in_off": "switched a way in off",
    "way_in_records": "records a delivery of a way in",
    "way_in_secret": "gave a way in a new secret",
    "way_seen_to": "saw to a way in",
    "wrong_signature": "was refused: wrong signature",
    "lead_opened": "opened a lead",
    "lead_joined": "joined to a lead",
    "tried": "tried",
    "spoken": "noted a call",
    "asked_about": "was asked how it stands, and answered",
    "proposal_answered": "answered a proposal",
    "papers_arrived": "noted that papers arrived",
    "card_link_given": "gave a link for a photo of the card",
    "card_came": "sent a photo of the card",
    "corrected": "added to or corrected what was stated",
    "evaluation_completed": "noted a completed evaluation",
    "plan_sent": "noted that a plan of care was sent",
    "plan_of_care_sent": "noted that the plan of care was sent",
    "discharged": "noted a discharge",
    "end_not_noted": "said that what stands of a visit holds",
    "end_taken_back_ruled": "took back the end of a visit",
    "plan_certified": "noted that a plan of care was certified",
    "treatment_counted": "counted treatment days",
    "progress_reported": "noted a progress report",
    "therapy_ended": "noted that the care has ended",
    "medicare_taken_back": "took back what was noted for Medicare",
    "therapy_dollars_noted": "noted dollars of therapy",
    "benefits_asked_again": "asked a payer again",
    "benefits_told": "noted what a payer told us",
    "authorization_ruled": "noted what the payer answered",
    "authorization_needed": "noted that an authorization is needed",
    "authorization_prepared": "prepared a request for authorization",
    "authorization_sent": "sent a request for authorization",
    "authorization_nudged": "asked after an authorization",
    "authorization_pended": "brought the payer's reply: still in hand",
    "authorization_reply_unclear": "brought a payer's reply to be read",
    "authorization_decided": "noted what the payer decided",
    "authorization_counted": "counted authorized visits",
    "authorization_extended": "asks for more visits",
    "authorization_cancelled": "took back a request for authorization",
    "estimate_ruled": "noted that they asked what it costs",
    "entered_in_emr": "entered a booked patient or a visit in the EMR",
    "said_again_to_emr": "had the EMR told again what it did not take",
    "estimate_made": "made an estimate",
    "estimate_given": "gave an estimate",
    "offer_ruled": "sent a link to choose a time",
    "visit_held": "held a time",
    "visit_lapsed": "let a held time go",
    "visit_booked": "booked a visit",
    "visit_moved": "moved a visit",
    "treatment_booked": "booked treatment",
    "group_opened": "opened sessions of a group",
    "group_closed": "closed a session of a group",
    "both_visits_stand": "let two first visits stand",
    "group_joined": "gave a seat in a group",
    "treatment_moved": "moved a visit of treatment",
    "treatment_cancelled": "cancelled a visit of treatment",
    "no_time_ruled": "called off a visit for which no time could be offered",
    "call_treatment_ruled": "had a family called about its treatment",
    "treatment_ruled": "let treatment stand as it is",
    "visit_cancelled": "cancelled a visit",
    "visit_confirmed": "noted that they come",
    "visit_arrived": "noted an arrival",
    "visit_left": "noted that they left",
    "visit_missed": "noted a missed visit",
    "visit_refused": "was refused at a visit's page: another birth date",
    "visit_hours_stated": "said at which hours they can come",
    "estimate_refused": "was refused at an estimate's page: another birth date",
    "estimate_accepted": "accepted an estimate, or noted that",
    "program_ruled": "chose the program",
    "setting_ruled": "changed the setting",
    "stage_ruled": "moved an enquiry",
    "no_red_flag_ruled": "said: no red flag",
    "undone": "undid",
    "call_begun": "began a call",
    "call_about": "said whom a call is about",
    "call_turned": "said who called whom",
    "call_taken_over": "took a call over",
    "call_ended": "ended a call",
    "adding_begun": "began to add a lead",
    "add_ended": "ended adding a lead",
    "fields_confirmed": "confirmed fields",
    "item_noted": "noted something on what arrived",
    "item_read_again": "had it read again",
    "item_handed_over": "handed over what arrived",
    "item_reviewed": "reviewed a red flag in what arrived",
    "filed": "filed",
    "not_a_lead": "signed: not a lead",
    "filing_taken_back": "took back what was filed by mistake",
    "signing_taken_back": "took back: not a lead",
    "unread_looked_at": "looked at what could not be read",
    "page_turned": "turned a page",
    "pages_moved": "moved pages",
    "settled_again": "settled what was left behind",
    "second_opinion_asked": "asked for a second opinion",
    "second_opinion_answered": "got a second opinion",
    "second_opinion_failed": "got no second opinion",
    "way_in_tested": "tested a way in",
    "mail_stopped": "stopped e-mail to an address",
    "person_erased": "erased a person",
    "explained": "explained on the command line",
    "kept_day_sheet": "kept a day sheet",
    "calendar_given_out": "made an address of a calendar",
    "calendar_taken_back": "revoked an address of a calendar",
    "api_key_made": "made an API key",
    "api_key_revoked": "revoked an API key",
    "connector_verified": "recorded a real exchange with a connector",
    "connector_taken_back": "took a recorded exchange with a connector back",
    "rules_changed": "changed the rules",
    "practice_set_up": "set up the practice",
    "clock_moved": "moved the demo's clock",
    "went_away": "went away",
    "came_back": "came back",
    "owner_ruled": "changed the owner",
    "outcome_ruled": "overruled",
    "closed": "closed",
    "reopened": "reopened",
    "snoozed": "snoozed",
    "glass_broken": "broke the glass",
    "identity_unmasked": "had identities shown",
    "file_received": "sent a file of leads",
    "import_started": "started an import",
    "import_stopped": "stopped an import",
    "refused_rows_taken": "took refused rows",
    "file_forgotten": "forgot a file",
    "continued": "continued in another lead",
    "merged_into": "continued in another lead of the same person",
    "merged_from": "took on another lead of the same person",
    "restricted": "wrote a restriction",
    "restriction_lifted": "lifted a restriction",
    "authority_noted": "noted who may decide and be told",
    "merge_undone": "parted two leads again",
    "people_merged": "decided: one person",
    "people_told_apart": "decided: two people",
    "people_asked": "asks before deciding on a pair",
    "people_merge_undone": "undid a merge of people",
    "people_decision_taken_back": "took back at once what they decided on a pair",
    "person_parted": "said: not this person",
    "do_not_contact_ruled": "ruled: do not contact",
    "do_not_contact_lifted": "lifted do not contact",
    "event_made": "set up an event",
    "event_ended": "closed an event",
    "guide_made": "offered a guide",
    "guide_ended": "took a guide back",
    "text_signed": "signed a translated text",
    "text_signature_taken_back": "took the signature of a translated text back",
    "status_asked": "asked for a link to a referral",
    "practice_added": "added to the practice",
    "practice_changed": "changed the practice",
    "practice_retired": "retired from the practice",
    "practice_returned": "returned the practice to what it was",
    "practice_loaded": "loaded the practice from files",
    "account_added": "added an account",
    "account_changed": "changed an account",
    "account_disabled": "disabled an account",
    "account_enabled": "enabled an account",
    "password_set": "gave a new password",
    "second_factor_reset": "forgot a second factor",
    "second_factor_added": "added a second factor",
    "second_factor_removed": "removed a second factor",
}


KINDS: Final = {
    "today": "Today",
    "user": "account",
    "item": "what arrived",
    "item page": "page of what arrived",
    "item original": "original of what arrived",
    "import": "file of leads",
    "api_key": "API key",
    "connector": "connector",
    "way_in": "way in",
    "master_key": "master key",
    "text": "translated text",
}
"""What a row is about, where its own word is none of the screens'."""


@dataclass(frozen=True, slots=True)
class Line:
    """One log row in words."""

    at: str
    who: str
    verb: str
    what: str
    address: str


@require_GET
@screen("audit.see")
def audit(request: HttpRequest) -> HttpResponse:
    """Parse the filter, ask once, render; looking is itself noted."""
    user = staff(request)
    site, now = site_of(request, user), clock.now()
    asked = {name: request.GET.get(name, "").strip()[:60] for name in ("actor", "verb", "subject", "day")}
    rows = list(_filtered(asked, site, request.GET.get("before", ""))[: PAGE + 1])
    shown, names = rows[:PAGE], _names(rows[:PAGE])
    log.note(actor_of(request), "viewed", "audit", [])
    context: dict[str, Any] = {
        "lines": [_line(row, names, site, now) for row in shown],
        "asked": asked,
        "filtered": any(asked.values()),
        "people": list(User.objects.order_by("name").values_list("id", "name")),
        "verbs": VERBS,
        "next": f"?{urlencode({**asked, 'before': shown[-1].id})}" if len(rows) > PAGE else "",
        "chain": _chain(site, now),
    }
    return render(request, "staff/audit/audit.html", context)


def _filtered(asked: dict[str, str], site: Site, before: str) -> Any:
    rows = AuditRow.objects.order_by("-id")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(id__lt=int(before))
    if asked["actor"] in ("system", "public"):
        rows = rows.filter(actor=asked["actor"])
    elif asked["actor"] == "api":
        rows = rows.filter(actor__startswith="api")
    elif asked["actor"]:
        rows = rows.filter(actor=f"user:{asked['actor']}")
    if asked["verb"]:
        rows = rows.filter(verb=asked["verb"] if _WORD.match(asked["verb"]) else "")
    if asked["subject"]:
        lead = by_code(asked["subject"])
        rows = rows.filter(subjects__overlap=[asked["subject"].upper(), *([str(lead.id)] if lead else [])])
    if day := _day(asked["day"]):
        start = datetime.combine(day, datetime.min.time(), site.tz)
        rows = rows.filter(at__gte=start, at__lt=start + timedelta(days=1))
    return rows


def _names(rows: list[AuditRow]) -> dict[str, str]:
    """Codes of leads and names of colleagues for the ids shown, in two questions."""
    leads, users = set[uuid.UUID](), set[uuid.UUID]()
    for row in rows:
        ids = {found for subject in row.subjects if (found := _uuid(subject))}
        (users if row.subject_kind == "user" else leads).update(ids)
        if row.actor.startswith("user:") and (found := _uuid(row.actor[5:])):
            users.add(found)
    return {
        **{str(lead): code for lead, code in codes(list(leads)).items()},
        **{str(user): name for user, name in user_names(users).items()},
    }


def _line(row: AuditRow, names: dict[str, str], site: Site, now: datetime) -> Line:
    kind, _, number = row.actor.partition(":")
    who = {
        "user": names.get(number, "a former colleague"),
        "system": "the system",
        "public": "a public page",
        "way": "a way in",
    }
    known = list(dict.fromkeys(names.get(s, s) for s in row.subjects if s in names or not _uuid(s)))
    hidden = sum(1 for s in row.subjects if s not in names and _uuid(s))
    listed = ", ".join(known[:6]) + (f" and {len(known) - 6} more" if len(known) > 6 else "")
    place = KINDS.get(row.subject_kind, row.subject_kind)
    if hidden and not known:
        listed = f"{row.subjects[0][:8]}{f' and {hidden - 1} more' if hidden > 1 else ''}"
    what = f"{place}: {listed}" if listed else place
    if row.why:
        what += f" ({row.why})"
    local = row.at.astimezone(site.tz)
    at = f"{words.moment(row.at, site.tz, now)}".replace(" am", f":{local:%S} am").replace(
        " pm", f":{local:%S} pm"
    )
    return Line(
        at=at,
        who=who.get(kind, f"API key {number[:8]}"),
        what=what,
        address=row.address,
        verb=VERBS.get(row.verb, row.verb.replace("_", " ")),
    )


def _chain(site: Site, now: datetime) -> str:
    last = AuditBlock.objects.order_by("-number").first()
    if last is None:
        return "No block of the chain is closed yet."
    closed = words.moment(last.closed_at, site.tz, now)
    return (
        f"Chain: block {last.number} closed {closed} over {last.rows} row{'s' if last.rows != 1 else ''}, "
        f"head {last.head[:12]}. “firstvisit check” recomputes the whole chain."
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
