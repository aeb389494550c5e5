"""What in the practice wants a look: nothing is wrong yet, and somebody should do something. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from firstvisit.practice.shape import Practice, Site

SOON: Final = timedelta(days=60)
"""How far ahead a list of holidays or an agreement is looked at: time enough to mend it."""


@dataclass(frozen=True, slots=True)
class Look:
    """One entry that wants a look, and why."""

    collection: str
    slug: str
    name: str
    words: str


def looks(practice: Practice, staffed: Iterable[str], today: date) -> list[Look]:
    """Everything, on the practice's day `today`. `staffed` are the queues that somebody who may sign in is in."""
    return [
        *_sites(practice, today),
        *_programs(practice, today),
        *_queues(practice, set(staffed)),
        *_agreements(practice, today),
        *_aged(practice, today),
    ]


EMPTY: Final = "its work is on the list of those alone who see every lead of its site"
"""What it means that nobody is in a queue, wherever it is said."""


def missing_years(site: Site, today: date) -> list[int]:
    """The years within the next 60 days of which a site names no holiday."""
    return [year for year in sorted({today.year, (today + SOON).year}) if year not in site.holiday_years]


def _sites(practice: Practice, today: date) -> Iterator[Look]:
    for site in practice.sites.values():
        for year in missing_years(site, today):
            words = f"no holidays of {year} are entered, so clocks run on them"
            yield Look("sites", site.slug, site.name, words)


def _programs(practice: Practice, today: date) -> Iterator[Look]:
    if not practice.programs:
        yield Look("programs", "", "Programs", "there are none, so no lead can be matched")
    for program in practice.programs.values():
        if program.status != "open" and program.status_on(today) == "open":
            words = f"its {program.status} ended on {program.status_until}: it counts as open, say so or set a day"
            yield Look("programs", program.slug, program.name, words)


def _queues(practice: Practice, staffed: set[str]) -> Iterator[Look]:
    for queue in practice.queues.values():
        if queue.slug not in staffed:
            yield Look("queues", queue.slug, queue.name, f"nobody is in it: {EMPTY}")


def _agreements(practice: Practice, today: date) -> Iterator[Look]:
    for agreement in practice.agreements.values():
        until = agreement.valid_until
        if agreement.signed_on is None:
            words = "is not signed, so what it is for stays off"
        elif until is not None and until < today:
            words = f"ended on {until}, so what it is for stays off"
        elif until is not None and until <= today + SOON:
            words = f"ends on {until}"
        else:
            continue
        yield Look("agreements", agreement.slug, agreement.vendor, words)


def _aged(practice: Practice, today: date) -> Iterator[Look]:
    oldest = today - timedelta(days=practice.identity.check_again_days)
    for payer in practice.payers.values():
        if payer.as_of < oldest:
            yield Look("payers", payer.slug, payer.name, f"was last checked on {payer.as_of}")
    for place in practice.places.values():
        if place.verified_on < oldest:
            yield Look("places", place.slug, place.name, f"was last checked on {place.verified_on}")
