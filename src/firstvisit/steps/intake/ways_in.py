"""Doors for machines as the practice keeps them: made, changed, switched, recorded. Secrets are sealed."""

from __future__ import annotations

import secrets as chance
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from django.db import transaction
from pydantic import BaseModel, ValidationError

from firstvisit.kernel import audit, clock, seal
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.kernel.shortening import shortened
from firstvisit.steps.intake.models import WayIn
from firstvisit.steps.intake.sources.ways import KINDS, Kind

_TABLE: Final = "intake_wayin"
LONGEST_ERROR: Final = 200
TEST_MINUTES: Final = 2
"""How long a test may take; after that whoever did it is dead, and another may."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a test of a way in found: as it should be, wrong, or worth a look; in words without anybody's
    data."""

    how: Literal["ok", "wrong", "look"]
    words: str


@transaction.atomic
def make(
    *, slug: str, kind: str, name: str, actor: Actor, settings: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> WayIn:  # fmt: skip
    """A new way in, off. BadInput names what its kind does not take."""
    of = kind_of(kind)
    slug = slug.strip().lower()
    if not slug.replace("-", "").isalnum() or not slug.isascii() or len(slug) > 30:
        raise BadInput([Problem("slug", "Use lower case letters, digits and - only, at most 30.")])
    if WayIn.objects.filter(slug=slug).exists():
        raise BadInput([Problem("slug", "There is a way in of this name already.")])
    key_row, key = seal.new_key()
    key_row.save(force_insert=True)
    way = WayIn(
        slug=slug, kind=kind, name=name.strip()[:80] or of.title, key=key_row,
        settings=checked(of, settings or {}).model_dump(mode="json"), made_at=clock.now(),
    )  # fmt: skip
    given = {name: (secrets or {}).get(name) or _made(name) for name in of.secrets}
    way.sealed = seal.seal_json(key, _TABLE, "sealed", way.id, given)
    way.save(force_insert=True)
    audit.note(actor, "way_in_made", "way_in", [way.slug])
    return way


def kind_of(kind: str) -> Kind:
    """The kind of this name. BadInput when there is none."""
    if kind not in KINDS:
        raise BadInput([Problem("kind", f"must be one of {', '.join(KINDS)}")])
    return KINDS[kind]


def checked(kind: Kind, settings: Mapping[str, Any]) -> BaseModel:
    """Settings as their kind's shape. BadInput names each field that is wrong."""
    try:
        return kind.settings.model_validate(dict(settings))
    except ValidationError as error:
        raise BadInput(
            [
                Problem(".".join(str(part) for part in each["loc"]) or "settings", each["msg"])
                for each in error.errors()
            ]
        ) from None


def settings_of(way: WayIn) -> Any:
    """The settings of a way, in the shape of its kind."""
    return KINDS[way.kind].settings.model_validate(way.settings)


def secrets_of(way: WayIn) -> dict[str, str]:
    """Its secrets by name."""
    if way.sealed is None:
        return {}
    found: dict[str, str] = seal.unseal_json(seal.open_key(way.key), _TABLE, "sealed", way.id, way.sealed)
    return found


def missing_secrets(way: WayIn) -> list[str]:
    """The names of its secrets that nobody has entered."""
    kept = secrets_of(way)
    return [name for name in kind_of(way.kind).secrets if not kept.get(name)]


@transaction.atomic
def change(way: WayIn, *, actor: Actor, name: str | None = None, settings: Mapping[str, Any]) -> None:
    """New settings; what its kind does not take is refused whole."""
    way.settings = checked(kind_of(way.kind), settings).model_dump(mode="json")
    way.name = (name or way.name).strip()[:80]
    way.save(update_fields=["settings", "name"])
    audit.note(actor, "way_in_changed", "way_in", [way.slug])


@transaction.atomic
def give_secret(way: WayIn, name: str, value: str, *, actor: Actor) -> str:
    """Keep a secret that the vendor gave us, or make one where `value` is empty. Returned once, to be shown once."""
    if name not in kind_of(way.kind).secrets:
        raise BadInput([Problem("secret", "This way in has no such secret.")])
    text = value.strip() or _made(name)
    if len(text) > 500:
        raise BadInput([Problem("secret", "A secret has at most 500 characters.")])
    known = {**secrets_of(way), name: text}
    way.sealed = seal.seal_json(seal.open_key(way.key), _TABLE, "sealed", way.id, known)
    way.save(update_fields=["sealed"])
    audit.note(actor, "way_in_secret", "way_in", [way.slug])
    return text


@transaction.atomic
def switch(way: WayIn, status: str, *, actor: Actor) -> None:
    """Off, recording or on. Conflict where a vendor that nobody has tried would be switched on before one real
    delivery of theirs was recorded, and any other while a secret of it is missing: all it sends would be refused."""
    if status not in WayIn.Status.values:
        raise BadInput([Problem("status", "Choose off, recording or on.")])
    if status == "on" and not kind_of(way.kind).verified and way.recorded_at is None:
        raise Conflict(
            "record one real delivery first, signed and of a kind that we can use: none of this vendor’s was seen yet"
        )
    if status == "on" and kind_of(way.kind).verified and (missing := missing_secrets(way)):
        raise Conflict(f"the {missing[0].replace('_', ' ')} is missing: keep it first, or all that is sent is refused")
    if way.status == "off" and status != "off":
        way.on_since = clock.now()
    way.status, way.error = status, ""
    way.recorded = way.recorded_from = None  # it was compared, or another is wanted; what it brought lies with its item
    way.save(update_fields=["status", "error", "recorded", "recorded_from", "on_since"])
    verb = {"off": "way_in_off", "on": "way_in_on", "recording": "way_in_records"}[status]
    audit.note(actor, verb, "way_in", [way.slug])


@transaction.atomic
def want_test(way: WayIn, *, actor: Actor) -> None:
    """Have a way in tried by whoever listens; it may be off."""
    way.test_wanted_at, way.test_asked_until = clock.now(), None
    way.save(update_fields=["test_wanted_at", "test_asked_until"])
    audit.note(actor, "way_in_tested", "way_in", [way.slug])


def begin_test(*, now: datetime) -> WayIn | None:
    """Take one that is to be tried, the one that waits longest; None when nobody waits."""
    with transaction.atomic():
        waits = WayIn.objects.filter(test_wanted_at__isnull=False).exclude(test_asked_until__gte=now)
        free = waits.select_for_update(skip_locked=True, of=("self",)).select_related("key")
        way = free.order_by("test_wanted_at").first()
        if way is not None:
            way.test_asked_until = now + timedelta(minutes=TEST_MINUTES)
            way.save(update_fields=["test_asked_until"])
    return way


def tested(way: WayIn, findings: Sequence[Finding], *, now: datetime) -> None:
    """Keep what a test found; one that was asked for again meanwhile is done again."""
    kept = {"at": now.isoformat(), "findings": [[each.how, shortened(each.words, 300)] for each in findings]}
    WayIn.objects.filter(id=way.id).update(tested=kept)
    done = WayIn.objects.filter(id=way.id, test_wanted_at=way.test_wanted_at)
    done.update(test_wanted_at=None, test_asked_until=None)


def findings_of(way: WayIn) -> tuple[datetime, list[Finding]] | None:
    """When a way was tried last, and what was found; None when it never was."""
    if not way.tested:
        return None
    return datetime.fromisoformat(way.tested["at"]), [Finding(how, words) for how, words in way.tested["findings"]]


def looked(way: WayIn, *, now: datetime, error: str = "", position: Mapping[str, Any] | None = None) -> None:
    """Note that we looked there, what went wrong, and how far we read."""
    changed: dict[str, Any] = {"looked_at": now, "error": shortened(error, LONGEST_ERROR)}
    if position is not None:
        changed["position"] = dict(position)
    WayIn.objects.filter(id=way.id).update(**changed)


def _made(name: str) -> str:
    """A new secret of our own; what only a vendor can give stays empty until somebody enters it."""
    return chance.token_urlsafe(32) if name in ("secret", "token") else ""
