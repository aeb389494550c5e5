"""A payer's refusal to answer (AAA): whose it is, which value, what to ask for, who may ask again when. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from firstvisit.steps.coverage import codes
from firstvisit.steps.coverage.x12.transactions import Segment, at

PERSON, MACHINE, NOBODY = "person", "machine", "nobody"
_OF_LOOP: Final = {
    "A": "payer",
    "B": "provider",
    "C": "subscriber",
    "D": "patient",
    "E": "patient",
    "F": "patient",
}


class Retry(NamedTuple):
    """Who may ask again: `by` person (a value is corrected first), machine, or nobody. `days`: how many the payer says
    to wait; None for a machine that tries again within minutes and then hours."""

    by: str
    days: int | None = None


class Rejection(NamedTuple):
    """One AAA. `loop` such as 2100C; `code` and `action` (AAA03, AAA04) verbatim. `whose` value is wrong: the
    payer's, the provider's, the subscriber's, the patient's. `valid_request`: AAA01, None where it says neither."""

    loop: str
    code: str
    action: str
    whose: str
    field: str
    words: str
    ask_for: str
    retry: Retry
    valid_request: bool | None
    known: bool
    n: int


def of_code(code: str) -> Mapping[str, Any] | None:
    """What is known of a reason (AAA03), or of an acknowledgment (999, TA1) in the place of an answer."""
    return codes.rows("reason").get(code) or codes.rows("not_taken").get(code)


def rejection(n: int, segment: Segment, loop: str) -> Rejection:
    """What AAA number `n` in `loop` says. A code that is not known is a person's, whatever the loop."""
    code, action = at(segment, 3), at(segment, 4)
    reason = codes.rows("reason").get(code)
    followed = codes.rows("action").get(action)
    return Rejection(
        loop=loop,
        code=code,
        action=action,
        whose=_whose(str(reason["whose"]) if reason else "loop", loop),
        field=str(reason["field"]) if reason else "",
        words=str(reason["words"]) if reason else f"reason {code or 'not stated'}",
        ask_for=str(reason["ask_for"]) if reason else "what this refusal means: call the payer",
        retry=_retry(bool(reason and reason.get("machine")), action, dict(followed) if followed else None),
        valid_request={"Y": True, "N": False}.get(at(segment, 1)),
        known=reason is not None and (followed is not None or not action),
        n=n,
    )


def _whose(by_reason: str, loop: str) -> str:
    """The loop tells whose data it is, unless the reason knows better; in the payer's own loop it is the payer's."""
    by_loop = _OF_LOOP.get(loop[-1:], "payer")
    return by_loop if by_reason == "loop" or by_loop == "payer" else by_reason


def _retry(of_payer: bool, action: str, followed: dict[str, object] | None) -> Retry:
    """The follow-up action decides; where none is stated, or it leaves it open, only the payer's own trouble is tried
    again by machine. An action that is not known lets no machine try."""
    by = str(followed["by"]) if followed else "person" if action else "reason"
    if by == "reason":
        by = MACHINE if of_payer else PERSON
    days = followed.get("days") if followed else None
    return Retry(by, days if isinstance(days, int) else None)
