"""Each habit of the sandbox payer, asked over a real line as a payer is asked: what it comes to, in which words."""

from __future__ import annotations

import datetime as dt
import io
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pyx12.x12file import X12Reader

from firstvisit.config.demo.payer import SandboxPayer
from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.coverage import codes
from firstvisit.steps.coverage.answers import answer
from firstvisit.steps.coverage.connectors import Reply
from firstvisit.steps.coverage.connectors.sandbox import SANDBOX, URL
from firstvisit.steps.coverage.findings import Found, answered, found
from firstvisit.steps.coverage.inquiries import Inquiry, Insured, service_of
from firstvisit.steps.coverage.rejections import Rejection
from firstvisit.steps.coverage.sandbox.habits import HABITS
from firstvisit.steps.coverage.sandbox.habits import answer as says
from firstvisit.steps.coverage.sandbox.said import Said
from firstvisit.steps.coverage.sentences import desk

ORIGIN = "9CEDARST01"
KIT = Insured("O'Brien-Núñez", "Kit", dt.date(2019, 5, 6))
REFERENCE = Path(__file__).parents[6] / "docs" / "reference" / "coverage.md"


@pytest.fixture(scope="module")
def payer() -> Iterator[SandboxPayer]:
    with SandboxPayer(0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


def question(member: str, discipline: str = "PT", *, day: dt.date = dt.date(2026, 11, 24)) -> Inquiry:
    return Inquiry(
        trace="T1", origin=ORIGIN, payer="Invented Health", payer_id="00001", provider="Cedar Street",
        npi="1999999984", subscriber=Insured("O'Brien-Núñez", "Robin", dt.date(1980, 2, 29), member),
        service=service_of(discipline), service_date=day,
    )  # fmt: skip


def answer_as(member: str, discipline: str) -> Said:
    return says(question(member, discipline), dt.date(2026, 11, 23))


def ask(payer: SandboxPayer, inquiry: Inquiry, *, seconds: float = 10) -> Reply:
    return SANDBOX.ask(inquiry, {URL: payer.url}, seconds=seconds)


def what(reply: Reply, discipline: str = "PT") -> Found:
    return found(reply, trace="T1", origin=ORIGIN, discipline=discipline, network="in")


def words(reply: Reply, discipline: str = "PT") -> str:
    benefits = answered(reply, trace="T1", origin=ORIGIN)
    assert benefits is not None
    return desk(answer(benefits, discipline, "in"))


@pytest.mark.parametrize(
    ("member", "finding", "said"),
    [
        ("ACTIVE", "clean", "$30 a visit. Deductible $1,500, $125 left. 10 of 30 visits left (per calendar year)."),
        ("W123456789", "clean", "No authorization needed."),
        ("INACTIVE", "inactive", "not active"),
        ("PENDING", "clean", "Plan active."),
        ("EXCLUDED", "not_covered", "Physical therapy not covered"),
        ("SILENT", "not_stated", "Whether physical therapy is covered, in network: not stated."),
        ("CONTRADICTED", "not_stated", "the payer contradicts itself"),
        ("LIMIT", "clean", "20 visits per calendar year; what is left is not stated."),
        ("POOLED", "clean", "10 of 30 visits left (per calendar year). Shared with other services"),
        ("LEFT", "clean", "10 of 30 visits left"),
        ("USED", "clean", "10 of 30 visits left"),
        ("USEDUP", "used_up", "0 of 20 visits left"),
        ("HSD", "clean", "30 visits per calendar year"),
        ("AUTH", "clean", "Authorization needed."),
        ("NOAUTH", "clean", "No authorization needed."),
        ("AUTHUNKNOWN", "clean", "Authorization: not stated."),
        ("REFERRAL", "clean", "REFERRAL FROM PRIMARY CARE PROVIDER REQUIRED"),
        ("OTHERPAYER", "clean", "Another payer is named: OTHER HEALTH OF IOWA (515-555-0161)."),
        ("MEDICARE", "clean", "Coinsurance 20 %."),
        ("1EG4TE5MK73", "clean", "Coinsurance 20 %."),
        ("MANY", "clean", "Copay $40 a visit."),
        ("LOWER", "not_stated", "Copay and coinsurance: not stated."),
        ("UNKNOWN", "clean", "Copay $30 a visit."),
        ("TOMORROW", "clean", "Copay $30 a visit."),
        ("ODD", "clean", "Copay $30 a visit."),
        ("SEVERAL", "clean", "Copay $30 a visit."),
        ("TWICE", "clean", "Copay $30 a visit."),
        ("FAMILY", "clean", "Copay $30 a visit."),
        ("SLOW1", "clean", "Copay $30 a visit."),
    ],
)  # fmt: skip
def test_a_habit_that_answers(payer: SandboxPayer, member: str, finding: str, said: str) -> None:
    reply = ask(payer, question(f"{member}0042"))
    assert what(reply).finding == finding
    assert said in words(reply)


@pytest.mark.parametrize(
    ("member", "finding", "media"),
    [
        ("STRANGER", "other_patient", "x12"),
        ("ACK999", "rejected", "x12"),
        ("ACKTA1", "rejected", "x12"),
        ("HTML", "not_understood", "html"),
        ("EMPTY", "not_understood", "empty"),
        ("GARBAGE", "not_understood", "text"),
    ],
)
def test_a_habit_that_answers_nothing(payer: SandboxPayer, member: str, finding: str, media: str) -> None:
    reply = ask(payer, question(f"{member}0042"))
    assert (what(reply).finding, what(reply).active, reply.media) == (finding, None, media)


def test_an_answer_that_breaks_off_is_not_understood_and_covers_nothing(payer: SandboxPayer) -> None:
    reply = ask(payer, question("CUT0042"))
    assert (what(reply).finding, what(reply).active, what(reply).covered) == ("not_understood", None, None)


@pytest.mark.parametrize("member", ["FAULT500", "HANGUP", "SLOW40", "BUSY503"])
def test_a_habit_that_fails_is_tried_again(payer: SandboxPayer, member: str) -> None:
    with pytest.raises(ConnectorError) as told:
        ask(payer, question(f"{member}0042"), seconds=1.5)
    assert told.value.temporary


def test_a_payer_that_was_busy_answers_the_second_time_and_each_therapy_is_a_question_of_its_own(
    payer: SandboxPayer,
) -> None:
    for discipline in ("PT", "OT"):
        with pytest.raises(ConnectorError):
            ask(payer, question("BUSY503X", discipline))
        assert what(ask(payer, question("BUSY503X", discipline)), discipline).finding == "clean"


@pytest.mark.parametrize(
    ("discipline", "said"),
    [
        ("PT", "Copay $30 a visit. Deductible $1,500, $125 left."),
        ("OT", "Coinsurance 20 %. Deductible $1,500, $125 left."),
        ("SLP", "Copay $15 a visit. Coinsurance 10 %. Deductible $200: met."),
    ],
)
def test_each_therapy_has_a_cost_of_its_own(payer: SandboxPayer, discipline: str, said: str) -> None:
    assert said in words(ask(payer, question("ACTIVE1", discipline)), discipline)


def test_occupational_therapy_shares_no_pool(payer: SandboxPayer) -> None:
    assert "Shared" not in words(ask(payer, question("POOLED1", "OT")), "OT")


@pytest.mark.parametrize("day", [dt.date(2026, 1, 1), dt.date(2027, 12, 31), dt.date(2028, 2, 29)])
@pytest.mark.parametrize("member", ["ACTIVE", "USED", "POOLED", "MEDICARE", "SILENT"])
def test_what_is_said_holds_on_any_day_that_is_asked_about(
    payer: SandboxPayer, member: str, day: dt.date
) -> None:
    reply = ask(payer, question(member, day=day))
    assert what(reply).active is True and not re.search(r"(?<!\d)-", words(reply))


@pytest.mark.parametrize("code", sorted(codes.rows("reason")))
def test_each_refusal_stands_in_a_loop_of_its_own_and_is_known(payer: SandboxPayer, code: str) -> None:
    reply = ask(payer, question(f"AAA{code}00042"))
    (refusal,) = _refusals(reply)
    assert (refusal.code, refusal.known) == (code, True)
    assert refusal.loop == ("2110C" if what(reply).active else refusal.loop)
    assert what(reply).covered is None
    assert what(reply).finding == ("not_stated" if refusal.loop == "2110C" else "rejected")


@pytest.mark.parametrize("action", sorted(codes.rows("action")))
def test_each_follow_up_action_says_who_may_ask_again(payer: SandboxPayer, action: str) -> None:
    (refusal,) = _refusals(ask(payer, question(f"AAA75{action}")))
    assert (refusal.action, refusal.loop) == (action, "2100C")
    by = codes.rows("action")[action]["by"]
    assert refusal.retry.by == ("person" if by == "reason" else by)


def test_a_dependent_is_refused_in_a_loop_of_their_own(payer: SandboxPayer) -> None:
    (refusal,) = _refusals(ask(payer, replace(question("AAA58C"), dependent=KIT, relationship="19")))
    assert refusal.loop == "2100D"


def test_a_family_is_answered_together_and_the_trace_tells_whose_answer_is_ours(payer: SandboxPayer) -> None:
    reply = ask(payer, replace(question("FAMILY"), dependent=KIT, relationship="19"))
    assert len(reply.benefits) == 2
    ours = answered(reply, trace="T1", origin=ORIGIN)
    assert ours is not None and ours.patient is not None and ours.patient.first == "KIT"


def test_codes_that_no_list_has_are_told_as_they_were_sent(payer: SandboxPayer) -> None:
    benefits = answered(ask(payer, question("UNKNOWN")), trace="T1", origin=ORIGIN)
    assert benefits is not None
    told = " ".join(each.segment for each in benefits.not_understood)
    assert "EB*QQ*" in told and "12.5O" in told


def test_medicare_tells_the_dollars_of_therapy_and_a_home_health_period(payer: SandboxPayer) -> None:
    benefits = answered(ask(payer, question("MEDICARE")), trace="T1", origin=ORIGIN)
    assert benefits is not None
    used = {line.service: str(line.amount) for line in benefits.lines if "USED AMOUNT" in line.messages}
    assert used == {"AD": "1056.50", "AE": "1232.50"}
    (home,) = [line for line in benefits.lines if line.service == "42"]
    assert [(each.qualifier, str(each.begin)) for each in home.dates] == [
        ("193", "2026-11-04"),
        ("194", "2027-01-02"),
    ]


@pytest.mark.parametrize("habit", [each.begins for each in HABITS])
def test_pyx12_finds_no_fault_in_the_envelopes(habit: str) -> None:
    for discipline in ("PT", "OT", "SLP"):
        written = answer_as(f"{habit}1", discipline).x12
        reader = X12Reader(io.StringIO(written.decode("ascii"))) if written else ()
        assert [each.get_seg_id() for each in reader] or not written
        assert not written or reader.pop_errors() == []


def test_the_reference_shows_each_habit() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert [each.begins for each in HABITS if f"| `{each.begins}` | {each.does} |" not in text] == []


def _refusals(reply: Reply) -> list[Rejection]:
    return [one for each in reply.benefits for one in each.rejections]
