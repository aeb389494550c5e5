"""One lead file in words: what the template prints, with what the person may not see left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from firstvisit.journey import verbs
from firstvisit.journey.case import PROPOSAL
from firstvisit.journey.endings import CLOSED_AS, DECLINES, RESULTS, groups_for
from firstvisit.journey.flags import NO_RED_FLAG
from firstvisit.journey.lead_file import Happening, LeadFile
from firstvisit.journey.plan import TASK_WORDS
from firstvisit.journey.plan.farewell import NAMES_A_PLACE
from firstvisit.journey.plan.partner import NOT_EVALUATED
from firstvisit.journey.plan.visits import MISSED_TWICE
from firstvisit.journey.queries import place_named
from firstvisit.journey.undo import VERBS
from firstvisit.journey.verbs import ANSWERED
from firstvisit.journey.visits import Visit, in_words
from firstvisit.journey.warned import Warned, warned
from firstvisit.kernel import clock
from firstvisit.leads import scope
from firstvisit.messages.templates import agreed_for
from firstvisit.messages.texts import CLOSED_TO_PARTNER, VISIT_TO_PARTNER
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Site
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.steps.booking.ends import WORDS
from firstvisit.steps.coverage.told import HOWS
from firstvisit.steps.qualify.organizations import STAGES as ORGANIZATION_STAGES
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.rules import OUTCOMES
from firstvisit.steps.routing import clocks
from firstvisit.web.staff.lead import snoozing
from firstvisit.web.staff.lead.facts import Seen, site_name
from firstvisit.web.staff.lead.medicare import EVENTS as MEDICARE_EVENTS
from firstvisit.web.staff.lead.medicare import of_medicare
from firstvisit.web.staff.lead.stages import Step, steps_of
from firstvisit.web.staff.visit.shown import treatment_words, visit_words
from firstvisit.web.ui import naming, tellings, words
from firstvisit.web.ui.words import Sign

SAID_BELOW: Final = ("place", "telehealth", "next_step", "hold")
"""Reasons that say what comes of it, not what was checked."""


TO_WHO_MISSED: Final = (
    "Ask first: are you well, and is somebody with you who needs help?",
    "Then: we expected you today; shall we find another time? What would make it easier to come: a ride, another hour, "
    "by video?",
)
"""What is said to somebody who did not come; nobody is blamed."""
HOLDS: Final = ("hold", "capacity", "authorization")
"""Reasons that keep a lead from being booked though we are the right place."""


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


@dataclass(frozen=True, slots=True)
class Waits:
    """What a lead waits for, on whom, since when; when they were asked and by when it was wanted."""

    what: Sign
    whom: str
    since: str
    asked: str
    expected: str


@dataclass(frozen=True, slots=True)
class Next:
    """One open task with its clock."""

    id: str
    kind: str
    words: str
    why: str
    due: str
    sign: Sign
    owner: str
    snoozed: str
    proposal: bool
    needs_authorization: bool
    """A ready action that waits for a person's press."""
    broken: str
    """What its broken clock did."""
    say: tuple[str, ...] = ()
    """Of telling a partner: by which number, and what is said; no name, which the other side knows by the reference."""

    @property
    def endings(self) -> dict[str, dict[str, str]]:
        """What it may end in, in groups."""
        return groups_for(self.kind)


