"""The facts of a lead as one person may see them: who, what is wanted, coverage, papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.urls import reverse

from firstvisit.journey.endings import CLOSED_AS
from firstvisit.journey.inbox import seeing as inbox
from firstvisit.journey.lead_file import LeadFile
from firstvisit.journey.visits import NOT_SAID, Visit, in_words
from firstvisit.kernel.folding import folded
from firstvisit.leads.models import Lead
from firstvisit.leads.queries import code
from firstvisit.leads.services import JOINING
from firstvisit.people.guarding import COURT_ORDER
from firstvisit.people.identity import Identity
from firstvisit.people.relations import is_guardian
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.reference import zips
from firstvisit.referral import hours
from firstvisit.referral.record import Clinician, Diagnosis, Frequency, Payer, Referrer
from firstvisit.referral.sides import other_side
from firstvisit.web.ui import words
from firstvisit.web.ui.authority import may_decide
from firstvisit.web.ui.naming import PARENTS
from firstvisit.web.ui.words import NOT_USED, Sign

SIDES: Final = {"both": "both sides"}
CHANNELS: Final = ("phone", "sms", "email", "voicemail")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a list of facts."""

    label: str
    text: str = ""
    signs: tuple[Sign, ...] = ()
    strong: bool = False
    href: str = ""
    """Where the text leads."""


def site_name(slug: str) -> str:
    """A site by its name; one that is no part of the practice any more, by its slug."""
    site = practice().sites.get(slug)
    return site.name if site is not None else slug


