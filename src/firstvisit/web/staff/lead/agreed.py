"""What somebody allowed or refused, as the lead page tells it: in which words, when, by which way, who took it."""

from __future__ import annotations

from firstvisit.journey.lead_file import Agreed
from firstvisit.people import wordings
from firstvisit.web.staff.lead.facts import Fact, Seen
from firstvisit.web.ui import words
from firstvisit.web.ui.words import Sign


def agreed(seen: Seen) -> list[Fact]:
    """The ledger of whoever is written to, newest first; nothing for who may not see who it is."""
    return [_line(seen, entry) for entry in seen.file.agreed] if seen.named else []


def _line(seen: Seen, entry: Agreed) -> Fact:
    sign = Sign("yes", "yes") if entry.given else Sign("no", "no")
    shown = wordings.quoted(entry.wording)
    said = f"“{shown}”" if shown else wordings.UNSHOWN.get(entry.wording, "In words that we do not know.")
    by = f"taken by {entry.by}" if entry.by else ""
    source = f"through {words.SOURCES.get(entry.source, entry.source)}"
    mark = "" if entry.wording in wordings.UNSHOWN else entry.wording
    rest = ", ".join(part for part in (seen.at(entry.at), source, by, mark) if part)
    return Fact(words.CHANNELS[entry.channel].capitalize(), f"{said} {rest}", (sign,))
