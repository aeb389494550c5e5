"""The demo's clock."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from firstvisit.config.commands import ACTOR, DONE, WHY, Operation, out, say
from firstvisit.kernel import audit, clock
from firstvisit.kernel.errors import BadInput, ConfigurationError, Problem
from firstvisit.kernel.models import ClockOffset
from firstvisit.practice.queries import practice

FARTHEST: Final = timedelta(days=3653)


class Command(Operation):
    words = (
        "Show the demo's clock, or move it for every process at once, to see what falls due. A moment "
        "without an offset is in the zone of the practice's home site. The clock of a practice is never moved."
    )
    example = "FIRSTVISIT_DEMO=1 firstvisit clock --by 16"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--to", metavar="MOMENT", type=_moment, help="such as 2026-11-23T09:05")
        how.add_argument("--by", metavar="HOURS", type=float, help="so many hours on; below 0: back")
        how.add_argument("--reset", action="store_true", help="to the real time")

    def run(self, options: argparse.Namespace) -> int:
        if not settings.CLOCK_MOVES:
            raise ConfigurationError(
                ["The clock of a practice is never moved. For the demo's set FIRSTVISIT_DEMO=1."]
            )
        shape = practice()
        zone = shape.sites[shape.identity.home_site].tz
        with transaction.atomic():
            row, _ = ClockOffset.objects.select_for_update().get_or_create(id=1)  # moves come one by one
            before = timedelta(seconds=row.seconds)
            after = before
            if options.to is not None:
                to = options.to if options.to.tzinfo else options.to.replace(tzinfo=zone)
                after = to - datetime.now(UTC)
            elif options.by is not None:
                after = before + _hours(options.by)
            elif options.reset:
                after = timedelta()
            if abs(after) > FARTHEST:
                raise BadInput([Problem("moment", "is more than ten years from the real time")])
            if after != before:
                clock.move(after - before)
                audit.note(ACTOR, "clock_moved", "clock", [], why=WHY)
        local = clock.now().astimezone(zone)
        out(local.isoformat(timespec="seconds"))
        hours = after.total_seconds() / 3600
        ahead = (
            "the real time" if not after else f"{abs(hours):.1f} hours {'ahead' if hours > 0 else 'behind'}"
        )
        say(f"The demo's clock shows {local:%A, %Y-%m-%d %H:%M %Z}: {ahead}.")
        return DONE


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no date and time; write it as 2026-11-23T09:05 (in the zone of the practice's home site), "
            "or with an offset as 2026-11-23T09:05-06:00"
        ) from None


def _hours(number: float) -> timedelta:
    try:
        return timedelta(hours=number)
    except (OverflowError, ValueError):  # ValueError: it is no number at all (nan)
        raise BadInput([Problem("--by", "is no number of hours that a calendar holds")]) from None
