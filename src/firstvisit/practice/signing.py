"""Who may sign a draft of the rules, and why somebody may not: a second person, who wrote none of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from firstvisit.kernel import clock
from firstvisit.practice import authorship, queries
from firstvisit.practice.models import PolicyVersion, User

ALONE_WAITS: Final = timedelta(hours=24)
"""How long a draft must stand unchanged where everybody who may sign wrote part of it."""


@dataclass(frozen=True, slots=True)
class Signing:
    """Who wrote a draft, who may sign it, and from when; `signers` wrote part of it themselves where `until` is set."""

    authors: tuple[User, ...]
    signers: tuple[User, ...]
    until: datetime | None

    def why_not(self, user: User) -> str | None:
        """Why this person may not sign now, as a sentence; None when they may."""
        who = names(self.signers)
        if not self.signers:
            return "no active account may sign rules; give somebody that right first"
        if user not in self.signers:
            wrote = "you wrote part of this draft, so a second person signs it: " if user in self.authors else ""
            return f"{wrote}{who} may sign it"
        if self.not_before:
            return (
                f"everybody who may sign rules ({who}) wrote part of this draft and nobody else may sign it, so it "
                f"may be signed unchanged from {self.not_before}"
            )
        return None

    @property
    def not_before(self) -> str:
        """From when they may, in the practice's own time; empty where they may now."""
        return _local(self.until) if self.until is not None and clock.now() < self.until else ""


def signing(draft: PolicyVersion) -> Signing:
    """Who may sign a draft as it stands."""
    wrote = authorship.authors(draft.hands) or {str(draft.drafted_by_id)}
    people = User.objects.filter(is_active=True).order_by("name")
    holders = list(people.filter(role__capabilities__contains=["rules.sign"]).select_related("role"))
    writers = tuple(User.objects.filter(id__in=[one for one in wrote if one != "None"]).order_by("name"))
    second = tuple(one for one in holders if str(one.id) not in wrote)
    if second or not holders:
        return Signing(writers, second, None)
    return Signing(writers, tuple(holders), (draft.changed_at or draft.drafted_at) + ALONE_WAITS)


def names(people: Iterable[User]) -> str:
    """ "Mei Tanaka and Ruth Adler"."""
    *first, last = [one.name for one in people] or ["nobody"]
    return f"{', '.join(first)} and {last}" if first else last


def _local(when: datetime) -> str:
    """A moment in the practice's own time: "Tue Nov 24, 8:16 am CST"."""
    practice = queries.practice_now()
    site = practice.sites[practice.identity.home_site]
    local = when.astimezone(site.tz)
    half = "am" if local.hour < 12 else "pm"
    return f"{local:%a %b} {local.day}, {local.hour % 12 or 12}:{local:%M} {half} {local:%Z}"
