"""What a first visit costs the family: asked for, made, given, accepted. Each verb checks who may, writes, records."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction

from firstvisit.documents.made import pdf
from firstvisit.journey.advancing import advance
from firstvisit.journey.case import Case
from firstvisit.journey.coverage.by_hand import network_of
from firstvisit.journey.coverage.medicare import part_of
from firstvisit.journey.loading import load
from firstvisit.journey.verbs import act_on, reason_of
from firstvisit.kernel import clock, seal
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.leads import services
from firstvisit.leads.models import Lead, LeadReferral
from firstvisit.leads.queries import code
from firstvisit.messages.models import Message
from firstvisit.people.barring import bars
from firstvisit.people.models import Person
from firstvisit.people.queries import birth_date_of, identities
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice, queue_ids
from firstvisit.practice.shape import Practice
from firstvisit.practice.texts import signed_versions
from firstvisit.reference.facts import table
from firstvisit.referral.record import Referral
from firstvisit.steps.coverage import estimate_words, estimates, good_faith
from firstvisit.steps.coverage.answers import SERVICES, Answer
from firstvisit.steps.coverage.estimate_paper import Paper, values
from firstvisit.steps.coverage.estimate_words import Language
from firstvisit.steps.coverage.estimates import Given
from firstvisit.steps.coverage.estimating import Asked, Estimate, estimate, services_of
from firstvisit.steps.coverage.fees import Fees
from firstvisit.steps.coverage.kept import opened
from firstvisit.steps.coverage.medicare import Part
from firstvisit.steps.coverage.models import Check
from firstvisit.steps.coverage.models import Estimate as Row

ASKED: Final = "estimate"
"""The ruling that somebody asked what it costs."""
TEXTS: Final = "estimate-lines"
"""Under which name the Spanish of estimates is signed."""
GIVEN: Final[dict[Given, str]] = {
    "email": "by e-mail, with a link to their own page",
    "print": "on paper",
    "aloud": "read to them on the phone",
}
ACCEPTED: Final = {"phone": "on the phone", "paper": "signed on paper", "print": "at the desk"}
LANGUAGES: Final[dict[Language, str]] = {"en": "English", "es": "Spanish"}


@dataclass(frozen=True, slots=True)
class Known:
    """What an estimate of one lead stands on, as it is now. `check` is the payer's answer that was used."""

    lead: Lead
    case: Case
    referral: Referral
    key: seal.OpenKey
    discipline: str
    program: str
    payer: str
    kind: str | None
    part: Part | None
    """Which Medicare it is; None for any other payer."""
    self_pay: bool
    answer: Answer | None
    check: uuid.UUID | None
    answered_at: datetime | None

    @property
    def visit_at(self) -> datetime | None:
        agreed = self.case.agreed
        return agreed.again_at if agreed is not None else None

    @property
    def prices(self) -> str:
        """What such a visit costs without insurance, as a hash."""
        return policy().section(Fees).digest(self.discipline, self.program)


def disciplines(known: Case) -> tuple[str, ...]:
    """The therapies of a lead of which an estimate can be made; all three where nobody said which."""
    return tuple(each for each in known.facts.disciplines if each in SERVICES) or tuple(SERVICES)


def known_of(lead: Lead, discipline: str = "") -> Known:
    """What is known now; `discipline` "" is the first of the lead's. BadInput for another therapy."""
    slugs = {number: slug for slug, number in queue_ids().items()}
    (case,) = load([lead], slugs, clock.now())
    offered = disciplines(case)
    if discipline and discipline not in offered:
        raise BadInput([Problem("discipline", "Choose one of the therapies of this lead.")])
    therapy = discipline or offered[0]
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    key = seal.open_key(row.key)
    plan = case.insured[0] if case.insured else None
    check, said = _answer(case, therapy, key)
    referral, kind = services.read(row, key), (plan.kind if plan else "") or case.facts.payer_kind
    return Known(
        lead=lead,
        case=case,
        referral=referral,
        key=key,
        discipline=therapy,
        program=case.facts.program or "",
        payer=plan.payer if plan else case.facts.payer or "",
        kind=kind,
        part=part_of(referral) if kind == "medicare" else None,
        self_pay=self_pays(case),
        answer=said,
        check=check.id if check else None,
        answered_at=check.answered_at if check else None,
    )


def self_pays(case: Case) -> bool:
    """Whether nobody pays but the patient: there is no insurance, or it is to be told nothing."""
    return case.facts.payer_kind == "private_pay" or any(plan.withheld for plan in case.insured)


def _answer(case: Case, discipline: str, key: seal.OpenKey) -> tuple[Check | None, Answer | None]:
    """What the first plan, as it is known now, said last of this therapy."""
    if not case.insured or self_pays(case):
        return None, None
    plan = case.insured[0]
    of_plan = Check.objects.filter(
        lead=case.lead, rank=plan.rank, token=plan.token, discipline=discipline, status="answered"
    )
    row = of_plan.order_by("-answered_at", "-id").first()
    said = opened(row, network=_network(plan.payer), key=key).answer if row is not None else None
    return (row, said) if said is not None else (None, None)


