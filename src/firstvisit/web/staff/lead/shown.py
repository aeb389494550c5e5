"""One lead file in words: what the template prints, with what the person may not see left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from firstvisit.journey.lead_file import Happening, LeadFile
from firstvisit.journey.plan import TASK_WORDS
from firstvisit.journey.verbs import CLOSINGS, RESULTS
from firstvisit.kernel import clock
from firstvisit.leads.queries import code
from firstvisit.people.identity import Identity
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.steps.qualify.rules import OUTCOMES
from firstvisit.steps.routing import clocks
from firstvisit.web.ui import words
from firstvisit.web.ui.words import Sign

CHANNELS: Final = ("phone", "sms", "email", "voicemail")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a list of facts."""

    label: str
    text: str = ""
    signs: tuple[Sign, ...] = ()
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One stage on the way, with what is known of it."""

    label: str
    state: str
    note: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    at: str
    text: str
    said: str
    note: str


@dataclass(frozen=True, slots=True)
class Next:
    """One open task with its clock."""

    id: str
    words: str
    why: str
    due: str
    sign: Sign
    owner: str
    snoozed: str


@dataclass(frozen=True, slots=True)
class LeadPage:
    """A lead file seen by one person at one moment."""

    file: LeadFile
    user: User
    site: Site
    now: datetime

    @property
    def code(self) -> str:
        return code(self.file.lead.number)

    @property
    def named(self) -> bool:
        return self.user.may("identity.see")

    @property
    def name(self) -> str:
        file = self.file
        if not self.named:
            return self.code
        who = file.patient or file.contact
        if file.patient is None and file.organization:
            return str(file.organization["name"])
        return who.name if who else self.code

    @property
    def origin(self) -> str:
        """ "Lead L-2641, web form, received Mon Nov 16, 2:05 pm" """
        source = words.SOURCES.get(self.file.lead.facts.source, self.file.lead.facts.source)
        by = ""
        if self.named and self.file.organization and self.file.patient is not None:
            by = f"{self.file.organization['name']} by "
        return f"Lead {self.code}, {by}{source}, received {self.at(self.file.lead.received_at)}"

    @property
    def steps(self) -> list[Step]:
        lead = self.file.lead
        names = [name for name, _ in words.STAGES]
        place = names.index(lead.stage) if lead.stage in names else len(names)
        reached = {h.event.name: h.event.at for h in reversed(self.file.happenings)}
        notes = {"received": self.at(lead.received_at), "contacted": self.at(reached.get("tried"))}
        found = []
        for number, (name, label) in enumerate(words.STAGES):
            if lead.closed_at is not None:
                done = name == "received" or (name == "contacted" and bool(notes["contacted"]))
                found.append(Step(label, "done" if done else "open", notes.get(name, "") or "not reached"))
                continue
            state = "done" if number < place else "now" if number == place else "open"
            note = notes.get(name, "") if state != "open" else "not yet"
            if name == "evaluated" and state == "open" and self.file.why["by"]:
                note = f"by {words.day(date.fromisoformat(self.file.why['by']))}"
            found.append(Step(label, state, note or ("now" if state == "now" else "")))
        return found

    @property
    def alarms(self) -> list[str]:
        """What nobody must overlook."""
        found = []
        for ruling in self.file.why["rulings"]:
            if ruling["what"] == "do_not_contact":
                found.append(f"Do not contact. Ruled by {ruling['by']}, {self.at_text(ruling['at'])}.")
        found += [r["text"] for r in self.file.why["reasons"] if r["text"].startswith("Red flag")]
        return found

    @property
    def who(self) -> list[Fact]:
        if not self.named:
            return [Fact("Name", "hidden from your role")]
        file, found = self.file, list[Fact]()
        patient, contact = file.patient, file.contact
        if patient is not None:
            child = _months(patient, self.today) is not None and (_months(patient, self.today) or 0) < 18 * 12
            found.append(Fact("Child" if child else "Patient", self._person(patient)))
        if contact is not None:
            relation = words.relation(file.relationship)
            label = (
                "Guardian" if file.relationship in ("mother", "father", "parent", "guardian") else "Contact"
            )
            found.append(Fact(label, ", ".join(p for p in (contact.name, relation) if p), strong=True))
        reach = [who for who in (contact, patient) if who is not None]
        language = next((who.language for who in reversed(reach) if who.language), None)
        if language:
            found.append(Fact("Language", language))
        phone = next((words.phone(who.phone) for who in reach if who.phone), "")
        email = next((who.email for who in reach if who.email), "")
        found += [Fact("Phone", phone or "not stated")]
        found += [Fact("E-mail", email)] if email else []
        found.append(Fact("Allowed", signs=tuple(self._allowed(channel) for channel in CHANNELS)))
        if patient is not None:
            found.append(Fact("Home", self._home(patient)))
        return found

    @property
    def referrer(self) -> list[Fact]:
        if not self.named or not (self.file.referrer or self.file.organization):
            return []
        found, person, place = list[Fact](), self.file.referrer or {}, self.file.organization or {}
        if person.get("name"):
            found.append(
                Fact(
                    "Name", ", ".join(p for p in (person["name"], person.get("credential")) if p), strong=True
                )
            )
        if place.get("name"):
            found.append(Fact("At", str(place["name"])))
        for label, key in (("Phone", "phone"), ("Fax", "fax")):
            if number := person.get(key) or place.get(key):
                found.append(Fact(label, words.phone(number)))
        return found

    @property
    def wish(self) -> list[Fact]:
        referral, facts, why = self.file.referral, self.file.lead.facts, self.file.why
        program = practice().programs.get(facts.program or "")
        found = []
        if program is not None:
            found.append(Fact("Program", f"{program.name}, {' + '.join(program.disciplines)}"))
        elif facts.asked_program:
            found.append(Fact("Program", f"{facts.asked_program.replace('_', ' ')}, not ours"))
        else:
            found.append(Fact("Program", " + ".join(facts.disciplines) or "not stated"))
        if self.user.may("narrative.see") and referral.diagnoses:
            found.append(Fact("Diagnosis", ", ".join(d.code for d in referral.diagnoses)))
        if facts.event_on is not None:
            kind = words.DATES.get(facts.event_kind or "", "date")
            found.append(Fact("Date", f"{kind} {words.day(facts.event_on)}, {facts.event_on.year}"))
        if why["by"]:
            left = why["days_left"]
            when = (
                f"in {left} days"
                if left > 1
                else "tomorrow"
                if left == 1
                else "today"
                if left == 0
                else "passed"
            )
            found.append(
                Fact(
                    "First visit", f"by {words.day(date.fromisoformat(why['by']))}, {when}", strong=left <= 7
                )
            )
        times = referral.availability
        if times:
            found.append(
                Fact("Times", times if isinstance(times, str) else ", ".join(_half_day(t) for t in times))
            )
        if facts.timing:
            found.append(
                Fact(
                    "Wished",
                    {"asap": "as soon as possible", "within_month": "within a month"}.get(
                        facts.timing, facts.timing
                    ),
                )
            )
        return found

    @property
    def said(self) -> list[str] | None:
        """Their own words; None when the role may not see them."""
        if not self.user.may("narrative.see"):
            return None
        referral = self.file.referral
        return [text for text in (referral.concern, referral.asks, referral.escalate_reason) if text]

    @property
    def coverage(self) -> list[Fact] | None:
        if not self.user.may("insurance.see"):
            return None
        found = []
        for payer in self.file.referral.payers or ():
            ours = practice().payer_by_name.get(payer.name.casefold()) if payer.name else None
            kind = words.PAYER_KINDS.get((ours.kind if ours else payer.kind) or "", "")
            found.append(
                Fact("Payer", ", ".join(p for p in (payer.name, kind) if p) or "not stated", strong=True)
            )
            if payer.member_id:
                found.append(Fact("Member", payer.member_id))
            network = {"yes": Sign("yes", "in network"), "no": Sign("no", "not in network")}
            found.append(
                Fact(
                    "Network",
                    signs=(network.get(ours.in_network if ours else "", Sign("unknown", "not stated")),),
                )
            )
            status = {
                "approved": Sign("yes", "approved"),
                "not_required": Sign("yes", "not required"),
                "pending": Sign("waiting", "pending"),
                "required": Sign("waiting", "required"),
            }
            found.append(
                Fact(
                    "Authorization",
                    signs=(status.get(payer.authorization_status or "", Sign("unknown", "not stated")),),
                )
            )
        return found

    @property
    def papers(self) -> list[tuple[str, Sign]]:
        """What was said to be enclosed or announced, and the originals we keep."""
        found = []
        facts = self.file.lead.facts
        for kind in self.file.referral.documents or ():
            sign = Sign("waiting", "stated, not here yet")
            if kind == "order" and facts.order_state == "signed":
                sign = Sign("yes", "signed")
            elif kind == "order" and facts.order_state == "unsigned":
                sign = Sign("waiting", "unsigned")
            found.append((words.DOCUMENTS.get(kind, kind), sign))
        for part in self.file.parts:
            source = words.SOURCES.get(part.item.source, part.item.source)
            found.append(
                (f"Original, {source}, {self.at(part.item.received_at)}", Sign("yes", "kept sealed"))
            )
        return found

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
    def decided(self) -> str:
        stored = self.file.why["decided"]
        return (
            f"rules {stored['rules']}, decided {self.at_text(stored['at'])}" if stored else "not decided yet"
        )

    @property
    def reasons(self) -> list[Sign]:
        return [Sign(reason["mark"], reason["text"]) for reason in self.file.why["reasons"]]

    @property
    def waits(self) -> list[tuple[Sign, str]]:
        lead = self.file.lead
        return [
            (words.blocker(b["what"], b["whom"], lead.outcome), words.whom(b["whom"]))
            for b in self.file.why["blockers"]
        ]

    @property
    def next(self) -> list[Next]:
        return [self._next(task) for task in self.file.why["tasks"]]

    @property
    def timeline(self) -> list[Entry]:
        return [self._entry(happening) for happening in self.file.happenings]

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
        lead = self.file.lead
        if lead.owner_user is not None:
            return "you" if lead.owner_user_id == self.user.id else lead.owner_user.name
        return str(lead.owner_queue.data.get("name", lead.owner_queue.slug)) if lead.owner_queue else ""

    @property
    def locked_by(self) -> str:
        """Who has it open, when that is somebody else."""
        held = self.file.held
        if held is None or held.holder == self.user.id:
            return ""
        until = words.clock_time(held.until, self.site.tz)
        return f"{self.file.holder or 'Somebody'} has this lead open until {until}."

    @property
    def today(self) -> date:
        return self.now.astimezone(self.site.tz).date()

    def at(self, when: datetime | None) -> str:
        return words.moment(when, self.site.tz, self.now) if when else ""

    def at_text(self, when: str) -> str:
        return self.at(datetime.fromisoformat(when))

    def _person(self, who: Identity) -> str:
        months = _months(who, self.today)
        sex = who.sex or ""
        if sex and months is not None and months < 18 * 12:
            sex = {"female": "girl", "male": "boy"}.get(sex, sex)
        born = f"born {who.born:%b} {who.born.day}, {who.born.year}" if who.born else "birth date not stated"
        return ", ".join(p for p in (sex, words.age(months), born) if p)

    def _home(self, who: Identity) -> str:
        place = " ".join(p for p in (who.city, who.postal_code) if p) or "not stated"
        miles = self.file.lead.facts.miles
        return place if miles is None else f"{place}, {miles} mi"

    def _allowed(self, channel: str) -> Sign:
        given = self.file.consents.get(channel)
        shape = "unknown" if given is None else "yes" if given else "no"
        return Sign(
            shape, words.CHANNELS[channel] if given is not None else f"{words.CHANNELS[channel]} not asked"
        )

    def _next(self, task: dict[str, Any]) -> Next:
        due = datetime.fromisoformat(task["due_at"])
        place = practice().sites.get(self.file.lead.site, self.site)
        left = clocks.minutes_between(self.now, due, place)
        return Next(
            id=task["id"],
            words=task["words"],
            why=task["why"],
            due=self.at(due),
            owner=task["owner"],
            sign=words.due_sign(left, task["minutes"], late=due < self.now),
            snoozed=self.at_text(task["snoozed_until"]) if task["snoozed_until"] else "",
        )

    def _entry(self, happening: Happening) -> Entry:
        event, data = happening.event, happening.event.data
        text, note = words.EVENTS.get(event.name, event.name.replace("_", " ").capitalize()), happening.who
        match event.name:
            case "received":
                text = f"Received by {words.SOURCES.get(data.get('source', ''), data.get('source', ''))}"
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
                note = ", ".join(p for p in (TASK_WORDS.get(data.get("task", "")), happening.who) if p)
            case "closed":
                text = f"Closed: {CLOSINGS.get(data.get('how', ''), '')}"
            case "snoozed":
                text = f"Snoozed until {self.at_text(data['until'])}"
            case "owner_ruled":
                text = (
                    "Taken" if data.get("user") and event.actor == f"user:{data['user']}" else "Handed over"
                )
            case "outcome_ruled":
                text = f"Overruled: {OUTCOMES.get(data.get('outcome', ''), '')}"
            case "joined":
                note = ", ".join(str(c).replace("_", " ") for c in data.get("changed", ())[:4])
        if event.name.startswith("message_"):
            note = ", ".join(
                p for p in (data.get("template"), words.CHANNELS.get(data.get("channel", ""), "")) if p
            )
        said = f"“{happening.words}”" if happening.words and happening.words != "taken" else ""
        if happening.hidden:
            note = f"{note}, words hidden from your role".lstrip(", ")
        return Entry(self.at(event.at), text, said, note)


def seen_by(user: User, file: LeadFile, site: Site) -> LeadPage:
    """The page of one person, now."""
    return LeadPage(file, user, site, clock.now())


def _months(who: Identity, today: date) -> int | None:
    if who.born is not None:
        return words.months_since(who.born, today)
    return None if who.age_years is None else who.age_years * 12


def _half_day(slot: str) -> str:
    return slot.replace("_", " ").capitalize()