@dataclass(frozen=True, slots=True)
class Seen:
    """A lead file seen by one person at one moment: the facts of it."""

    file: LeadFile
    user: User
    site: Site
    now: datetime
    unmasked: bool = False
    """Whether this person, whose view is masked, has given a reason to see who it is."""

    @property
    def code(self) -> str:
        return code(self.file.lead.number)

    @property
    def named(self) -> bool:
        return self.user.may("identity.see") or self.unmasked

    @property
    def may_unmask(self) -> bool:
        return self.user.may("identity.mask") and not self.named

    @property
    def who(self) -> list[Fact]:
        if not self.named:
            return [Fact("Name", "masked until you give a reason" if self.may_unmask else "hidden from your role")]
        file, found = self.file, list[Fact]()
        patient, contact = file.patient, file.contact
        if patient is not None:
            months = _months(patient, self.today)
            child = months < 18 * 12 if months is not None else file.relationship in PARENTS
            found.append(Fact("Child" if child else "Patient", self._person(patient)))
            if file.also_stated:
                found.append(Fact("Also stated", words.stated(file.also_stated)))
        if contact is not None:
            relation = words.relation(file.relationship) or self._said_relation(contact)
            guardian = is_guardian(file.relationship, file.referral.contact.authority)
            speaks = ", ".join(part for part in (contact.name, relation) if part)
            found.append(Fact("Guardian" if guardian else "Contact", speaks, strong=True))
            if file.authority is not None:
                ordered = any(each.what == COURT_ORDER for each in file.restrictions)
                found.append(
                    Fact("May decide", may_decide(file.authority, self.site.tz, self.now, ordered=ordered))
                )
        reach = [who for who in (contact, patient) if who is not None]
        language = next((who.language for who in reversed(reach) if who.language), None)
        stated = file.referral.patient
        if called := (patient and patient.preferred_name) or stated.preferred_name:
            found.append(Fact("Called", called))
        if language or stated.interpreter is not None:
            needs = {True: "interpreter needed", False: "no interpreter needed"}.get(stated.interpreter)  # type: ignore[arg-type]
            found.append(Fact("Language", ", ".join(part for part in (language, needs) if part)))
        dialled = next((who.phone for who in reach if who.phone), "")
        phone = next((words.phone(who.phone, who.extension) for who in reach if who.phone), "")
        email = next((who.email for who in reach if who.email), "")
        found += [Fact("Phone", phone or "not stated", self._unused(dialled))]
        found += [Fact("E-mail", email, self._unused(email))] if email else []
        if file.earlier:
            found.append(Fact("Also stated", ", ".join(self._way(reach) for reach in file.earlier)))
        for other, relationship in file.others:
            reached = self._way(other.phone or other.email or "")
            said = (other.name, words.relation(relationship), reached)
            found.append(Fact("Also speaks", ", ".join(part for part in said if part)))
        for other, leads in file.household:
            for number in (code(lead.number) for lead in leads):
                found.append(Fact("Household", f"{other.name}, {number}", href=f"/leads/{number}"))
        for beside, lead in file.together:
            called = beside.name if beside is not None and beside.is_named else "not named yet"
            named = f"{called}, {code(lead.number)}{'' if lead.closed_at is None else ', closed'}"
            found.append(Fact("Came together", named, href=f"/leads/{code(lead.number)}"))
        for lead in file.before:
            found.append(Fact("Other lead", self._other(lead), href=f"/leads/{code(lead.number)}"))
        if patient is not None and contact is not None:
            own = (patient.phone or "", patient.email or "")
            theirs = ", ".join(self._way(reach) for reach in own if reach and reach not in (dialled, email))
            found += [Fact("Patient's own", theirs)] if theirs else []
        if preferred := file.referral.contact.preferred_method:
            found.append(Fact("Prefers", words.CHANNELS[preferred]))
        if stated.no_voicemail or file.referral.contact.no_voicemail:
            found.append(Fact("Voicemail", signs=(Sign("no", "leave none"),)))
        ways = {channel: email if channel == "email" else dialled for channel in CHANNELS}
        found.append(Fact("Allowed", signs=tuple(self._allowed(channel, way) for channel, way in ways.items())))
        if patient is not None:
            unused = (Sign("no", NOT_USED),) if file.avoids_home else ()
            found.append(Fact("Home", self._home(patient), unused))
        return found

    def _other(self, lead: Lead) -> str:
        """A lead of the same patient, in words: its reference, and how and when it ended."""
        if lead.closed_at is None:
            return f"{code(lead.number)}, open"
        how = CLOSED_AS.get(lead.closed_how, "").lower()
        closed = lead.closed_at.astimezone(self.site.tz).date()
        ended = f": {how}" if how else ", goes on in another lead"
        return f"{code(lead.number)}, closed {words.day(closed)}, {closed.year}{ended}"

    @property
    def office_joins(self) -> bool:
        """Whether whoever refers joined somebody else's request, and only they say who they are."""
        return self.file.lead.referrer_mail in JOINING and not self.file.told_nothing

    @property
    def referrer(self) -> list[Fact]:
        if not self.named:
            return []
        found, place = list[Fact](), self.file.organization or {}
        stated, ordering = self.file.referral.referrer, self.file.referral.ordering
        if stated.name:
            found.append(Fact("Name", _with_credential(stated.name, stated.credential), strong=True))
        if at := stated.organization or place.get("name"):
            found.append(Fact("At", str(at)))
        if stated.role:
            found.append(Fact("Role", words.ROLES[stated.role]))
        for label, key in (("Phone", "phone"), ("Fax", "fax")):
            # What an office stated another time is not said of whoever sent this.
            if number := getattr(stated, key):
                found.append(Fact(label, words.phone(number, stated.extension if key == "phone" else None)))
            elif before := place.get(key):
                found.append(Fact(f"{label} of the office before", words.phone(before)))
        if stated.email:
            found.append(Fact("E-mail", self._way(stated.email)))
        if stated.npi:
            found.append(Fact("NPI", stated.npi))
        if self.file.npi_of:
            found.append(Fact("NPI before of", ", ".join(self.file.npi_of)))
        if stated.updates_by and not self.file.told_nothing:
            found.append(Fact("Updates", words.UPDATES[stated.updates_by]))
        if self.file.links_ended is not None:
            found.append(Fact("Status link", f"ended {self.at(self.file.links_ended)}"))
        if self.file.told_nothing:
            found.append(Fact("May be told", signs=(Sign("no", "nothing: a restriction names them"),), strong=True))
        elif self.office_joins:
            says = words.SAYS_ITSELF.get(stated.may_be_told, words.SAYS_ITSELF[None])
            found.append(Fact("May be told", signs=(Sign("no", says),), strong=True))
        elif stated.may_be_told:
            found.append(Fact("May be told", words.MAY_BE_TOLD[stated.may_be_told]))
        if ordering.name or ordering.organization:
            who = (ordering.name, ordering.credential, ordering.organization)
            found.append(Fact("Ordered by", ", ".join(part for part in who if part)))
            if ordering.phone:
                found.append(Fact("Their phone", words.phone(ordering.phone, ordering.extension)))
            if ordering.fax:
                found.append(Fact("Their fax", words.phone(ordering.fax)))
            if ordering.npi:
                found.append(Fact("Their NPI", ordering.npi))
        for sender in self.file.referral.also_referred or ():
            found.append(Fact("Also sent by", self._at(sender)))
            if sender.updates_by:
                found.append(Fact("Their updates", words.UPDATES[sender.updates_by]))
        found += [Fact("Also ordered by", self._at(one)) for one in self.file.referral.also_ordered or ()]
        return found

    def _at(self, who: Referrer | Clinician) -> str:
        """Somebody who sends or orders, in one line: name, office, NPI, and how they are reached."""
        email = who.email if isinstance(who, Referrer) else None
        said = (
            _with_credential(who.name, who.credential),
            who.organization,
            who.npi and f"NPI {who.npi}",
            who.phone and words.phone(who.phone, who.extension),
            who.fax and f"fax {words.phone(who.fax)}",
            email and self._way(email),
        )
        return ", ".join(part for part in said if part)

    @property
    def wish(self) -> list[Fact]:
        referral, facts, why = self.file.referral, self.file.lead.facts, self.file.why
        program = next((each for each in practice().programs.values() if each.name == why["program"]), None)
        found = []
        asked = practice().program_by_any_slug.get(facts.asked_program or "")
        therapies = " + ".join(referral.disciplines or ())
        if therapies or (asked is not None and asked is not program):
            name = asked.name if asked is not None and asked is not program else ""
            found.append(Fact("Asked for", ", ".join(part for part in (therapies, name) if part)))
        if program is not None:
            found.append(Fact("Program", f"{program.name}, {' + '.join(program.disciplines)}"))
        elif facts.asked_program:
            found.append(Fact("Program", f"{facts.asked_program.replace('_', ' ')}, not ours"))
        else:
            found.append(Fact("Program", "not known yet" if therapies else "not stated"))
        if len(practice().sites) > 1:
            found.append(Fact("Site", self._site))
        if facts.setting:
            asked_for = referral.setting if referral.setting != facts.setting else None
            asked_words = f"asked for {words.SETTINGS[asked_for]}" if asked_for else ""
            found.append(Fact("Setting", ", ".join(p for p in (words.SETTINGS[facts.setting], asked_words) if p)))
        if self.user.may("narrative.see") and referral.diagnoses:
            found.append(Fact("Diagnosis", "; ".join(_diagnosis(d) for d in referral.diagnoses)))
        for event in referral.events or ():
            told = event.words if self.user.may("narrative.see") else None
            when = f"{words.day(event.date)}, {event.date.year}" if event.date else "date not stated"
            kind = words.DATES.get(event.kind, "date")
            found.append(Fact("Date", ", ".join(part for part in (f"{kind} {when}", told) if part)))
        if referral.cause not in (None, "none"):
            found.append(Fact("Came about", words.CAUSES[str(referral.cause)]))
        for ordered in referral.frequencies or ():
            found.append(Fact("Ordered", _frequency(ordered)))
        if referral.access_needs and self.user.may("narrative.see"):
            found.append(Fact("Access", referral.access_needs))
        found += self._organization
        if agreed := self._agreed_visit:
            found.append(Fact("Agreed visit", agreed, strong=True))
        if why["by"] and self.file.lead.closed_at is None:
            left, by = why["days_left"], date.fromisoformat(why["by"])
            year = "" if by.year == self.today.year else f", {by.year}"
            said = f"by {words.day(by)}{year}, {_left(left)}"
            found.append(Fact("First visit", said, strong=left is not None and left <= 7))
        times = referral.availability
        if times:
            found.append(
                Fact("Times", times if isinstance(times, str) else ", ".join(words.half_day(t) for t in times))
            )
        if (between := hours.between(referral.hours)) is not None:
            found.append(Fact("Hours", hours.in_words(hours.kept(*between))))
        if facts.timing:
            found.append(
                Fact(
                    "Wished",
                    words.TIMING.get(facts.timing, facts.timing),
                )
            )
        if facts.not_before:
            found.append(Fact("Not before", words.day(facts.not_before)))
        return found

    @property
    def _site(self) -> str:
        """Where the lead is, and from where it came with the program or setting that was chosen."""
        site, came = site_name(self.file.lead.site), [r["value"] for r in self.file.why["rulings"]]
        left = next((each["from"] for each in reversed(came) if each.get("to") == self.file.lead.site), None)
        return f"{site}, moved from {site_name(left)}" if left else site

    @property
    def _organization(self) -> list[Fact]:
        """What an organization asks for, as far as it said."""
        need = self.file.referral.organization
        start = f"{words.day(need.start_on)}, {need.start_on.year}" if need.start_on else None
        shown = (
            ("How many", None if need.size is None else f"{need.size} people"),
            ("By when", ", ".join(part for part in (need.timeline, start) if part)),
            ("Budget", need.budget),
            ("Who decides", need.decision_maker),
            ("How it is decided", need.decision_path),
        )
        return [Fact(label, text) for label, text in shown if text]

    @property
    def said(self) -> list[str] | None:
        """Their own words; None when the role may not see them. What an organization needs and asks for is no patient's
        story: whoever may see who asks reads it."""
        referral = self.file.referral
        if not self.user.may("narrative.see"):
            reads = self.file.lead.kind == "organization" and self.named
            asked = (referral.organization.needs, referral.asks) if reads else ()
            return [text for text in asked if text] or None
        said = (referral.concern, referral.organization.needs, referral.asks, referral.escalate_reason)
        return [text for text in said if text]

    @property
    def coverage(self) -> list[Fact] | None:
        if not self.user.may("insurance.see"):
            return None
        found = []
        for payer in self.file.referral.payers or ():
            ours = practice().payer_by_name.get(payer.name.casefold()) if payer.name else None
            kind = words.PAYER_KINDS.get((ours.kind if ours else payer.kind) or "", "")
            said = (payer.name, kind if kind.casefold() not in (payer.name or "").casefold() else "")
            found.append(Fact("Payer", ", ".join(p for p in said if p) or "not stated", strong=True))
            if payer.member_id:
                found.append(Fact("Member", payer.member_id))
            if payer.group_number:
                found.append(Fact("Group", payer.group_number))
            if payer.claim_number:
                found.append(Fact("Claim", payer.claim_number))
            adjuster = (payer.adjuster_name, words.phone(payer.adjuster_phone, payer.adjuster_extension))
            if any(adjuster):
                found.append(Fact("Adjuster", ", ".join(part for part in adjuster if part)))
            if subscriber := _subscriber(payer):
                found.append(Fact("Subscriber", subscriber))
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
                "denied": Sign("no", "refused"),
            }
            found.append(
                Fact(
                    "Authorization",
                    _authorized(payer),
                    signs=(status.get(payer.authorization_status or "", Sign("unknown", _not_said(payer))),),
                )
            )
        return found + self._elsewhere

    @property
    def _elsewhere(self) -> list[Fact]:
        """Care by others that decides what a plan pays, as far as somebody said; unknown is not shown."""
        referral = self.file.referral
        said = (
            ("Home health", referral.home_health, "a plan is open, or was within three months", "none"),
            ("Therapy elsewhere", referral.therapy_elsewhere, "some this calendar year", "none this calendar year"),
            ("Here before", referral.returning, "yes", "no"),
            ("Their plan", referral.withhold_from_plan, "is told nothing: they pay in full", "may know"),
        )
        return [Fact(label, yes if answer else no) for label, answer, yes, no in said if answer is not None]

    @property
    def papers(self) -> list[tuple[str, Sign, str]]:
        """What was said to be enclosed or announced, and the originals we keep; of a document where it is seen."""
        found = []
        facts = self.file.lead.facts
        awaited = any(str(what).startswith("order") for what, *_ in self.file.lead.blockers)
        for kind in self.file.referral.documents or ():
            sign = Sign("waiting", "stated, not here yet")
            if kind == "order" and facts.order_here:
                sign = Sign("yes", "here, signed")
            elif kind == "order" and facts.order_state == "signed":
                sign = Sign("waiting", "stated signed, not seen here")
            elif kind == "order" and facts.order_state == "unsigned":
                sign = Sign("waiting", "unsigned") if awaited else Sign("unknown", "unsigned; nothing waits for it")
            found.append((words.DOCUMENTS.get(kind, kind), sign, ""))
        if facts.order_state == "announced":
            sign = Sign("waiting", "announced, not here yet")
            if not awaited:
                sign = Sign("unknown", "announced; nothing waits for it")
            found.append((words.DOCUMENTS["order"], sign, ""))
        for part in self.file.parts:
            source = words.SOURCES.get(part.item.source, part.item.source)
            seen = hasattr(part.item, "reading") and inbox.may_open(self.user) and inbox.reads(self.user)
            where = reverse("inbox_item", args=[part.item_id]) if seen else ""
            original = f"Original, {source}, {self.at(part.item.received_at)}"
            found.append((original, Sign("yes", "kept sealed"), where))
        return found

    @property
    def today(self) -> date:
        return self.now.astimezone(self.site.tz).date()

    @property
    def visit(self) -> Visit:
        """Where the agreed visit is and with whom, as far as it is known."""
        booked = self.file.booked
        return Visit(booked.visit_site, booked.visit_with) if booked is not None else NOT_SAID

    @property
    def _agreed_visit(self) -> str:
        """The visit that is agreed and to come, in the time of the clinic where it is; the zone is named where it is
        another."""
        booked, where = self.file.booked, practice().sites.get(self.visit.site, self.site)
        over = booked is not None and booked.appointment is not None and booked.appointment.status == "completed"
        if booked is None or over:
            return ""
        zone = "" if where.zone == self.site.zone else " %Z"
        at = booked.again_at and booked.again_at.astimezone(where.tz)
        when = f"{words.moment(at, where.tz, self.now)}{at:{zone}}" if at and zone else self.at(at)
        return ", ".join(part for part in (when, in_words(self.visit, practice())) if part)

    def at(self, when: datetime | None) -> str:
        return words.moment(when, self.site.tz, self.now) if when else ""

    def at_text(self, when: str) -> str:
        return self.at(datetime.fromisoformat(when))

    def _said_relation(self, contact: Identity) -> str:
        """How the contact said that they are related, where no word of ours says it."""
        said = self.file.referral.contact
        theirs = said.name is not None and folded(said.name) == folded(contact.name)
        return words.relation(said.relationship) if theirs and said.relationship != "self" else ""

    def _person(self, who: Identity) -> str:
        months = _months(who, self.today)
        sex = who.sex or ""
        if sex and months is not None and months < 18 * 12:
            sex = {"female": "girl", "male": "boy"}.get(sex, sex)
        born = f"born {who.born:%b} {who.born.day}, {who.born.year}" if who.born else "birth date not stated"
        return ", ".join(p for p in (sex, words.age(months), born) if p)

    def _home(self, who: Identity) -> str:
        place = ", ".join(p for p in (who.street, who.city, who.state) if p)
        place = " ".join(p for p in (place, who.postal_code) if p) or "not stated"
        if who.postal_code and zips.place(who.postal_code) is None:
            return f"{place}; we know no such ZIP code, so no distance: check it with them"
        if who.postal_code and (other := zips.contradicted(who.postal_code, who.city, who.state)):
            return f"{place}; {other.zip} is {other.city}, {other.state}, so no distance: ask which is right"
        miles = self.file.lead.facts.miles
        return place if miles is None else f"{place}, {miles} mi"

    def _allowed(self, channel: str, way: str) -> Sign:
        if way in self.file.avoided:
            return Sign("no", f"{words.CHANNELS[channel]}: {NOT_USED}")
        given = self.file.consents.get(channel)
        if given is None:
            return Sign("unknown", f"{words.CHANNELS[channel]}: not asked")
        return Sign("yes", f"{words.CHANNELS[channel]}: yes") if given else Sign("no", f"{words.CHANNELS[channel]}: no")

    def _unused(self, way: str) -> tuple[Sign, ...]:
        return (Sign("no", NOT_USED),) if way in self.file.avoided else ()

    def _way(self, way: str) -> str:
        """A phone or e-mail address, and that nothing may go there."""
        said = way if "@" in way or not way else words.phone(way)
        return f"{said} ({NOT_USED})" if way in self.file.avoided else said


