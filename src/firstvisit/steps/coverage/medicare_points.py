"""The points that Medicare looks at, each done, missing or not known, with its next date. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from firstvisit.steps.coverage import medicare as rules
from firstvisit.steps.coverage.medicare import Episode, State

CERTIFIES: Final = {
    "yes": ("done", "may order and certify"),
    "own scope": ("done", "a podiatrist certifies within the own scope alone"),
    "low vision": ("missing", "an optometrist certifies low vision services alone"),
    "no": ("missing", "chiropractors and dentists neither refer nor certify: ask a physician, NP, PA or CNS"),
}


@dataclass(frozen=True, slots=True)
class Stated:
    """What the record says: whether the signed order was seen here, whether one is stated and signed, the letters
    behind the name of whoever ordered, and whether a home health plan is open."""

    order_here: bool
    order_stated: bool
    signed: bool | None
    credential: str | None
    home_health: bool | None
    answered: str = ""
    """The period of home health care in Medicare's own answer, in words."""


@dataclass(frozen=True, slots=True)
class Point:
    """One point: its name, how it stands, a sentence, and by when something is due."""

    name: str
    state: State
    said: str
    by: dt.date | None = None


def points(episode: Episode, stated: Stated, today: dt.date) -> tuple[Point, ...]:
    """Every point in the order in which they come up; of a Medicare Advantage plan only what does not apply."""
    if episode.part == "advantage":
        said = (
            "A Medicare Advantage plan is not Part B: its own authorization and referral rules hold; certification, "
            "KX threshold and the home health rule of Part B are not asked here"
        )
        return (Point("Which Medicare", "done", said),)
    before = (_which(episode), _order(stated), _certifier(stated), _home_health(stated), _evaluation(episode))
    if episode.evaluated_on is None:
        return before
    return (
        *before,
        _sent(episode),
        _certification(episode, today),
        _recertification(episode, today),
        _progress(episode),
    )


def lacking(stated: Stated) -> list[str]:
    """What the record lacks for a signed and dated order to stand in for the first signature, point by point: it is
    on file, of a physician or nonphysician practitioner who may certify (42 CFR 424.24(c)(5))."""
    needed = (_order(stated), _certifier(stated))
    return [f"{point.name}: {point.said}" for point in needed if point.state != "done"]


def _which(episode: Episode) -> Point:
    if episode.part == "b":
        return Point("Which Medicare", "done", "Part B")
    said = "Part B or an Advantage plan: ask for both cards; until then it is treated as Part B"
    return Point("Which Medicare", "unknown", said)


def _order(stated: Stated) -> Point:
    name = "Order on file"
    if stated.order_here:
        return Point(name, "done", "signed and here; see that it bears a date")
    if stated.order_stated and stated.signed is False:
        return Point(name, "missing", "not signed")
    if stated.order_stated and stated.signed:
        return Point(name, "unknown", "said to be signed; nobody has seen it here")
    if stated.order_stated:
        return Point(name, "unknown", "whether it is signed is not stated")
    return Point(name, "unknown", "none was stated; Part B asks for none, but the plan must then be signed")


def _certifier(stated: Stated) -> Point:
    answer = rules.may_certify(stated.credential)
    if answer is None:
        said = "the letters behind the name of whoever ordered are not stated, or say nothing"
        return Point("Who certifies", "unknown", said)
    state, said = CERTIFIES[answer]
    return Point("Who certifies", "done" if state == "done" else "missing", f"{stated.credential}: {said}")


def _home_health(stated: Stated) -> Point:
    if stated.answered:
        said = f"Medicare's answer names {stated.answered}: Part B pays nothing here until the agency has discharged"
        return Point("Home health", "missing", said)
    if stated.home_health is None:
        return Point(
            "Home health", "unknown", "ask: does a nurse or therapist come to the house, or did in 3 months?"
        )
    if stated.home_health:
        said = (
            "a plan is open, or was within 3 months: Part B pays nothing here until the agency has discharged"
        )
        return Point("Home health", "missing", said)
    return Point("Home health", "done", "no plan is open, as stated")


def _evaluation(episode: Episode) -> Point:
    if episode.evaluated_on is None:
        return Point("Evaluation", "unknown", "no day was noted; the clocks begin with it")
    return Point("Evaluation", "done", f"completed {_said(episode.evaluated_on)}")


def _sent(episode: Episode) -> Point:
    name, by = "Plan of care sent", rules.certify_by(episode)
    if by is None:
        return Point(name, "unknown", "after the evaluation")
    if episode.sent_on is not None:
        order = (
            "; a signed and dated order is on file"
            if episode.order
            else "; no signed and dated order was noted"
        )
        return Point(name, "done", f"{_said(episode.sent_on)}{order}")
    if episode.signed:
        return Point(name, "done", "it came back signed")
    if (spoken := episode.verbal_waits) is not None:
        by = spoken.on + rules.days("verbal_days")
    return Point(name, "missing", "send it to whoever signs", by)


def _certification(episode: Episode, today: dt.date) -> Point:
    name, by = "Certified", rules.certify_by(episode)
    if by is None:
        return Point(name, "unknown", "within 30 days of the evaluation")
    if (spoken := episode.verbal_waits) is not None:
        due = spoken.on + rules.days("verbal_days")
        said = f"approved by word on {_said(spoken.on)}"
        if episode.late_word == spoken:
            said = f"{said}, late: the last day was {_said(by)}; keep the proof of what was tried"
        return Point(name, "missing", f"{said}; a signature", due)
    if episode.initial_on is None:
        late = (
            "too late by itself: proof of every try to have it signed is what counts now"
            if today > by
            else "signed"
        )
        return Point(name, "missing", late, by)
    if not episode.signed:
        return Point(
            name, "done", "no signature needed: order on file, plan sent in time (the rule since 2025)"
        )
    on = f"signed {_said(episode.initial_on)}"
    return Point(name, "done", on if episode.in_time else f"{on}, late: keep the proof of what was tried")


def _recertification(episode: Episode, today: dt.date) -> Point:
    name, last = "Certified through", episode.covered_through
    if episode.ended_on is not None:
        return Point(name, "done", f"the care ended on {_said(episode.ended_on)}")
    if last is None:
        return Point(name, "unknown", "not certified yet")
    if today > last:
        return Point(name, "missing", "treatment since then is not certified", last)
    return Point(name, "done", "recertify with a signature before care goes on after it", last)


def _progress(episode: Episode) -> Point:
    name, every = "Progress report", rules.report_every()
    if episode.treated is None or episode.treated_on is None:
        return Point(name, "unknown", f"every {every} treatment days; no treatment days were counted")
    since = episode.treated - episode.reported
    if episode.ended_on is not None:
        return Point(name, "done", f"the care ended after {episode.treated} treatment days")
    counted = f"{since} treatment days since the last, as of {_said(episode.treated_on)}"
    if since >= every:
        return Point(name, "missing", f"{counted}: due at the {every}th")
    return Point(name, "done", f"{counted}; {every - since} left")


def _said(day: dt.date) -> str:
    return f"{day:%b} {day.day}, {day.year}"
