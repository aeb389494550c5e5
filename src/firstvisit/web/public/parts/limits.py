"""How often one address may send the public forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from firstvisit.kernel import rates
from firstvisit.kernel.blind import token


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many posts in so long, from one client address."""

    posts: int
    per: timedelta


PRACTICE: Final = Allowance(posts=12, per=timedelta(minutes=10))
"""A family needs two posts and a few corrections; a waiting room behind one address still gets through."""
DEMO: Final = Allowance(posts=2000, per=timedelta(minutes=10))
"""The demo sends everything from one address."""


def allowance() -> Allowance:
    """What holds in this installation."""
    return DEMO if settings.DEMO else PRACTICE


def may_post(address: str, *, now: datetime, link: str = "") -> bool:
    """Count one more post of this address; False when it has had its share. What is posted to a `link` of ours counts
    for that link alone: one family's mistakes shut nobody else out who is behind the same address."""
    allowed = allowance()
    key = token("form_posts", f"{address} {link}" if link else address)
    return rates.within(key, limit=allowed.posts, per=allowed.per, now=now)
