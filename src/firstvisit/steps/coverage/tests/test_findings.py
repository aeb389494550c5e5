"""What a reply comes to for the question that was asked."""

from __future__ import annotations

from firstvisit.steps.coverage import reading
from firstvisit.steps.coverage.connectors import Reply
from firstvisit.steps.coverage.findings import Found, found
from firstvisit.steps.coverage.tests.payers import HEAD, SUBSCRIBER, benefits, interchange, transaction

ORIGIN = "9CEDARST01"
ACTIVE, THERAPY = "EB*1**30**GOLD", "EB*1**PT"


def said(*lines: str, subscriber: tuple[str, ...] = SUBSCRIBER, trace: str = "OURS1") -> Found:
    reply = Reply(b"", "x12", (benefits(*lines, subscriber=subscriber),))
    return found(reply, trace=trace, origin=ORIGIN, discipline="PT", network="in")


def test_an_active_plan_that_covers_the_therapy_is_clean() -> None:
    assert said(ACTIVE, THERAPY)[:4] == ("clean", True, True, None)


def test_an_active_plan_alone_says_nothing_of_therapy() -> None:
    assert said(ACTIVE)[:3] == ("not_stated", True, None)


def test_an_exclusion_is_not_covered() -> None:
    assert said(ACTIVE, "EB*I**PT").finding == "not_covered"


def test_an_inactive_plan_covers_nothing_whatever_else_stands_there() -> None:
    assert said("EB*6**30", THERAPY).finding in ("inactive", "not_stated")
    assert said("EB*6**30").finding == "inactive"


def test_whether_authorization_is_needed_comes_along() -> None:
    assert said(ACTIVE, "EB*1**PT*******Y").authorization in (None, True)
    assert said(ACTIVE, "EB*1*IND*PT********Y").authorization is True
    assert said(ACTIVE, "EB*1*IND*PT********N").authorization is False


def test_the_answer_to_another_question_is_never_taken() -> None:
    other = said(ACTIVE, THERAPY, trace="OURS2")
    assert (other.finding, other.active, other.covered) == ("other_patient", None, None)


def test_a_refusal_names_code_loop_and_whose_it_is_and_no_machine_repeats_what_a_person_must_correct() -> (
    None
):
    refused = said(subscriber=(*SUBSCRIBER[:3], "AAA*N**72*C"))
    assert refused.finding == "rejected"
    assert [(row["code"], row["loop"], row["whose"]) for row in refused.refused] == [
        ("72", "2100C", "subscriber")
    ]
    assert refused.again_days is None


def test_what_the_payers_own_system_caused_is_repeated_by_machine() -> None:
    refused = said(subscriber=(*SUBSCRIBER[:3], "AAA*Y**42*R"))
    assert (refused.finding, refused.again_days) == ("rejected", 0)


def test_a_refusal_above_the_patient_repeats_no_trace_and_is_ours_all_the_same() -> None:
    for refusal, again in (("AAA*Y**42*R", 0), ("AAA*N**51*C", None)):
        (only,) = reading.read(transaction(interchange(*HEAD, refusal)))
        refused = found(
            Reply(b"", "x12", (only,)), trace="OURS1", origin=ORIGIN, discipline="PT", network="in"
        )
        assert (refused.finding, refused.active, refused.again_days) == ("rejected", None, again)


def test_a_machine_waits_as_long_as_the_payer_says() -> None:
    assert said(subscriber=(*SUBSCRIBER[:3], "AAA*Y**42*X")).again_days == 10


def test_a_reply_in_which_nothing_stands_is_not_understood_and_covers_nothing() -> None:
    empty = found(
        Reply(b"<html>", "html", why="A web page."), trace="1", origin="", discipline="PT", network=None
    )
    assert (empty.finding, empty.active, empty.covered, empty.why) == (
        "not_understood",
        None,
        None,
        "A web page.",
    )


def test_an_answer_sent_twice_is_one_and_two_that_differ_are_none() -> None:
    once, other = benefits(ACTIVE, THERAPY), benefits(ACTIVE, "EB*I**PT")
    asked = {"trace": "OURS1", "origin": ORIGIN, "discipline": "PT", "network": "in"}
    assert found(Reply(b"", "x12", (once, once)), **asked).finding == "clean"  # type: ignore[arg-type]
    assert found(Reply(b"", "x12", (once, other)), **asked).finding == "not_understood"  # type: ignore[arg-type]
