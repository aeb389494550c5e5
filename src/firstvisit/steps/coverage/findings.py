"""What a reply comes to for the question that was asked, and whether a machine may ask again. Pure.

The trace number decides whose answer it is. Nothing that was not understood is ever covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

from firstvisit.steps.coverage.activity import PLAN
from firstvisit.steps.coverage.answers import SERVICES, Answer, answer
from firstvisit.steps.coverage.benefits import Benefits
from firstvisit.steps.coverage.connectors.port import Reply
from firstvisit.steps.coverage.rejections import MACHINE, Rejection
from firstvisit.steps.coverage.wordings import speaks_of

Finding = Literal[
    "clean", "inactive", "not_covered", "used_up", "not_stated", "rejected", "not_understood", "other_patient", "down"
]
"""clean: the plan is active and covers this therapy. used_up: so it does, and no visit is left. inactive, not_covered:
the payer says so. not_stated: it does not say whether this therapy is covered. rejected: it refuses to answer.
not_understood: nobody could read it. other_patient: it answers another question. down: nobody answered for too long."""
DOUBTFUL: Final[frozenset[str]] = frozenset({"not_stated", "not_understood", "other_patient", "down"})
"""Findings after which a person asks by phone or portal."""

_NOT_WHOLE: Final = {
    "breaks_off": "The answer breaks off.",
    "segments_missing": "The answer is not whole: its own count says that segments are missing.",
}


UNREAD: Final = "Part of what the payer says of this therapy could not be read."
_FOR_A_PERSON: Final = {
    "V": "The payer says that it cannot process part of the question.",
    "W": "For part of the answer the payer names another source.",
    "Y": "The plan pays only once the patient has spent down.",
}
"""By EB01: what leaves an answer that is clean otherwise to be read by a person."""
_EXCEEDED: Final = "30"
"""EB06 of a limit that is said to be exceeded."""
HOME_HEALTH: Final = "Home health care is named; until its agency has discharged, Part B pays nothing here."


class Found(NamedTuple):
    """What one reply comes to. `why` is one sentence where nothing, or not all, is known of benefits."""

    finding: Finding
    active: bool | None = None
    covered: bool | None = None
    authorization: bool | None = None
    refused: tuple[dict[str, Any], ...] = ()
    why: str = ""
    again_days: int | None = None
    """A machine may ask again: after so many days, 0 within minutes. None: it may not."""
    referral: bool | None = None


def found(reply: Reply, *, trace: str, origin: str, discipline: str, network: str | None) -> Found:
    """What `reply` says to the question of that trace, for a discipline (PT, OT, SLP) and a practice that is in
    network, out of it, or None: not known."""
    theirs = [each for each in reply.benefits if each.answers(trace, origin)]
    if not theirs:
        return _nobodys(reply)
    if len({_said(each) for each in theirs}) > 1:
        return Found("not_understood", why="The payer answered this question twice, and differently.")
    benefits = theirs[0]
    if benefits.why_active in _NOT_WHOLE:
        return Found("not_understood", why=_NOT_WHOLE[benefits.why_active])
    said = answer(benefits, discipline, network)
    refused = (*benefits.rejections, *_of_therapy(benefits, said))
    if benefits.rejections and said.active is None:
        return _refused(refused)
    why = _for_a_person(benefits, said, discipline)
    came_to = of_answer(said), said.active, said.covered, said.authorization
    return Found(*came_to, as_rows(refused), why, referral=wants_referral(said))


def wants_referral(said: Answer) -> bool | None:
    """Whether somebody was told that a referral is needed, or the payer names who may have to refer, or writes of a
    referral without saying that none is needed; None where it does neither."""
    if said.referral is not None:
        return said.referral
    written = (text for text in said.referral_messages if not speaks_of("no_referral", (text,)))
    return True if said.coordinators or speaks_of("referral_wanted", written) else None


def _for_a_person(benefits: Benefits, said: Answer, discipline: str) -> str:
    """Why somebody reads the answer even where plan and therapy are covered; "" where nobody has to."""
    if _unread(benefits, discipline):
        return UNREAD
    ours = {None, PLAN, *SERVICES[discipline]}
    codes = [line.code for line in benefits.lines if line.service in ours and line.code in _FOR_A_PERSON]
    if codes:
        return _FOR_A_PERSON[codes[0]]
    if any(line.period == _EXCEEDED and line.service in ours for line in benefits.lines):
        return "The payer says that a limit is exceeded."
    return HOME_HEALTH if said.home_health else ""


def _unread(benefits: Benefits, discipline: str) -> bool:
    """Whether something that nobody understood stands in what is said of the plan or of this therapy, or a whole line
    that names nothing: it may have been an exclusion."""
    ours = {None, PLAN, SERVICES[discipline][0]}
    read = {n for line in benefits.lines for n in line.numbers}
    numbers = {n for line in benefits.lines if line.service in ours for n in line.numbers}
    return any(
        each.n in numbers or (each.n not in read and each.segment[:2].upper() == "EB")
        for each in benefits.not_understood
    )


def answered(reply: Reply, *, trace: str, origin: str) -> Benefits | None:
    """The benefits in a reply that answer this question; None where none do, or several differ."""
    theirs = [each for each in reply.benefits if each.answers(trace, origin)]
    return theirs[0] if theirs and len({_said(each) for each in theirs}) == 1 else None


def of_answer(said: Answer) -> Finding:
    """What benefits come to, however they were told."""
    if said.active is False:
        return "inactive"
    if said.active is None:
        return "not_stated"
    if said.covered is None:
        return "not_stated"
    if not said.covered:
        return "not_covered"
    return "used_up" if any(each.left == 0 for each in said.visits) else "clean"


def _nobodys(reply: Reply) -> Found:
    """A reply in which no answer to the question stands."""
    if reply.rejections:
        return _refused(reply.rejections)
    # A payer or provider that is refused has nobody below it, and so no trace: the line it came over decides.
    if reply.benefits and all(each.rejections and not each.traces for each in reply.benefits):
        return _refused([one for each in reply.benefits for one in each.rejections])
    if reply.benefits:
        return Found("other_patient", why="The reply answers another question than ours.")
    return Found("not_understood", why=reply.why or "The reply says nothing about benefits.")


def _refused(refused: Sequence[Rejection]) -> Found:
    """A refusal. A machine asks again only where every part of it lets one; the longest wait holds."""
    machine = all(each.retry.by == MACHINE for each in refused)
    days = max((each.retry.days or 0 for each in refused), default=0) if machine else None
    return Found("rejected", refused=as_rows(refused), again_days=days)


def _of_therapy(benefits: Benefits, said: Answer) -> list[Rejection]:
    """Refusals on lines of this therapy, which say nothing of the plan."""
    ours = said.covered_as
    return [each for line in benefits.lines for each in line.rejections if ours in (None, line.service)]


def _said(benefits: Benefits) -> tuple[Any, ...]:
    """What was said, without the numbers under which it was sent: an answer sent twice is one."""
    return (
        benefits.active,
        tuple(line.text for line in benefits.lines),
        tuple((each.loop, each.code, each.action) for each in benefits.rejections),
    )


def as_rows(refused: Sequence[Rejection]) -> tuple[dict[str, Any], ...]:
    """Refusals as codes, with our own words for them and none of anybody's."""
    rows = [
        {"code": each.code, "loop": each.loop, "action": each.action, "whose": each.whose, "field": each.field,
         "words": each.words, "ask_for": each.ask_for, "by": each.retry.by, "days": each.retry.days}
        for each in refused
    ]  # fmt: skip
    return tuple(row for n, row in enumerate(rows) if row not in rows[:n])