def _network(payer: str) -> str | None:
    ours = practice().payers.get(payer)
    return network_of(ours.in_network if ours is not None else "")


def reckon(known: Known, language: Language) -> Estimate:
    """The range and its steps, as they come out now."""
    return estimate(_asked(known, language))


def _asked(known: Known, language: Language) -> Asked:
    fees = policy().section(Fees)
    return Asked(
        services=services_of(fees, known.discipline, known.program, known.payer, language),
        kind="medicare_advantage" if known.part == "advantage" else known.kind,
        network=_network(known.payer),
        answer=known.answer,
        self_pay=known.self_pay,
        allowed_from_percent=fees.allowed_from_percent,
        part_b=_part_b(known.visit_at or clock.now()) if known.part == "b" else None,
        which_medicare_known=known.part != "unknown",
    )


def _part_b(on: datetime) -> tuple[Decimal, Decimal] | None:
    """Medicare's deductible of that year and the patient's percentage; None for a year that nobody has entered."""
    entered = table("medicare_part_b")
    deductible = entered.get(f"deductible_{on.year}")
    return (Decimal(deductible), Decimal(entered["coinsurance_percent"])) if deductible else None


def ask_estimate(lead: Lead, by: User, *, reason: str, actor: Actor) -> None:
    """Somebody asked what it costs: any question about the cost counts as asking (45 CFR 149.610(b)(1)(iii))."""
    words = reason_of(reason)

    def write(locked: Lead, now: datetime) -> None:
        if locked.kind == "organization":
            raise BadInput([Problem("reason", "An organization's enquiry has no first visit to estimate.")])
        services.rule(lead=locked, what=ASKED, value={}, reason=words, by=by, actor=actor, at=now)

    act_on(lead, by, "leads.work", write)


def make_estimate(lead: Lead, by: User, *, discipline: str, language: str, actor: Actor) -> Row:
    """A new estimate from what is known now, with its PDF; what was the newest is superseded and stays readable.
    BadInput names what keeps it from being complete."""
    if language not in LANGUAGES:
        raise BadInput([Problem("language", "Choose English or Spanish.")])
    chosen: Language = "es" if language == "es" else "en"
    made: list[Row] = []

    def write(locked: Lead, now: datetime) -> None:
        known = known_of(locked, discipline)
        shape, fees = practice(), policy().section(Fees)
        reckoned: dict[Language, Estimate] = {each: reckon(known, each) for each in LANGUAGES}
        paper = _paper(known, shape, now)
        prices = {fee.code: fee.price for fee in fees.services}
        lines = {
            each: good_faith.lines(services_of(fees, known.discipline, known.program, known.payer, each), prices)
            for each in LANGUAGES
        }
        if wrong := _incomplete(paper, reckoned[chosen]):
            raise BadInput(wrong)
        row = estimates.keep(
            locked,
            known.key,
            estimates.Made(reckoned, pdf("estimate", values(paper, lines, reckoned, chosen))),
            by=by,
            at=now,
            discipline=known.discipline,
            program=known.program,
            payer=known.payer,
            basis=reckoned[chosen].basis,
            good_faith=known.self_pay,
            language=chosen,
            prices=known.prices,
            policy_version=policy().number,
            visit_at=known.visit_at,
            check_id=known.check,
        )
        data = {"estimate": str(row.id), "discipline": row.discipline, "basis": row.basis, "language": chosen}
        services.noted(locked, "estimate_made", actor, at=now, data=data)
        made.append(row)

    act_on(lead, by, "leads.work", write)
    return made[0]


def _incomplete(paper: Paper, made: Estimate) -> list[Problem]:
    if made.basis == "no_fees":
        return [Problem("discipline", "No fee is entered for a first visit of this therapy: Rules, Fees.")]
    if not paper.good_faith:
        return []
    absent = good_faith.missing(paper.provider, name=paper.patient, birth=paper.birth)
    return [Problem("estimate", f"A good faith estimate needs {', '.join(absent)}.")] if absent else []


def _paper(known: Known, shape: Practice, now: datetime) -> Paper:
    site, identity = shape.sites[known.lead.site], shape.identity
    patient = known.referral.patient
    name = " ".join(each for each in (patient.first_name, patient.last_name, patient.suffix) if each)
    visit = known.visit_at.astimezone(site.tz).date() if known.visit_at else None
    codes = tuple(each.code for each in known.referral.diagnoses or () if each.code)
    location = f"{site.street}, {site.city}, {site.state} {site.postal_code}"
    provider = good_faith.Provider(identity.legal_name, identity.npi, identity.tax_id, location, site.state)
    return Paper(
        code=code(known.lead.number),
        practice=identity.name,
        phone=site.phone,
        made=now.astimezone(site.tz).date(),
        patient=name,
        birth=patient.date_of_birth,
        discipline=known.discipline,
        visit=visit,
        diagnoses=codes,
        provider=provider,
        good_faith=known.self_pay,
        unsigned="" if spanish_signed() else UNSIGNED,
    )


