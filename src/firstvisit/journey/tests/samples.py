"""Cases of one lead for the pure rules of the journey, and strategies that make any of them."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any, Final, get_args

from hypothesis import strategies as st

from firstvisit.journey.case import AuthorizationSeen, Case, CheckSeen, InsuredSeen, MessageSeen, TaskSeen
from firstvisit.practice import policy
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.policy import Policy
from firstvisit.steps.coverage.findings import Finding
from firstvisit.steps.qualify.rules import OUTCOMES
from firstvisit.steps.qualify.tests.samples import NOW, cedar_street, facts

LEAD: Final = uuid.UUID(int=1)
ITEM: Final = uuid.UUID(int=2)
LATER_ITEM: Final = uuid.UUID(int=8)
MOTHER: Final = uuid.UUID(int=3)
DANA: Final = str(uuid.UUID(int=4))
FINDINGS: Final = get_args(Finding)
EARLIER: Final = NOW - timedelta(minutes=5)


def rules() -> Policy:
    """The sample practice's rules."""
    return policy.read(read_folder(SAMPLE).rules, 1)


def case(**changes: Any) -> Case:
    """The case of a family that fits, just received; named facts and parts of the case replaced."""
    whole: dict[str, Any] = {
        "lead": LEAD,
        "number": 1,
        "kind": "caregiver",
        "site": "madison",
        "stage": "",
        "outcome": "",
        "queue": "front_desk_madison",
        "user": None,
        "blockers": (),
        "received_at": EARLIER,
        "closed": False,
        "facts": facts(received_at=EARLIER),
        "cause": ITEM,
        "clock_from": EARLIER,
        "writes_to": MOTHER,
    }
    return Case(**whole | changes)


def task(kind: str = "call_to_book", **changes: Any) -> TaskSeen:
    """A task as it stands: planned from the item, open."""
    whole: dict[str, Any] = {
        "id": uuid.UUID(int=9),
        "key": f"{LEAD}:{kind}:lead:{ITEM}",
        "kind": kind,
        "queue": "front_desk_madison",
        "user": None,
        "due_at": NOW + timedelta(minutes=25),
        "status": "open",
        "ended_at": None,
    }
    return TaskSeen(**whole | changes)


any_facts = st.builds(
    facts,
    received_at=st.just(EARLIER),
    lead_kind=st.sampled_from([None, "patient", "caregiver", "referral_partner", "organization"]),
    program=st.sampled_from([None, *cedar_street().programs]),
    asked_program=st.sampled_from([None, "low_vision"]),
    setting=st.sampled_from([None, "clinic", "home"]),
    age_months=st.none() | st.integers(0, 1200),
    timing=st.sampled_from([None, "later"]),
    event_kind=st.sampled_from([None, "surgery", "onset"]),
    event_on=st.none() | st.dates(date(2026, 10, 1), date(2026, 12, 20)),
    order_state=st.sampled_from(["unknown", "none", "on_file", "signed"]),
    payer=st.sampled_from([None, *cedar_street().payers]),
    in_area=st.sampled_from([None, True, False]),
    half_days=st.none() | st.integers(0, 5),
    has_phone=st.booleans(),
    has_email=st.booleans(),
    may_email=st.booleans(),
    complete_form=st.booleans(),
    red_flags=st.sampled_from([(), ("chest_pain",)]),
)
moments = st.integers(-6000, 6000).map(lambda minutes: NOW + timedelta(minutes=minutes))
_rulings = st.fixed_dictionaries(
    {},
    optional={
        "outcome": st.sampled_from([o for o in OUTCOMES if o != "not_a_match"]).map(
            lambda o: {"outcome": o, "at": EARLIER.isoformat(), "ruling": str(uuid.UUID(int=8))}
        ),
        "owner": st.sampled_from(
            [{"user": DANA, "reviews": False}, {"user": DANA, "reviews": True}, {"queue": "partners"}]
        ),
        "due": moments.map(lambda moment: {"due_at": moment.isoformat()}),
        "do_not_contact": st.just({"at": EARLIER.isoformat(), "ruling": str(uuid.UUID(int=7))}),
    },
)
_kinds = st.sampled_from(
    ["call_to_book", "ask_question", "follow_up", "close_do_not_contact", "message_unclear"]
)


