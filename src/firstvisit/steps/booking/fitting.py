"""Who may be booked for somebody at all, whatever the hour. Pure."""

from __future__ import annotations

from datetime import date
from typing import Final

from firstvisit.practice.shape import Site
from firstvisit.steps.booking import travel
from firstvisit.steps.booking.shapes import Bookable, Place, Want

PAYS_THEMSELVES: Final = ("private_pay",)
"""Kinds of payers whom every therapist may bill."""
NO_FIRST_VISITS: Final = "no_first_visits"
"""The code of whoever could do it and takes no evaluations: the limit of a day is 0."""


def stands_in_the_way(want: Want, who: Bookable) -> str:
    """Why a clinician is not one for this person: a code of `Found.missing`; "" where they are.

    An assistant never evaluates, whatever else is said. A clinician for whom no payers are entered may bill every one.
    """
    if who.kind != "clinician":
        return "no_clinician"
    if want.only and who.slug not in want.only:
        return "not_asked_for"
    if want.discipline and want.discipline not in who.disciplines:
        return "no_discipline"
    if who.assistant and (want.service == "evaluation" or not want.assistants):
        return "assistant"
    if not who.sites.intersection(want.sites):
        return "no_site"
    if not want.skills <= who.skills:
        return "no_skill"
    if want.credentials and not want.credentials & who.credentials:
        return "no_credential"
    if want.payer_counts and want.payer and who.payers and want.payer not in who.payers:
        return "no_payer"
    if want.service == "evaluation" and who.evaluations_a_day < 1:
        return NO_FIRST_VISITS
    return ""


def has_left(who: Bookable, day: date) -> str:
    """The code of whoever is not there any more on that day; "" of whoever is."""
    return "left" if who.last_day is not None and who.last_day < day else ""


def comes_home(want: Want, who: Bookable, site: Site) -> bool:
    """Whether a clinician of this site drives as far as this person's home; false where that is not known."""
    if want.home is None:
        return False
    reach = site.home_area_miles if who.home_miles is None else who.home_miles
    near = reach is not None and travel.miles(Place(site.latitude, site.longitude), want.home) <= reach
    return near or (bool(want.zip) and want.zip in who.home_zips)


def speaks(want: Want, who: Bookable) -> bool:
    """Whether the person's language is among the clinician's; false where it is not known."""
    return bool(want.language) and want.language in who.languages