@dataclass(frozen=True, slots=True)
class LeadPage(Seen):
    """The whole page: the facts, and what was decided, what comes next, what happened."""

    @property
    def name(self) -> str:
        file = self.file
        if not self.named:
            return self.code
        place = str(file.organization["name"]) if file.organization else None
        return naming.called(file.patient, file.contact, place, self.code)

    @property
    def not_named(self) -> str:
        """ "child not named yet" beside the name of whoever asks."""
        return naming.not_named(self.file.patient, self.file.relationship) if self.named else ""

    @property
    def origin(self) -> str:
        """ "Lead L-2641, web form, received Mon Nov 16, 2:05 pm" """
        source = words.came_by(self.file.lead.facts.source, self.file.referral.channel)
        by = ""
        if self.named and self.file.organization and self.file.patient is not None:
            by = f"{self.file.organization['name']} by "
        return f"Lead {self.code}, {by}{source}, received {self.at(self.file.lead.received_at)}"

    @property
    def steps(self) -> list[Step]:
        return steps_of(self)

    @property
    def elsewhere(self) -> str:
        """The visit that was agreed in a try and kept in another calendar; of a closed lead whose evaluation is noted
        without one that this was."""
        if (agreed := self.file.booked) is not None:
            moment = self.at(agreed.again_at) or "A day that was not said"
            where = in_words(self.visit, practice())
            return f"{moment}{f', {where}' if where else ''}: agreed in a call, kept in another calendar"
        reached = self.file.reached
        if reached is None or reached.evaluated is None:
            return ""
        return "The evaluation took place; its visit was not booked here"

    @property
    def alarms(self) -> list[str]:
        """What nobody must overlook."""
        found = []
        for ruling in self.file.why["rulings"]:
            if ruling["what"] == "do_not_contact":
                found.append(f"Do not contact. Ruled by {ruling['by']}, {self.at_text(ruling['at'])}.")
        found += [r["text"] for r in self.file.why["reasons"] if r["code"] in RED_FLAGS]
        return found

    @property
    def restrictions(self) -> list[Warned]:
        """What must not happen about the patient; whom it is about only where names are shown, why only to whoever may
        read what families say."""
        if not self.named:
            return list(dict.fromkeys(Warned(each.what, "") for each in self.file.restrictions))
        tells = self.user.may("narrative.see")
        return warned(self.file.restrictions, self.user, words=lambda each: each.text if tells else each.about)

    @property
    def approved(self) -> list[str]:
        """What to read out at the red flags, each line once: several flags may have the same one."""
        judging = policy().section(Judging)
        flags = [r["code"] for r in self.file.why["reasons"] if r["code"] in RED_FLAGS]
        return list(dict.fromkeys(judging.line_for(flag) for flag in flags))

    @property
    def verdict(self) -> str:
        if self.file.lead.closed_at is not None:
            return f"Closed {self.at(self.file.lead.closed_at)}."
        return str(self.file.why["verdict"])

    @property
    def overruled(self) -> str:
        for ruling in self.file.why["rulings"]:
            if ruling["what"] == "outcome":
                judged = OUTCOMES.get(self.file.why["judged"], self.file.why["judged"])
                return f"Overruled by {ruling['by']}, {self.at_text(ruling['at'])}. The rules say: {judged}"
        return ""

    @property
    def no_red_flag(self) -> str:
        """Who said that what was stated is no red flag."""
        for ruling in self.file.why["rulings"]:
            if ruling["what"] == NO_RED_FLAG:
                return f"Seen by {ruling['by']}, {self.at_text(ruling['at'])}: no red flag in what had come by then."
        return ""

    @property
    def against(self) -> list[str]:
        """What stands against booking now, in the words of the checks: whoever books all the same overrules it."""
        found = (r for r in self.file.why["reasons"] if r["mark"] == "no" or r["code"] in HOLDS)
        return [reason["text"] for reason in found]

    @property
    def decided(self) -> str:
        """Under which rules it was decided, and whether those of now say the same."""
        stored = self.file.why["decided"]
        if not stored:
            return "not decided yet"
        said = f"rules {stored['rules']}, decided {self.at_text(stored['at'])}"
        if stored["rules"] == stored["rules_now"]:
            return said
        now = f"rules {stored['rules_now']}"
        return f"{said}; {now} change nothing" if stored["looked_at"] else f"{said}; {now} not yet applied"

    @property
    def reasons(self) -> list[Sign]:
        """What was checked, in two columns."""
        found = (reason for reason in self.file.why["reasons"] if reason["code"] not in SAID_BELOW)
        return [Sign(reason["mark"], reason["text"]) for reason in found]

    @property
    def what_then(self) -> list[Sign]:
        """The place named, the family's next step, until when it waits: whole sentences, below the checks."""
        found = (reason for reason in self.file.why["reasons"] if reason["code"] in SAID_BELOW)
        return [Sign(reason["mark"], reason["text"]) for reason in found]

    @property
    def waits(self) -> list[Waits]:
        lead = self.file.lead
        return [
            Waits(
                words.blocker(b["what"], b["whom"], lead.outcome),
                words.whom(b["whom"]),
                self.at_text(b["since"]) if b["since"] else "",
                self.at_text(b["asked"]) if b["asked"] else "",
                self.at_text(b["expected"]) if b["expected"] else "",
            )
            for b in self.file.why["blockers"]
        ]

    @property
    def promised_by(self) -> datetime | None:
        """By when whoever asked was told that somebody calls or writes."""
        return self.file.promised if self.file.lead.closed_at is None else None

    @property
    def promised(self) -> str:
        """The same in words."""
        return "" if self.promised_by is None else self.at(self.promised_by)

    @property
    def next(self) -> list[Next]:
        return [self._next(task) for task in self.file.why["tasks"]]

    @property
    def leaving(self) -> list[str]:
        """Letters that wait, and until when."""
        return [
            f"Letter, {words.LETTERS.get(template, template)}: leaves {self.at(moment)}"
            for template, moment in self.file.leaving
        ]

    @property
    def timeline(self) -> list[Entry]:
        """What happened; a first step of a form that was about somebody else is said by where it went alone."""
        went = {h.event.data.get("item") for h in self.file.happenings if h.event.name == "went_on_elsewhere"}
        return [
            self._entry(happening)
            for happening in self.file.happenings
            if not (happening.event.name == "joined" and happening.event.data.get("item") in went)
        ]

    @property
    def recognised(self) -> set[str]:
        """The items that are with this lead, of which it may be told that they are about somebody else."""
        return {str(part.item_id) for part in self.file.parts}

    @property
    def hold(self) -> Sign:
        held = self.file.held
        if held is None:
            owner = self.file.lead.owner_user
            if owner is not None:
                return Sign("held", "yours" if owner.pk == self.user.pk else owner.name)
            return Sign("free", "free")
        until = words.clock_time(held.until, self.site.tz)
        return Sign(
            "held",
            f"yours until {until}"
            if held.holder == self.user.id
            else f"held by {self.file.holder} until {until}",
        )

    @property
    def owner(self) -> str:
        """Who has it; of a closed lead who has what is still to do about it."""
        lead = self.file.lead
        if lead.closed_at is not None:
            return ", ".join(dict.fromkeys(task.owner for task in self.next))
        if lead.owner_user is not None:
            return "you" if lead.owner_user_id == self.user.id else lead.owner_user.name
        return str(lead.owner_queue.data.get("name", lead.owner_queue.slug)) if lead.owner_queue else ""

    @property
    def owner_reason(self) -> str:
        """Why the owner has it; nobody was given a closed lead."""
        return "" if self.file.lead.closed_at is not None else self.file.lead.owner_reason

    @property
    def locked_by(self) -> str:
        """Who has it open, when that is somebody else."""
        held = self.file.held
        if held is None or held.holder == self.user.id:
            return ""
        until = words.clock_time(held.until, self.site.tz)
        return f"{self.file.holder or 'Somebody'} has this lead open until {until}."

    def _next(self, task: dict[str, Any]) -> Next:
        due = datetime.fromisoformat(task["due_at"])
        place = practice().sites.get(self.file.lead.site, self.site)
        left = clocks.minutes_between(self.now, due, place)
        return Next(
            id=task["id"],
            kind=task["kind"],
            words=task["words"],
            why=task["why"],
            due=self.at(due),
            owner=task["owner"],
            sign=words.due_sign(left, task["minutes"], late=due < self.now),
            snoozed=self._snoozed(task["snoozed_until"]),
            proposal=task["kind"].startswith(PROPOSAL),
            needs_authorization=verbs.needs_authorization(task["kind"], self.file.lead),
            broken=self._broken(task["broken"]),
            say=self._say(task),
        )

    def _snoozed(self, until: str | None) -> str:
        """Until when a task is put away, and what somebody should know of that moment."""
        if until is None:
            return ""
        place = practice().sites.get(self.file.lead.site, self.site)
        doubts = snoozing.doubts(datetime.fromisoformat(until), place, self.promised_by, self.at)
        return f"{self.at_text(until)}{f': {doubts}' if doubts else ''}"

    def _say(self, task: dict[str, Any]) -> tuple[str, ...]:
        """What is said in the call that a task is."""
        if task["kind"] == "call_missed":
            return TO_WHO_MISSED
        if task["kind"] == "tell_partner" and self.named:
            said = ((MISSED_TWICE, "missed"), (NOT_EVALUATED, "not_evaluated"))
            return self._to_partner(next((what for why, what in said if why in task["why"]), ""))
        return ()

    def _to_partner(self, visit: str = "") -> tuple[str, ...]:
        """Whom to reach, as they wish, and how it stands or ended in the words of the letter."""
        lead, stated = self.file.lead, self.file.referral.referrer
        numbers = {"phone": stated.phone or "", "fax": stated.fax or ""}
        verbs = {"phone": "call", "fax": "send a fax to"}
        first = stated.updates_by if stated.updates_by in numbers else "phone"
        ways = sorted((way for way in numbers if numbers[way]), key=lambda way: way != first)
        behind = {stated.phone: stated.extension}
        dialled = [f"{verbs[way]} {words.phone(numbers[way], behind.get(numbers[way]))}" for way in ways]
        reach = ", or ".join(dialled).capitalize()
        who = next((f"{one.text}." for one in self.referrer if one.label in ("Name", "At")), "")
        status = CLOSED_TO_PARTNER.get(lead.closed_how, "closed; they may call us about it")
        if lead.closed_at is None:
            status = VISIT_TO_PARTNER.get(visit) or self._agreed()
        day = words.day(lead.received_at.astimezone(self.site.tz).date())
        about = f"the referral of {day}, our reference {self.code}"
        place = place_named(lead) if lead.closed_how in NAMES_A_PLACE else ""
        said = [f"Say: {about}: {status}.", place]
        if lead.referrer_mail == "hand_joins":
            said = [
                "Say only: what they sent has arrived.",  # no word of when the family asked
                "Nothing of the visit or of how it ends: they joined a request of the family and only they say who "
                "they are. Once the family confirmed them, or the authorization was read, say so under Who refers.",
            ]
        if lead.referrer_mail == "hand_out":
            said = [
                f"Say only: {about}, has arrived; what becomes of it we may tell only with the patient's permission.",
                f"More only once you have read the patient's written authorization to tell them: {status}."
                f"{f' {place}' if place else ''}",
            ]
        return tuple(line for line in (who, reach and f"{reach}.", *said) if line)

    def _agreed(self) -> str:
        """What whoever referred hears of an agreed visit; where and with whom it is only who treats the patient or may
        know it by the patient's word."""
        booked, visit = self.file.booked, self.visit
        if booked is None:
            return agreed_for(None)
        zone = practice().sites.get(visit.site, self.site).tz
        told = in_words(visit, practice()) if self.file.lead.referrer_mail == "by_hand" else ""
        return agreed_for(booked.again_at.astimezone(zone).date() if booked.again_at else None, told)

    def _broken(self, broken: dict[str, str] | None) -> str:
        if broken is None:
            return ""
        to = "you" if broken["to"] and self.file.lead.assigned_user_id == self.user.pk else broken["to"]
        waits = self.file.lead.owner_user_id is None
        return words.broken_clock(datetime.fromisoformat(broken["at"]), to, self.site.tz, self.now, waits=waits)

    def _entry(self, happening: Happening) -> Entry:
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
                    text = f"{text} for {self.at_text(data['again_at'])}"
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
                text = f"Snoozed until {self.at_text(data['until'])}"
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
                text, note = f"{text}{visit_words(data, self.now)}", happening.who
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
        pair = str(data.get("pair", "")) if event.name in _NAMES_LEAD else ""
        return Entry(self.at(event.at), text, said, note, lead, pair, item if item in self.recognised else "")


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


def seen_by(user: User, file: LeadFile, site: Site) -> LeadPage:
    """The page of one person, now."""
    now = clock.now()
    unmasked = user.may("identity.mask") and scope.unmasked(user.id, file.lead.id, now=now)
    return LeadPage(file, user, site, now, unmasked)