_requests = st.lists(
    st.builds(
        AuthorizationSeen,
        id=st.just(uuid.UUID(int=79)),
        key=st.sampled_from([f"{LEAD}:auth:evaluation:SLP:northfield_health", f"{LEAD}:auth:treatment:SLP:x:hand"]),
        discipline=st.just("SLP"),
        service=st.sampled_from(["evaluation", "treatment"]),
        status=st.sampled_from(
            ["needed", "prepared", "requested", "pended", "approved", "partly", "denied", "cancelled", "not_needed"]
        ),
        needed_at=st.just(EARLIER),
        requested_at=st.just(EARLIER),
        expected_at=st.none() | moments,
        expected_from=st.sampled_from(["rule", "law", ""]),
        decided_at=st.none() | st.just(NOW),
        units=st.none() | st.just(10),
        used=st.integers(0, 12),
        counted_at=st.none() | st.just(NOW),
        ends=st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 31)),
    ),
    max_size=1,
).map(tuple)


@st.composite
def tasks_seen(draw: st.DrawFn) -> tuple[TaskSeen, ...]:
    """Some tasks in any state, planner-made and person-made."""
    found = []
    for number in range(draw(st.integers(0, 4))):
        kind = draw(_kinds)
        status = draw(st.sampled_from(["open", "done", "withdrawn"]))
        cause = uuid.UUID(int=7) if kind == "close_do_not_contact" else ITEM
        key = draw(st.sampled_from([None, f"{LEAD}:{kind}:lead:{cause}"]))
        if key is not None and key in {one.key for one in found}:
            continue
        first = EARLIER if kind == "close_do_not_contact" else EARLIER - timedelta(days=4)
        ended = None if status == "open" else draw(st.sampled_from([first, NOW - timedelta(minutes=1), NOW]))
        found.append(
            task(
                kind,
                id=uuid.UUID(int=100 + number),
                key=key,
                status=status,
                ended_at=ended,
                due_at=draw(moments),
            )
        )
    return tuple(found)


CARD: Final = InsuredSeen(0, "commercial", "northfield_health", str(uuid.UUID(int=77)), (), False, ("PT",))
"""One plan with all that a question needs."""


def check(**changes: Any) -> CheckSeen:
    """A question about the plan of `CARD` as it stands: answered, and clean."""
    whole: dict[str, Any] = {
        "id": uuid.UUID(int=78), "key": "k", "rank": 0, "token": CARD.token, "discipline": "PT", "cause": "captured",
        "status": "answered", "day": NOW.date(), "wanted_at": NOW, "again_at": NOW, "answered_at": NOW,
        "finding": "clean",
    }  # fmt: skip
    return CheckSeen(**whole | changes)


_insured = st.lists(
    st.builds(
        CARD._replace,
        kind=st.sampled_from(["", "commercial", "medicare", "workers_comp"]),
        payer=st.sampled_from(["", "northfield_health", "gone"]),
        missing=st.sampled_from([(), ("payers.0.member_id",)]),
        withheld=st.booleans(),
        disciplines=st.sampled_from([(), ("PT",), ("PT", "SLP")]),
    ),
    max_size=1,
).map(tuple)
_checks = st.lists(
    st.builds(
        check,
        status=st.sampled_from(["wanted", "asked", "answered", "failed", "withdrawn"]),
        token=st.sampled_from([CARD.token, "another"]),
        finding=st.sampled_from(["", *FINDINGS]),
        cause=st.sampled_from(["captured", "month", "visit", "hand", "told"]),
        answered_at=st.none() | moments,
        again_at=moments,
        tries=st.integers(0, 2),
    ),
    max_size=1,
).map(tuple)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any open case that the database could hold."""
    tasks = draw(tasks_seen())
    tries = [one.ended_at for one in tasks if one.tried and one.ended_at is not None]
    messages = {}
    if status := draw(st.sampled_from([None, "wanted", "sent", "refused", "unclear", "withdrawn"])):
        key = draw(st.sampled_from([f"{LEAD}:receipt:lead:{ITEM}", f"{LEAD}:receipt:lead:{LEAD}"]))
        messages[key] = MessageSeen(uuid.UUID(int=50), status, None if status == "wanted" else EARLIER)
    clock_from, last_try = draw(moments.filter(lambda moment: moment <= NOW)), max(tries, default=None)
    return case(
        facts=draw(any_facts),
        site=draw(st.sampled_from(["madison", "marquette"])),
        clock_from=clock_from,
        cause=ITEM if last_try is None or clock_from <= last_try else LATER_ITEM,
        writes_to=draw(st.sampled_from([None, MOTHER])),
        rulings=draw(_rulings),
        tasks=tasks,
        messages=messages,
        last_try=last_try,
        insured=draw(_insured),
        checks=draw(_checks),
        requests=draw(_requests),
    )


def at(text: str) -> datetime:
    """A moment of that Tuesday week in Madison."""
    return datetime.fromisoformat(text).replace(tzinfo=cedar_street().sites["madison"].tz)
