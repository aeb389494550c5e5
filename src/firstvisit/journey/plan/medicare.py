"""Medicare's clocks as tasks of the clinicians: send the plan, have it signed, recertify, report. Pure.

They begin with the evaluation and go on after the lead is closed with it. A Medicare Advantage plan has rules of its
own; nothing is wanted for one.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from firstvisit.journey.plan.wanted import Draft, Ground, Owner, WantedTask
from firstvisit.messages.moments import short_day
from firstvisit.steps.coverage import medicare as rules
from firstvisit.steps.coverage.medicare import Episode
from firstvisit.steps.routing import clocks
from firstvisit.steps.routing.rules import Asked, route_for
from firstvisit.steps.routing.tries import open_day

NOON: Final = time(12)
EVALUATED: Final = "evaluated"
ENDINGS: Final = ("", EVALUATED)
"""How a lead may be closed and its Medicare clocks go on: with its evaluation."""


def medicare(ground: Ground, draft: Draft) -> None:
    """What the clinicians owe Medicare for this patient, each once, withdrawn when it is done."""
    case = ground.case
    episode = case.medicare
    if case.closed_how == EVALUATED and case.facts.payer_kind == "medicare" and not _begun(episode):
        _begin(ground, draft)
        return
    if episode is None or episode.evaluated_on is None or episode.ended_on is not None or episode.part == "advantage":
        return
    if case.closed and case.closed_how not in ENDINGS:
        return
    _certification(ground, draft, episode, episode.evaluated_on)
    _recertification(ground, draft, episode)
    _progress(ground, draft, episode)
    _count(ground, draft, episode, episode.evaluated_on)


def _begun(episode: Episode | None) -> bool:
    return episode is not None and (episode.evaluated_on is not None or episode.part == "advantage")


def _begin(ground: Ground, draft: Draft) -> None:
    """It was closed with its evaluation, of which nobody has noted the day: no clock runs until somebody does."""
    closed = ground.case.closed_at
    assert closed is not None
    why = "Closed with its evaluation, and Medicare pays: note its day, from which the clocks run"
    _want(ground, draft, "note_evaluation", f"closed:{closed:%Y-%m-%d}", why, closed)


def _certification(ground: Ground, draft: Draft, episode: Episode, evaluated: date) -> None:
    """The plan goes out, and is signed by day 30; an approval by word is signed within 14 days."""
    by = rules.certify_by(episode)
    assert by is not None
    mark = f"evaluation:{evaluated}"
    sent = episode.sent_on or _done_on(ground, "send_plan", mark)
    if (spoken := episode.verbal_waits) is not None:
        after = f", after the last day {short_day(by)} (keep the proof of what was tried)" if episode.late_word else ""
        by = spoken.on + rules.days("verbal_days")
        why = f"Approved by word on {short_day(spoken.on)}{after}: the signature is due by {short_day(by)}"
        if sent is None and not episode.signed:
            soon = open_day(_noon(ground, spoken.on), ground.medicare.send_days, NOON, ground.site)
            _want(ground, draft, "send_plan", mark, f"Send it. {why}", min(soon, _noon(ground, by)))
        _chase(ground, draft, f"verbal:{spoken.on}", why, spoken.on, by)
    elif episode.initial_on is not None:
        return
    elif sent is None:
        due = min(open_day(_noon(ground, evaluated), ground.medicare.send_days, NOON, ground.site), _noon(ground, by))
        why = (
            f"Evaluated {short_day(evaluated)}: send it, to be certified by {short_day(by)}; with a signed, dated "
            "order on file, sending it by then stands in for the signature"
        )
        _want(ground, draft, "send_plan", mark, why, due)
    else:
        late = ground.now.astimezone(ground.site.tz).date() > by
        until = "was due by" if late else "is due by"
        kept = "; late certification needs proof that you asked: note each try" if late else ""
        why = f"The plan was sent on {short_day(sent)} and is not signed: it {until} {short_day(by)}{kept}"
        _chase(ground, draft, f"sent:{sent}", why, sent, by)


def _chase(ground: Ground, draft: Draft, mark: str, why: str, since: date, by: date) -> None:
    """Asked once some days after it went out, then again and again, and always before its last day."""
    begins = f"{ground.prefix}:chase_certification:{mark}:"
    tries = [t for t in ground.case.tasks if t.status == "done" and t.key and t.key.startswith(begins) and t.ended_at]
    last = max((t.ended_at for t in tries if t.ended_at), default=None)
    pace = ground.medicare
    if last is None:
        due = _noon(ground, min(since + timedelta(days=pace.chase_after_days), by - timedelta(days=1)))
    else:
        due = _noon(ground, last.astimezone(ground.site.tz).date() + timedelta(days=pace.chase_again_days))
        if due.date() >= by and last < _noon(ground, by - timedelta(days=1)):
            due = _noon(ground, by - timedelta(days=1))
    _want(ground, draft, "chase_certification", f"{mark}:{len(tries) + 1}", why, due)


def _recertification(ground: Ground, draft: Draft, episode: Episode) -> None:
    """Before the last certified day somebody asks for the next signature; silence counts for the first one alone."""
    last = episode.covered_through
    if last is None:
        return
    begins = _noon(ground, last - timedelta(days=ground.medicare.recertify_ahead_days))
    if ground.now < begins:
        draft.look_again.append(begins)
        return
    why = f"Certified through {short_day(last)}: recertify with a signature by then, or end the care"
    asked = _done_on(ground, "recertify", f"through:{last}")
    if asked is not None:
        _chase(ground, draft, f"through:{last}", why, asked, last)
        return
    _want(ground, draft, "recertify", f"through:{last}", why, _noon(ground, last - timedelta(days=1)))


def _progress(ground: Ground, draft: Draft, episode: Episode) -> None:
    """A report at least every ten treatment days, however long that takes."""
    if episode.treated is None or episode.treated_on is None:
        return
    since, every = episode.treated - episode.reported, rules.report_every()
    if since < every - ground.medicare.report_ahead:
        return
    due = open_day(_noon(ground, episode.treated_on), max(0, every - since), NOON, ground.site)
    counted = f"{since} treatment days since the last progress report, by {short_day(episode.treated_on)}"
    mark = f"from:{episode.reported}:{(since + ground.medicare.report_ahead) // every}"
    _want(ground, draft, "progress_report", mark, f"{counted}: due at the {every}th", due)


def _count(ground: Ground, draft: Draft, episode: Episode, evaluated: date) -> None:
    """Nobody counts treatment days for us: somebody says every few weeks how many there were, or that care ended."""
    since = episode.treated_on or evaluated
    day = since + timedelta(days=ground.medicare.count_days)
    why = f"Last counted {short_day(since)}: note the treatment days so far, or that the care has ended"
    _want(ground, draft, "count_treatment", f"since:{since}", why, _noon(ground, day))


def _want(ground: Ground, draft: Draft, kind: str, mark: str, why: str, due: datetime) -> None:
    """One task of whoever treats, unless it was done."""
    key = f"{ground.prefix}:{kind}:{mark}"
    if ground.case.ended(key) is not None:
        return
    if ground.case.medicare is not None and ground.case.medicare.part == "unknown":
        why = f"{why}. Part B or an Advantage plan is not known: ask"
    minutes = ground.routing.standard_minutes
    draft.tasks.append(WantedTask(key, kind, why[:200], _clinicians(ground), clocks.due(due, 0, ground.site), minutes))


def _clinicians(ground: Ground) -> Owner:
    """Where clinicians look: the queue to which what needs their judgement goes."""
    facts = ground.case.facts
    asked = Asked(
        "clinician_review", facts.lead_kind, ground.case.site, facts.program, facts.language, facts.payer, False
    )
    return Owner(queue=route_for(asked, ground.routing, ground.practice).queue)


def _noon(ground: Ground, day: date) -> datetime:
    return datetime.combine(day, NOON, ground.site.tz)


def _done_on(ground: Ground, kind: str, mark: str) -> date | None:
    """The day on which somebody did such a task."""
    done = ground.case.ended(f"{ground.prefix}:{kind}:{mark}")
    return done.ended_at.astimezone(ground.site.tz).date() if done is not None and done.ended_at else None
