"""One lead file in words: what the template prints, with what the person may not see left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from firstvisit.journey import verbs
from firstvisit.journey.case import PROPOSAL
from firstvisit.journey.endings import CALL_MISSED_TREATMENT, groups_for
from firstvisit.journey.flags import NO_RED_FLAG
from firstvisit.journey.lead_file import LeadFile
from firstvisit.journey.plan.farewell import NAMES_A_PLACE
from firstvisit.journey.plan.partner import NOT_EVALUATED
from firstvisit.journey.plan.visits import MISSED_TWICE
from firstvisit.journey.queries import place_named
from firstvisit.journey.visits import in_words
from firstvisit.journey.warned import Warned, warned
from firstvisit.kernel import clock
from firstvisit.leads import scope
from firstvisit.messages.templates import agreed_for
from firstvisit.messages.texts import CLOSED_TO_PARTNER, VISIT_TO_PARTNER
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Site
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.rules import OUTCOMES
from firstvisit.steps.routing import clocks
from firstvisit.web.staff.lead import snoozing
from firstvisit.web.staff.lead.facts import Seen
from firstvisit.web.staff.lead.stages import Step, steps_of
from firstvisit.web.staff.lead.timeline import Entry, timeline
from firstvisit.web.ui import naming, words
from firstvisit.web.ui.words import Sign

SAID_BELOW: Final = ("place", "telehealth", "next_step", "hold")
"""Reasons that say what comes of it, not what was checked."""


TO_WHO_MISSED: Final = (
    "Ask first: are you well, and is somebody with you who needs help?",
    "Then: we expected you for your visit; shall we find another time? What would make it easier to come: a ride, "
    "another hour, by video?",
)
"""What is said to somebody who did not come; nobody is blamed."""
HOLDS: Final = ("hold", "capacity", "authorization")
"""Reasons that keep a lead from being booked though we are the right place."""


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
        return timeline(self)

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
        if task["kind"] in ("call_missed", CALL_MISSED_TREATMENT):
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

def seen_by(user: User, file: LeadFile, site: Site) -> LeadPage:
    """The page of one person, now."""
    now = clock.now()
    unmasked = user.may("identity.mask") and scope.unmasked(user.id, file.lead.id, now=now)
    return LeadPage(file, user, site, now, unmasked)
