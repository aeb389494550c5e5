"""The case: everything the plan looks at for one lead. Pure values; `journey.loading` reads them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from firstvisit.journey.endings import ATTEMPTS, BARRED_WROTE
from firstvisit.leads.facts import Facts
from firstvisit.steps.booking.emr.owed import Stands, Told
from firstvisit.steps.coverage.medicare import Episode

Maker = Literal["planner", "person"]


BESIDE: Final = frozenset(
    {
        "message_refused",
        "message_unclear",
        "ask_whom",
        "compare_people",
        "send_letter",
        "call_office",
        "request_papers",
        "authorize_beside",
        "correct_coverage",
        "fix_enrollment",
        "ask_other_coverage",
        "explain_not_covered",
        "ask_referral",
        "verify_by_hand",
        "nudge_payer",
        "request_treatment",
        "extend_authorization",
        "decide_refusal",
        "settle_therapy",
        "choose_program",
        "tell_partner",
        "chase_papers",
        "papers_escalated",
        "review_unreached",
        "send_plan",
        "chase_certification",
        "recertify",
        "progress_report",
        "count_treatment",
        "note_evaluation",
        "give_estimate",
        "enter_in_emr",
        "mend_registration",
        "decide_treatment",
        "booked_twice",
        "offer_again",
        "call_about_treatment",
        "call_missed_treatment",
        "call_called_off",
    }
)
"""Kinds of planned tasks that do not lead towards the visit: finishing one begins and ends no round."""

PROPOSAL: Final = "propose_"
"""How the kind of a task begins that holds a ready action for a person to press."""
RESTRICTED: Final = "restricted"
"""How whoever referred is told whom a restriction about the patient names: not at all."""
ACCEPTED: Final = ("accepted", "accepted_changed")
"""What a pressed proposal ended in: unchanged, or after the person changed its words."""


def proposal_of(key: str) -> str:
    """The key of the task that proposes what `key` names."""
    return f"{key}:proposed"


class TaskSeen(NamedTuple):
    """A task as it stands. `queue` is a slug, `user` an id as text; exactly one is set."""

    id: uuid.UUID
    key: str | None
    kind: str
    queue: str | None
    user: str | None
    due_at: datetime
    status: str
    ended_at: datetime | None
    result: str = ""
    again_at: datetime | None = None
    """The call back or the visit that was agreed."""
    breached: bool = False
    """Its clock broke, and that was said."""
    reason: str = ""
    visit_site: str = ""
    visit_with: str = ""
    """Where the agreed visit is and with whom, by their slugs."""

    @property
    def maker(self) -> Maker:
        return "planner" if self.key else "person"

    @property
    def tried(self) -> bool:
        """A finished try to move the lead on; a matter beside it (a stray message, a proposal) is none."""
        beside = self.kind in BESIDE or self.kind.startswith(PROPOSAL) or self.result == "one_patient"
        return self.status == "done" and self.maker == "planner" and not beside


UNDONE: Final = "undone"
"""Why a message is withdrawn that followed from something that somebody undid."""


class MessageSeen(NamedTuple):
    """A message as it stands."""

    id: uuid.UUID
    status: str
    ended_at: datetime | None
    why: str = ""
    """Why it was refused, as the gate or the channel says it."""
    partner: bool = False
    """Whether it went to whoever referred."""


class Flagged(NamedTuple):
    """A part that states a red flag: its item, when that arrived, and when it reached the lead; `answered` whether
    whoever sent it may be told a word of it."""

    item: uuid.UUID
    received_at: datetime
    at: datetime
    answered: bool = False


class Arrived(NamedTuple):
    """A part that somebody waits behind: its item, from when its clock runs, and when it reached the lead."""

    item: uuid.UUID
    clock_from: datetime
    at: datetime


class Blocker(NamedTuple):
    """What a lead waits for, and on whom: family, referrer, orderer (whoever orders, where that is
    somebody else), payer or us.

    `since` when it began, `asked` when they were asked and `expected` by when the answer was wanted; ISO moments
    in UTC, None for what has not been.
    """

    what: str
    whom: str
    since: str = ""
    asked: str | None = None
    expected: str | None = None


class InsuredSeen(NamedTuple):
    """One plan of the patient as far as asking it goes (`steps.coverage.models.Insured`)."""

    rank: int
    kind: str
    payer: str
    token: str
    missing: tuple[str, ...]
    withheld: bool
    disciplines: tuple[str, ...]


class CheckSeen(NamedTuple):
    """A question about benefits as it stands (`steps.coverage.models.Check`); `day` is the day it was asked about."""

    id: uuid.UUID
    key: str
    rank: int
    token: str
    discipline: str
    cause: str
    status: str
    day: date
    wanted_at: datetime
    again_at: datetime
    answered_at: datetime | None = None
    tries: int = 0
    finding: str = ""
    authorization: bool | None = None
    referral: bool | None = None
    refused: tuple[dict[str, Any], ...] = ()
    why: str = ""


FELL_THROUGH: Final = ("cancelled", "missed", "left")
"""How a first visit ends after which another one is looked for."""
BY_HAND: Final = ":hand"
"""How the key of a request ends of which a person said that it is needed."""


class AuthorizationSeen(NamedTuple):
    """A request for authorization as it stands (`steps.coverage.models.AuthorizationRequest`)."""

    id: uuid.UUID
    key: str
    discipline: str
    service: str
    status: str
    needed_at: datetime
    extends: uuid.UUID | None = None
    requested_at: datetime | None = None
    expected_at: datetime | None = None
    expected_from: str = ""
    nudged_at: datetime | None = None
    decided_at: datetime | None = None
    units: int | None = None
    used: int = 0
    counted_at: datetime | None = None
    ends: date | None = None
    begins: date | None = None

    @property
    def planned(self) -> bool:
        """Whether the planner found that it is needed, and no person."""
        return self.extends is None and not self.key.endswith(BY_HAND)

    @property
    def under_way(self) -> bool:
        """Whether the payer has it in hand."""
        return self.status in ("requested", "pended")

    @property
    def to_send(self) -> bool:
        """Whether it is needed and nobody has sent it."""
        return self.status in ("needed", "prepared")

    @property
    def granted(self) -> bool:
        """Whether the payer authorized it, in whole or in part."""
        return self.status in ("approved", "partly")


class EstimateSeen(NamedTuple):
    """What a first visit was said to cost, as it stands (`steps.coverage.models.Estimate`), the newest last; `given` is
    how and when."""

    id: uuid.UUID
    made_at: datetime
    good_faith: bool
    prices: str
    discipline: str
    program: str
    given: tuple[tuple[str, datetime], ...] = ()


class AppointmentSeen(NamedTuple):
    """A visit as it stands (`steps.booking.models.Appointment`); `clinician` is a slug."""

    id: uuid.UUID
    service: str
    status: str
    status_at: datetime
    starts_at: datetime
    ends_at: datetime
    site: str
    clinician: str
    made_at: datetime
    sequence: int = 0
    held_until: datetime | None = None
    booked_at: datetime | None = None
    confirmed_at: datetime | None = None
    why: str = ""
    made_by: str = ""
    setting: str = "clinic"
    discipline: str = ""
    cancelled_by: str = ""
    came_from: tuple[uuid.UUID, ...] = ()
    unfit: bool = False
    """Whether it is near and cannot be as supply is now (`steps.booking.unfit`)."""

    @property
    def stands(self) -> bool:
        """Whether somebody is expected, or is here."""
        return self.status in ("booked", "arrived")


class Agreed(NamedTuple):
    """The first visit that stands: booked here (`appointment`), or only agreed in a try and noted.

    `again_at` is when it is, `ended_at` when that was agreed; `visit_site` and `visit_with` where and with whom, by
    their slugs.
    """

    id: uuid.UUID
    ended_at: datetime | None
    again_at: datetime | None
    visit_site: str = ""
    visit_with: str = ""
    appointment: AppointmentSeen | None = None


class Assigned(NamedTuple):
    """Whom the machine gave a lead to: exactly one of a queue (slug) and a user (id as text); when and why."""

    queue: str | None
    user: str | None
    at: datetime
    why: str


class Member(NamedTuple):
    """Somebody present who works on leads. No `sites`: every one. `leads` is how many open ones are theirs, `calls`
    whether they may call a family: see who it is and read what was said."""

    user: str
    sites: frozenset[str]
    queues: frozenset[str]
    sees_site: bool
    reviews: bool
    calls: bool
    payers: frozenset[str]
    languages: frozenset[str]
    leads: int


class Deciders(NamedTuple):
    """Who may decide an outcome at a lead's site: accounts (ids as text) that see the site's leads or only those of
    their own, and the queues (slugs) in which any of them works."""

    everywhere: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()

    def has(self, user: str | None, queue: str | None) -> bool:
        """Whether this owner may decide, or somebody of this queue."""
        return user in self.everywhere or user in self.own or queue in self.queues


class Case(NamedTuple):
    """One lead as the plan sees it.

    `cause` is the item that started the present round (the first since the last human try) and
    `clock_from` when it arrived; keys of planned things end in it, so that a repeated pass asks nothing
    twice and a new round asks again. `rulings` are what people decided, by matter, each with the id of the
    ruling and when it was made. `flagged` are the parts that state a red flag and of which no clinician has
    said that it is none, in the order they came, and `facts` has their red flags;
    `unnamed` the items (and when they arrived) that joined without saying whom they are about. `answers` is the
    item, and when it arrived, whose sender waits to be told so, where that is not the cause; `quiet` that nobody
    waits (all of the round was imported). `planned_under` is the revision of practice and rules of the last
    plan, `judged` what that judgement came to. `referrer` is whoever sent them, `referrer_mail` how they are told
    (`leads.models.Lead`), or `RESTRICTED`.
    """

    lead: uuid.UUID
    number: int
    kind: str
    site: str
    stage: str
    outcome: str
    queue: str | None
    user: str | None
    blockers: tuple[Blocker, ...]
    received_at: datetime
    closed: bool
    facts: Facts
    cause: uuid.UUID
    clock_from: datetime
    writes_to: uuid.UUID | None
    rulings: Mapping[str, dict[str, Any]] = MappingProxyType({})
    tasks: tuple[TaskSeen, ...] = ()
    messages: Mapping[str, MessageSeen] = MappingProxyType({})
    planned_under: int = 0
    judged: str = ""
    last_try: datetime | None = None
    flagged: tuple[Flagged, ...] = ()
    unnamed: tuple[tuple[uuid.UUID, datetime], ...] = ()
    possible: tuple[tuple[uuid.UUID, datetime], ...] = ()
    """Pairs of the patient and somebody known that wait for a person to compare them, and when they were found."""
    answers: tuple[uuid.UUID, datetime] | None = None
    quiet: bool = False
    arrived: tuple[Arrived, ...] = ()
    """What arrived and was not imported, in its order; read where a person ruled the outcome."""
    deciders: Deciders | None = None
    """Who may decide anew, where somebody answered after a ruling; None where nobody looked."""
    closed_at: datetime | None = None
    closed_how: str = ""
    asked_again: bool = False
    """The same person has a newer lead than this closed one."""
    referrer: uuid.UUID | None = None
    referrer_mail: str = ""
    office: bool = False
    """Whether an office or a person who refers is known, so that papers are asked of them and not of the family."""
    owner_reason: str = ""
    assigned: Assigned | None = None
    route: str = ""
    roused_at: datetime | None = None
    """When the lead last left rest for work of ours."""
    unreachable: bool = False
    """Whether every known way to reach them is one that nothing may go to."""
    desk: tuple[Member, ...] | None = None
    """Who is present; None where nobody looked, because nothing is to be given to anybody."""
    promised: datetime | None = None
    """By when whoever asked was told that somebody calls or writes; None once a person tried."""
    in_hand: datetime | None = None
    """Until when somebody has it open, where that was looked at."""
    answered_apart: Mapping[uuid.UUID, datetime] = MappingProxyType({})
    """Who has the receipt of their own request by itself, and since when: they are sent no second one."""
    insured: tuple[InsuredSeen, ...] = ()
    """Who pays, first to second; none of a closed lead."""
    checks: tuple[CheckSeen, ...] = ()
    """What payers were asked, in the order it was wanted, withdrawn questions included."""
    estimates: tuple[EstimateSeen, ...] = ()
    """What a first visit was said to cost, the newest last; none of a closed lead."""
    requests: tuple[AuthorizationSeen, ...] = ()
    """Authorizations asked of payers, in the order they were needed; none of a lead closed without its evaluation."""
    turn: datetime | None = None
    """When an older lead of a file has its turn, or somebody asked for the same person before that; None where its
    clocks began as it arrived."""
    appointments: tuple[AppointmentSeen, ...] = ()
    """Its visits in the order they were made, holds and ended ones included."""
    told_emr: tuple[Told, ...] = ()
    """What the EMR was told and is to be told, in its order."""
    told_otherwise: Stands | None = None
    """How its facts stand beside what the EMR was last told of them; None where nothing is to be looked at."""
    medicare: Episode | None = None
    """What was noted of evaluation, plan of care and certification; None where nothing was, or Medicare pays not."""

    @property
    def attempted(self) -> bool:
        """Whether a person tried to reach them: not what was only reviewed, arranged or told to whoever referred."""
        return self.last_try is not None and any(task.tried and task.result in ATTEMPTS for task in self.tasks)

    @property
    def mails_referrer(self) -> bool:
        """Whether whoever referred is told by e-mail."""
        return self.referrer is not None and self.referrer_mail in ("treating", "outside", "joins")

    @property
    def asks_referrer(self) -> bool:
        """Whether whoever referred may be asked and told anything at all."""
        return self.referrer_mail != RESTRICTED

    @property
    def read_first(self) -> bool:
        """Whether all of it came from somebody whom a restriction names, and nobody has read it yet."""
        return self.quiet and any(task.kind == BARRED_WROTE for task in self.open_tasks())

    @property
    def silent(self) -> bool:
        """Nobody calls or writes any more: a person ruled so, or somebody has died."""
        return "do_not_contact" in self.rulings or self.mourned is not None

    @property
    def mourned(self) -> TaskSeen | None:
        """The try that told us of a death, unless the lead was opened again since."""
        if not self.tasks:
            return None
        died = next((t for t in self.tasks if t.result == "deceased" and t.status == "done"), None)
        again = self.rulings.get("reopened")
        if died is None or died.ended_at is None:
            return None
        return None if again and datetime.fromisoformat(again["at"]) > died.ended_at else died

    @property
    def visit(self) -> AppointmentSeen | None:
        """The first visit that is booked here, or at which somebody has arrived."""
        return next((each for each in self.appointments if each.service == "evaluation" and each.stands), None)

    @property
    def fell_through(self) -> AppointmentSeen | None:
        """The latest first visit that was cancelled or missed, where none stands and nothing was agreed since."""
        if self.visit is not None:
            return None
        ended = [a for a in self.appointments if a.service == "evaluation" and a.status in FELL_THROUGH]
        last = max(ended, key=lambda each: each.status_at, default=None)
        agreed = self._agreed_in_a_try()
        again = agreed is not None and last is not None and (agreed.ended_at or last.status_at) > last.status_at
        return None if again else last

    @property
    def agreed(self) -> Agreed | None:
        """The first visit that stands: the one booked here, else the one agreed in a try, as long as no later try
        says otherwise and it was not booked here and fell through."""
        if (visit := self.visit) is not None:
            since = visit.booked_at or visit.made_at
            return Agreed(visit.id, since, visit.starts_at, visit.site, visit.clinician, visit)
        last = self._agreed_in_a_try()
        if last is None or self.fell_through is not None:
            return None
        return Agreed(last.id, last.ended_at, last.again_at, last.visit_site, last.visit_with)

    def _agreed_in_a_try(self) -> TaskSeen | None:
        tried = [task for task in self.tasks if task.tried and task.ended_at is not None]
        last = max(tried, key=lambda task: task.ended_at or self.received_at, default=None)
        return last if last is not None and last.result == "reached_booked" else None

    def open_tasks(self) -> tuple[TaskSeen, ...]:
        return tuple(task for task in self.tasks if task.status == "open")

    def unreviewed(self) -> Flagged | None:
        """The first red flag, stated or raised by a ruling, since anybody reviewed or ruled another outcome."""
        reviews = [t.ended_at for t in self.tasks if t.kind == "review_red_flag" and t.status == "done"]
        flags = list(self.flagged)
        ruled = self.rulings.get("outcome")
        if ruled is not None:
            at = datetime.fromisoformat(ruled["at"])
            if ruled["outcome"] == "clinician_review":
                flags.append(Flagged(uuid.UUID(ruled["ruling"]), at, at))
            else:
                reviews.append(at)
        reviewed = max((at for at in reviews if at is not None), default=None)
        waiting = [flag for flag in flags if reviewed is None or flag.at > reviewed]
        return min(waiting, key=lambda flag: flag.at, default=None)

    def ruled_outcome(self) -> str | None:
        """The outcome a person ruled. One ruled before a red flag was stated says nothing about it, ever."""
        ruled = self.rulings.get("outcome")
        if ruled is None:
            return None
        at, outcome = datetime.fromisoformat(ruled["at"]), str(ruled["outcome"])
        known = outcome == "clinician_review" or all(flag.at <= at for flag in self.flagged)
        return outcome if known else None

    def ended(self, key: str) -> TaskSeen | None:
        """The finished task of this key, if somebody has done it."""
        return next((task for task in self.tasks if task.key == key and task.status == "done"), None)

    def has_left(self, key: str) -> bool:
        """Whether the message of this key is on its way or further: nothing of it is worded anew."""
        seen = self.messages.get(key)
        return seen is not None and seen.status not in ("wanted", "withdrawn")

    def pressed_since(self, key: str, moment: datetime | None) -> bool:
        """Whether a person pressed the proposal of this key after that moment."""
        answered = self.ended(proposal_of(key))
        if answered is None or answered.ended_at is None or answered.result not in ACCEPTED:
            return False
        return moment is None or answered.ended_at > moment
