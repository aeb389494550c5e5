"""A check opened again: what is shown of a reply, and what is said where nobody can read it."""

from __future__ import annotations

import pytest

from firstvisit.kernel import seal
from firstvisit.kernel.seal import OpenKey
from firstvisit.steps.coverage.kept import CANNOT_OPEN, TABLE, opened, shown
from firstvisit.steps.coverage.models import Check
from firstvisit.steps.coverage.tests.payers import HEAD, SUBSCRIBER, interchange

ODD = "ISA|00|          |00|          |ZZ|A              |ZZ|B              |261122|0900|^|00501|000000001|0|P|:'"
REPLY = interchange(*HEAD, *SUBSCRIBER, "EB*1**30", "EB*1**PT")


@pytest.fixture
def key() -> OpenKey:
    return seal.new_key()[1]


def kept(key: OpenKey, reply: bytes | None, *, connector: str = "sandbox", trace: str = "OURS1") -> Check:
    """A check of which nothing is written."""
    check = Check(connector=connector, trace=trace, discipline="PT")
    if reply is not None:
        check.reply = seal.seal(key, TABLE, "reply", check.id, reply)
    return check


def test_the_answer_to_our_question_is_read_again(key: OpenKey) -> None:
    found = opened(kept(key, REPLY), network="in", key=key)
    assert found.answer is not None and found.answer.covered is True and found.media == "x12"
    assert found.desk().startswith("Plan active. Physical therapy covered, in network.")


@pytest.mark.parametrize(
    ("check", "why"),
    [
        ({"trace": "ANOTHER"}, "The reply does not answer our question."),
        ({"connector": "gone"}, "The answer is kept; whoever read it (gone) is no connector of ours any more."),
    ],
)
def test_what_is_no_answer_is_none_and_says_why(check: dict[str, str], why: str, key: OpenKey) -> None:
    found = opened(kept(key, REPLY, **check), network="in", key=key)
    assert (found.answer, found.why, found.desk(), found.family()) == (None, why, "", "")
    assert "EB*1**PT~" in found.raw


def test_what_does_not_open_says_so(key: OpenKey) -> None:
    other = seal.new_key()[1]
    assert opened(kept(key, REPLY), network="in", key=other).why == CANNOT_OPEN


def test_a_question_without_an_answer_says_why_there_is_none(key: OpenKey) -> None:
    check = kept(key, None)
    check.why = "nobody answered"
    assert opened(check, network=None, key=key).why == "nobody answered"
    assert opened(check, network=None).why == "nobody answered"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (REPLY.replace(b"\n", b""), shown(REPLY)),
        (f"{ODD}ST|1'".encode(), f"{ODD}\nST|1'"),
        (b'\xef\xbb\xbf{"a":[1]}', '{\n  "a": [\n    1\n  ]\n}'),
        (b"{ no json", "{ no json"),
        ("<p>¿Qué?</p>".encode("latin-1"), "<p>¿Qué?</p>"),
        (b"ISA*", "ISA*"),
        (b"", ""),
    ],
)  # fmt: skip
def test_a_reply_is_shown_as_it_was_sent_a_segment_or_a_value_a_line(raw: bytes, text: str) -> None:
    assert shown(raw) == text