def _with_credential(name: str | None, credential: str | None) -> str:
    return ", ".join(part for part in (name, credential) if part)


def _authorized(payer: Payer) -> str:
    """Number, units and days of an authorization, as far as they were said."""
    begins, ends, units = payer.authorization_from, payer.authorization_through, payer.authorization_units
    said = (
        f"No. {payer.authorization_number}" if payer.authorization_number else "",
        f"{units} {'unit' if units == 1 else 'units'}" if units else "",
        f"from {words.day(begins)}, {begins.year}" if begins else "",
        f"through {words.day(ends)}, {ends.year}" if ends else "",
    )
    return ", ".join(part for part in said if part)


def _subscriber(payer: Payer) -> str:
    """Who holds the plan: name and birth date, as far as they were said."""
    born = payer.subscriber_date_of_birth
    said = (payer.subscriber_name, f"born {born:%b} {born.day}, {born.year}" if born else None)
    return ", ".join(part for part in said if part)


def _not_said(payer: Payer) -> str:
    """What an authorization is called of which only the number, or nothing, was stated."""
    return "status not stated" if payer.authorization_number else "not stated"


def _left(days: int | None) -> str:
    """How many days are left; None while a date that may shorten them is still to be asked for."""
    if days is None:
        return "unless the date behind it, still to ask, says sooner"
    near = {0: "today", 1: "tomorrow"}
    return near.get(days) or (f"in {days} days" if days > 0 else "passed")


def _months(who: Identity, today: date) -> int | None:
    if who.born is not None:
        return words.months_since(who.born, today)
    return None if who.age_years is None else who.age_years * 12


def _frequency(asked: Frequency) -> str:
    week = f"{asked.visits_per_week:g}" if isinstance(asked.visits_per_week, float) else asked.visits_per_week
    parts = (
        asked.discipline,
        f"{week} a week" if week else None,
        f"for {asked.weeks} weeks" if asked.weeks else None,
        f"{asked.total_visits} visits" if asked.total_visits else None,
    )
    return " ".join(part for part in parts if part)


def _diagnosis(diagnosis: Diagnosis) -> str:
    side = SIDES.get(diagnosis.side or "", diagnosis.side)
    named = other_side(diagnosis)
    doubt = f"but the code says {SIDES.get(named, named)}" if named else None
    return ", ".join(part for part in (diagnosis.code, diagnosis.words, side, doubt) if part)
