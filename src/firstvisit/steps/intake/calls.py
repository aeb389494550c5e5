"""Call cards: opened, saved as they are typed, kept when they stand still, ended. Knows neither scope nor journey."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from firstvisit.kernel import erasure, seal
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.leads.models import Lead
from firstvisit.practice.models import User
from firstvisit.referral.text import free_text
from firstvisit.steps.intake.call_script import LATER, SCRIPT
from firstvisit.steps.intake.models import CallCard, Item

_TABLE: Final = "intake_callcard"
FIELDS: Final = frozenset(
    {name for question in SCRIPT for name in question.names}
    | {f"note.{question.slug}" for question in SCRIPT}
    | {"relationship", "may_email", "may_text", "may_voicemail", "access_needs", "words"}
    | {"how", "present", "source_kind", "program"}
)
"""What a card keeps, each a text; beside them the lists."""
LISTS: Final = frozenset({"times", "heard", LATER})
LONGEST: Final = {"concern": 4000, "words": 500}
LONGEST_LINE: Final = 300
_OF_RULES: Final = re.compile(r"(?:q|note)\.[a-z0-9_]{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Said:
    """What is on a card: `answers` as typed, `told` those that the lead has already, `shown` the people whose names
    were shown beside it, `at` the question in whose middle somebody is ("" between two). `alerted` are the red flags
    that went to the lead from here, `taken_back` those of them of which it knows that they are not said any more."""

    answers: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    at: str = ""
    alerted: tuple[str, ...] = ()
    taken_back: tuple[str, ...] = ()

    @property
    def news(self) -> dict[str, Any]:
        """The answers that the lead does not have yet."""
        return {name: value for name, value in self.answers.items() if self.told.get(name) != value}

    def with_answers(self, typed: Mapping[str, Any], *, at: str = "") -> Said:
        """The same card with these answers, while `at` is asked; an empty one takes an answer back."""
        merged = {**self.answers, **typed}
        kept = {name: v for name, v in merged.items() if v not in (None, "", [])}
        return replace(self, answers=kept, at=at[:60])


def opened(
    *,
    by: User,
    site: str,
    now: datetime,
    lead: Lead | None = None,
    told: Mapping[str, Any] | None = None,
    kind: str = "call",
) -> CallCard:
    """A new card of one person, written; of the kind "add" it is a lead that they are adding. About a lead it begins as
    a call of ours, else as one that came in."""
    key_row, key = seal.new_key()
    key_row.save(force_insert=True)
    card = CallCard(
        key=key_row, kind=kind, inbound=lead is None, site=site, holder=by, lead=lead, started_at=now, changed_at=now
    )
    card.sealed = _sealed(card, key, Said(dict(told or {}), dict(told or {})))
    card.save(force_insert=True)
    return card


def said(card: CallCard) -> Said:
    """What is on a card that has not ended."""
    if card.sealed is None:
        raise Conflict("this call has ended")
    value = seal.unseal_json(seal.open_key(card.key), _TABLE, "sealed", card.id, card.sealed)
    shown, alerted, taken_back = (tuple(value[name]) for name in ("shown", "alerted", "taken_back"))
    return Said(value["answers"], value["told"], shown, value["at"], alerted, taken_back)


def locked(card_id: uuid.UUID) -> CallCard:
    """A card that has not ended, for update. Conflict when it has."""
    card = CallCard.objects.select_for_update(of=("self",)).select_related("key", "holder").get(id=card_id)
    if card.status == "ended":
        raise Conflict("this call has ended")
    return card


def keep(card: CallCard, what: Said, *, by: User, now: datetime) -> None:
    """Save a locked card; whoever saves holds it from now, and a kept one is open again."""
    card.sealed = _sealed(card, seal.open_key(card.key), what)
    card.holder, card.changed_at, card.status = by, now, "open"
    card.save(update_fields=["sealed", "holder", "changed_at", "status", "lead", "urgent_since"])


def note(card: CallCard, what: Said, *, urgent_since: datetime | None) -> None:
    """Save what became of a locked card while its holder goes on: nobody touched it for that."""
    card.sealed, card.urgent_since = _sealed(card, seal.open_key(card.key), what), urgent_since
    card.save(update_fields=["sealed", "lead", "urgent_since"])


def end(card: CallCard, *, item: Item | None, lead: Lead | None, now: datetime) -> None:
    """End a locked card. What was said lies with the item; here nothing of it stays."""
    card.status, card.ended_at, card.changed_at, card.sealed = "ended", now, now, None
    card.item, card.lead, card.urgent_since = item, lead, None
    card.save(update_fields=["status", "ended_at", "changed_at", "sealed", "item", "lead", "urgent_since"])
    erasure.destroy([card.key_id], at=now)


def readable(typed: Mapping[str, str], lists: Mapping[str, list[str]]) -> dict[str, Any]:
    """Answers fit to be kept. BadInput names the field that is too long, unknown or no text."""
    answers: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, text in typed.items():
        if not is_field(name):
            problems.append(Problem(name[:60], "There is no such field on a call card."))
            continue
        try:
            answers[name] = free_text(text, LONGEST.get(name, LONGEST_LINE))
        except ValueError as error:
            problems.append(Problem(name, str(error)))
    for name, values in lists.items():
        if name in LISTS and len(values) <= 40 and all(len(value) <= 40 for value in values):
            answers[name] = list(dict.fromkeys(values))
        else:
            problems.append(Problem(name[:60], "There is no such list on a call card."))
    if problems:
        raise BadInput(problems)
    return answers


def sealed(card: CallCard, what: Said) -> bytes:
    """The sealed content of a card that stands."""
    return _sealed(card, seal.open_key(card.key), what)


def is_field(name: str) -> bool:
    """Whether a card has this field: one of the script, or the answer or note of a question of the rules."""
    return name in FIELDS or _OF_RULES.fullmatch(name) is not None


def _sealed(card: CallCard, key: seal.OpenKey, what: Said) -> bytes:
    value = {
        "answers": what.answers,
        "told": what.told,
        "shown": list(what.shown),
        "at": what.at,
        "alerted": list(what.alerted),
        "taken_back": list(what.taken_back),
    }
    return seal.seal_json(key, _TABLE, "sealed", card.id, value)
