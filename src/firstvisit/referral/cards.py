"""A plan's card that somebody confirmed: its number takes the place of the one that was stated before. Pure."""

from __future__ import annotations

from collections.abc import Callable

from firstvisit.kernel.folding import folded
from firstvisit.referral.merge import of_accident
from firstvisit.referral.record import Payer, Referral

Known = Callable[[Payer], str]
"""Which payer of ours one is, by its slug; "" where none."""


def corrected_by_card(read: Referral, card: Referral, known: Known) -> Referral:
    """`read` with the number of the plan that the card is of, where another stood there: a wrong number is no second
    plan. The plan is the one of the same name or the same payer of ours; where the card names none, the only one."""
    if not read.payers or not card.payers:
        return read
    news = card.payers[0]
    at = _meant(read.payers, news, known)
    if at is None or not news.member_id:
        return read
    meant = read.payers[at].model_copy(update={"member_id": news.member_id})
    return read.model_copy(update={"payers": (*read.payers[:at], meant, *read.payers[at + 1 :])})


def _meant(payers: tuple[Payer, ...], news: Payer, known: Known) -> int | None:
    plans = [n for n, payer in enumerate(payers) if not of_accident(payer)]
    if news.name:
        ours = known(news)
        same = [
            n
            for n in plans
            if folded(payers[n].name or "") == folded(news.name) or (ours and known(payers[n]) == ours)
        ]
    else:
        same = plans if len(plans) == 1 else []
    return same[0] if same else None