UNSIGNED: Final = (
    "Traducción no revisada todavía; el texto en inglés sigue después. / "
    "Translation not yet reviewed; the English follows."
)
"""What stands above a Spanish estimate while nobody has signed its texts."""


def spanish_signed() -> bool:
    """Whether a reviewer signed the present Spanish of estimates."""
    return estimate_words.version() in signed_versions("es").get(TEXTS, frozenset())


def give_estimate(row: Row, by: User, *, how: str, actor: Actor) -> None:
    """It was handed over, is to be e-mailed, or was read aloud; kept with whom it went to. A superseded one is not
    given any more."""
    if how not in GIVEN:
        raise BadInput([Problem("how", "Choose how they get it.")])
    if how == "email" and not by.may("messages.send"):
        raise NotAllowed("messages.send")

    def write(locked: Lead, now: datetime) -> None:
        _holds(row, locked)
        to = _written_to(locked)
        if how == "email":
            _can_be_mailed(locked, row)
        estimates.note(row, "given", how, at=now, by=by, to=to)
        services.noted(locked, "estimate_given", actor, at=now, data={"estimate": str(row.id), "how": how})

    act_on(row.lead, by, "leads.work", write)


def mails(made: Iterable[Row]) -> dict[uuid.UUID, Message]:
    """The e-mail with the link to each, as far as one was wanted."""
    found = Message.objects.filter(template="estimate", cause_id__in=[row.id for row in made])
    return {each.cause_id: each for each in found}


def _written_to(lead: Lead) -> Person | None:
    return Person.objects.get(id=lead.writes_to_id) if lead.writes_to_id is not None else None


def _can_be_mailed(lead: Lead, row: Row) -> None:
    """BadInput where no e-mail may go, or where their page could not be opened."""
    facts = lead.facts
    if lead.writes_to_id is None or not (facts.has_email and facts.may_email):
        raise BadInput([Problem("how", "They have not said that we may e-mail them: print it, or ask them first.")])
    if birth_date_of(lead.patient) is None:
        raise BadInput([Problem("how", "Their page opens with the patient's birth date, which nobody has stated.")])
    if row.history.filter(what="given", how="email").exists():
        raise Conflict("this estimate was e-mailed before")


def link_opens(row: Row) -> bool:
    """Whether the link to it still opens: no restriction about the patient names whoever it was given to."""
    lead, given = row.lead, [step.to_id for step in row.history.filter(what="given") if step.to_id is not None]
    if lead.patient_id is None or not given:
        return True
    patient = lead.patient_id
    return not any(bars([patient], who) for person, (who, _) in identities(given).items() if person != patient)


def accept_estimate(row: Row, by: User, *, how: str, words: str, actor: Actor) -> None:
    """A person of ours notes that the family accepted it, how, and who said so."""
    if how not in ACCEPTED:
        raise BadInput([Problem("accepted", "Choose how they accepted it.")])
    who = words.strip()
    if not who or len(who) > 120:
        raise BadInput([Problem("who", "Enter who accepted it, in at most 120 characters.")])

    def write(locked: Lead, now: datetime) -> None:
        _holds(row, locked)
        _accepted(row, locked, how, by, who, actor, now)

    act_on(row.lead, by, "leads.work", write)


def accepted_on_page(row: Row, *, who: str, actor: Actor) -> None:
    """Whoever opened their own page accepts it. Conflict where it no longer holds or was accepted before."""
    name = who.strip()
    if not name or len(name) > 120:
        raise BadInput([Problem("who", "Enter your first and last name.")])
    with transaction.atomic():
        locked = Lead.objects.select_for_update().get(id=row.lead_id)
        now = clock.now()
        _holds(row, locked)
        _accepted(row, locked, "page", None, name, actor, now)
        if locked.closed_at is None:
            advance([locked.id], now=now)


def _accepted(row: Row, lead: Lead, how: str, by: User | None, who: str, actor: Actor, now: datetime) -> None:
    to = _written_to(lead)
    try:
        with transaction.atomic():
            estimates.note(row, "accepted", how, at=now, by=by, to=to)
    except IntegrityError as twice:
        raise Conflict("this estimate was accepted before") from twice
    services.noted(lead, "estimate_accepted", actor, at=now, data={"estimate": str(row.id), "how": how}, words=who)


def _holds(row: Row, lead: Lead) -> None:
    """Conflict for an estimate that a newer one has superseded."""
    current = estimates.newest(lead.id)
    if current is None or current.id != row.id:
        raise Conflict("a newer estimate has taken its place")

