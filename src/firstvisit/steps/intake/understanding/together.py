"""A message and what was attached to it, as one thing said. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from firstvisit.kernel.folding import folded
from firstvisit.referral.merge import joined
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.understanding.settle import Settled, Understood, sure

_COVERING = ("unclear", "status_question", "addendum")
"""Kinds of a message that says next to nothing itself; what is attached to it tells what it is."""


def together(message: Understood, attached: Sequence[Understood]) -> Understood:
    """`message` with its attachments' patients: of one that both name, what the message leaves open is filled from the
    attachment; others follow. A message that is plainly no referral stays so, and nothing is read into it."""
    if message.patients[0].referral.not_a_referral and message.sort not in _COVERING:
        return message
    patients = list(message.patients)
    sort = message.sort
    for each in attached:
        if each.sort in _COVERING or each.patients[0].referral.not_a_referral:
            continue
        for settled in each.patients:
            place = next((n for n, known in enumerate(patients) if _same(known.referral, settled.referral)), None)
            if place is None:
                patients.append(replace(settled, referral=_of(message, settled.referral)))
            else:
                patients[place] = _filled(patients[place], settled)
        sort = "referral" if sort in _COVERING else sort
    return Understood(tuple(patients), message.found, sort)


def _same(one: Referral, other: Referral) -> bool:
    """Whether two readings may be of one patient: nothing that both name differs, or one of them names nobody."""
    names = [(getattr(one.patient, name), getattr(other.patient, name)) for name in ("last_name", "first_name", "date_of_birth")]
    return all(not a or not b or (folded(str(a)) == folded(str(b))) for a, b in names)


def _filled(known: Settled, more: Settled) -> Settled:
    """The message's own values win; the attachment's fill what is open, and what is sure there goes before what is doubtful in
    the message."""
    referral, _ = joined(more.referral.model_copy(update={"channel": known.referral.channel}), known.referral, one_delivery=True)
    for surer in (more, known):
        same_channel = surer.referral.model_copy(update={"channel": known.referral.channel})
        referral, _ = joined(referral, sure(same_channel), one_delivery=True)
    return Settled(referral, (*known.doubts, *more.doubts))


def _of(message: Understood, referral: Referral) -> Referral:
    return referral.model_copy(update={"channel": message.patients[0].referral.channel})
