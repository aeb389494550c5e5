"""A payer asked through a vendor: answers come to what a payer's own do, and it is off until it may be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from tests.payer import answering, ask_all
from tests.people import family

from firstvisit.config.demo.payer import SandboxPayer
from firstvisit.journey.jobs import apply_revised
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import Conflict, NotAllowed
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.changing import add_entry
from firstvisit.practice.models import User
from firstvisit.steps.coverage import verifying
from firstvisit.steps.coverage.connectors import CONNECTORS
from firstvisit.steps.coverage.connectors.tests.test_contract import INQUIRY, SETTINGS, member
from firstvisit.steps.coverage.models import Check, VerifiedConnector

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]
VENDORS = ("stedi", "availity", "optum", "pverify")
COVERAGE = (
    "correct_coverage",
    "fix_enrollment",
    "ask_other_coverage",
    "explain_not_covered",
    "verify_by_hand",
)


@pytest.fixture
def vendors(settings: Any, tuesday: datetime, staff: Staff) -> Iterator[SandboxPayer]:
    """The four vendors on loopback, an agreement with each, and a payer that is asked through each."""
    with answering(settings) as server:
        said = {name: value for slug in VENDORS for name, value in SETTINGS[slug](server.url).items()}
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, connectors=said)
        for slug in VENDORS:
            agree(slug, staff)
            entry = {
                "slug": f"lakeland_{slug}", "name": f"Lakeland {slug.title()}", "kind": "commercial", "connector": slug,
                "payer_id": "LM1", "in_network": "yes", "as_of": "2026-11-20", "source": "Card",
            }  # fmt: skip
            add_entry(collection="payers", values=entry, by=staff("mei"), actor=SYSTEM)
        apply_revised()
        yield server


def agree(slug: str, staff: Staff) -> None:
    """Enter the agreement with a vendor."""
    values = {
        "slug": slug, "vendor": CONNECTORS[slug].name, "purposes": ["clearinghouse"], "signed_on": "2026-01-02",
        "signed_by": "Ruth Adler",
    }  # fmt: skip
    add_entry(collection="agreements", values=values, by=staff("mei"), actor=SYSTEM)


def recorded(slug: str, server: SandboxPayer, by: User) -> VerifiedConnector:
    """One exchange, recorded."""
    reply = CONNECTORS[slug].ask(INQUIRY, SETTINGS[slug](server.url), seconds=10)
    return verifying.record(CONNECTORS[slug], INQUIRY, reply, by=by, took_ms=12, actor=SYSTEM, at=clock.now())


def asked_about(arrive: Arrive, slug: str, member_id: str) -> tuple[Check, list[str]]:
    """The check of a lead with that card, and the kinds of the tasks that came of it."""
    card = {"name": f"Lakeland {slug.title()}", "member_id": member_id}
    number = Lead.objects.count() + 1  # each is somebody else
    lead = arrive({**family(number), "discipline": ["SLP"], "payers": [card]})
    ask_all()
    tasks = Task.objects.filter(lead=lead, status="open", kind__in=COVERAGE)
    return Check.objects.get(lead=lead), [task.kind for task in tasks]


@pytest.mark.parametrize("slug", VENDORS)
@pytest.mark.parametrize(
    ("member_id", "finding", "kind"),
    [
        ("NHQ1", "clean", None),
        ("INACTIVE1", "inactive", "ask_other_coverage"),
        ("EXCLUDED1", "not_covered", "explain_not_covered"),
        ("AAA72C", "rejected", "correct_coverage"),
        ("STRANGER1", "other_patient", "verify_by_hand"),
        ("HTML1", "not_understood", "verify_by_hand"),
        ("ACK9991", "rejected", "fix_enrollment"),
    ],
)
def test_a_vendors_answers_come_to_what_a_payers_own_do(
    arrive: Arrive,
    vendors: SandboxPayer,
    staff: Staff,
    slug: str,
    member_id: str,
    finding: str,
    kind: str | None,
) -> None:
    recorded(slug, vendors, staff("ruth"))
    check, kinds = asked_about(arrive, slug, member_id)
    assert (check.status, check.finding, kinds) == ("answered", finding, [kind] if kind else [])
    assert check.connector == slug
    if finding != "clean":
        assert check.covered is not True


def test_a_vendor_that_nobody_has_seen_answer_is_off_until_an_exchange_is_recorded(
    arrive: Arrive, vendors: SandboxPayer, staff: Staff
) -> None:
    check, kinds = asked_about(arrive, "availity", "NHQ1")
    assert check.status == "failed" and "no real exchange with Availity" in check.why
    assert kinds == ["verify_by_hand"]
    recorded("availity", vendors, staff("ruth"))
    check, kinds = asked_about(arrive, "availity", "NHQ2")
    assert (check.status, check.finding, kinds) == ("answered", "clean", [])
    verifying.take_back("availity", by=staff("ruth"), actor=SYSTEM, at=clock.now())
    check, _ = asked_about(arrive, "availity", "NHQ3")
    assert check.status == "failed"


def test_an_agreement_with_another_vendor_is_none(
    arrive: Arrive, settings: Any, tuesday: datetime, staff: Staff
) -> None:
    with answering(settings) as server:
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, connectors=SETTINGS["stedi"](server.url))
        agree("optum", staff)
        entry = {
            "slug": "lakeland_stedi", "name": "Lakeland Stedi", "kind": "commercial", "connector": "stedi",
            "payer_id": "LM1", "as_of": "2026-11-20", "source": "Card",
        }  # fmt: skip
        add_entry(collection="payers", values=entry, by=staff("mei"), actor=SYSTEM)
        apply_revised()
        check, kinds = asked_about(arrive, "stedi", "NHQ1")
    assert check.status == "failed" and "no vendor agreement for clearinghouses with Stedi" in check.why
    assert kinds == ["verify_by_hand"] and server.most_under_way == 0


def test_only_an_answer_verifies_and_only_who_manages_connectors_records_it(
    vendors: SandboxPayer, staff: Staff
) -> None:
    of = member("AAA72C")
    reply = CONNECTORS["optum"].ask(of, SETTINGS["optum"](vendors.url), seconds=10)
    with pytest.raises(Conflict):
        verifying.record(
            CONNECTORS["optum"], of, reply, by=staff("ruth"), took_ms=1, actor=SYSTEM, at=clock.now()
        )
    with pytest.raises(NotAllowed):
        recorded("optum", vendors, staff("dana"))
    assert verifying.verified() == frozenset()
