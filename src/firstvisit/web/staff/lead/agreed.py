"""What somebody allowed or refused, as the lead page tells it: in which words, when, by which way, who took it."""

from __future__ import annotations

from firstvisit.journey.lead_file import Agreed
from firstvisit.people import wordings
from firstvisit.web.staff.lead.facts import Fact, Seen
from firstvisit.web.ui import words
from firstvisit.web.ui.words import Sign


def agreed(seen: Seen) -> list[Fact]:
    """The ledger of whoever is written to, newest first, what was said in the same words several times in one line;
    nothing for who may not see who it is."""
    times: dict[tuple[str, bool, str, str, str], list[Agreed]] = {}
    for entry in seen.file.agreed if seen.named else ():
        times.setdefault((entry.channel, entry.given, entry.wording, entry.source, entry.by), []).append(entry)
    return [_line(seen, said[0], len(said)) for said in times.values()]


def agrees(seen: Seen) -> str:
    """Whose ledger that is."""
    who = seen.file.contact or seen.file.patient
    return who.name if who is not None and who.is_named else "they"


def _line(seen: Seen, entry: Agreed, times: int) -> Fact:
    sign = Sign("yes", "yes") if entry.given else Sign("no", "no")
    shown = wordings.quoted(entry.wording)
    said = f"“{shown}”" if shown else wordings.UNSHOWN.get(entry.wording, "In words that we do not know.")
    by = f"taken by {entry.by}" if entry.by else ""
    source = f"through {words.SOURCES.get(entry.source, entry.source)}"
    when = seen.at(entry.at) if times == 1 else f"{times} times, last {seen.at(entry.at)}"
    mark = "" if entry.wording in wordings.UNSHOWN else entry.wording
    rest = ", ".join(part for part in (when, source, by, mark) if part)
    return Fact(words.CHANNELS[entry.channel].capitalize(), f"{said} {rest}", (sign,))
