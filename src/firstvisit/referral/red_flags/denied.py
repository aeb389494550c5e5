"""Whether a sign is denied: "no fever, chills or chest pain", "is not slurring". Pure; `said.toml`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from firstvisit.referral.red_flags.times import NOW
from firstvisit.referral.wordings import Wordings

if TYPE_CHECKING:
    from firstvisit.referral.red_flags.statements import At

_SAID: Final = Wordings(__file__, "said.toml")
_NONE_OF: Final = _SAID.any_of("denied.none_of")
"""A denial that reaches over a list of complaints."""
_NOT: Final = _SAID.any_of("denied.not")
"""A denial of the verb that follows it."""
_HAVING: Final = re.compile(
    r"\s*(?:(?:been|currently|really|actually|yet|ever)\s+)*"
    r"(?:(?:have|having|had|get|getting|feel|feeling|experienc\w+|complain\w*(?: of)?|report\w*|show\w*|notic\w+)\b"
    r"(?P<list>.*))?",
    re.IGNORECASE | re.DOTALL,
)
"""What may stand between "not" and what it denies: nothing, or a verb of having and a list."""
_COMPLAINT: Final = _SAID.any_of("denied.complaint")
_FILLER: Final = _SAID.any_of("denied.filler", r"(?:\s*\b%s\b)*\s*")
_LISTED: Final = re.compile(r",|\b(?:or|nor|and|ni|o|y)\b|/", re.IGNORECASE)
_SAYS_MORE: Final = _SAID.any_of("denied.says_more")
_REACH: Final = 60
"""Letters over which a denial may reach."""


def is_denied(words: str, at: At) -> bool:
    """Whether the last denial before a sign governs it and nothing new was said in between."""
    before = words[max(0, at.start - _REACH) : at.start]
    after = words[at.end :].partition(",")[0]
    none_of, not_ = _NONE_OF.last(before), _NOT.last(before)
    denial = max((d for d in (none_of, not_) if d), key=lambda d: d.end(), default=None)
    if denial is None:
        return False
    between = before[denial.end() :]
    if denial.group().casefold() == "without" and _NOT.last(before[: denial.start()]):
        return False  # "cannot walk without chest pain"
    if _SAYS_MORE.search(between + at.words) or NOW.search(after):
        return False
    if denial is not_:
        verb = _HAVING.fullmatch(between)
        if verb is None:
            return False
        between = verb["list"] or ""
    return _is_list(between)


def _is_list(between: str) -> bool:
    """Whether what stands between a denial and a sign is nothing but other complaints and small words."""
    return all(_COMPLAINT.search(entry) or _FILLER.fullmatch(entry) for entry in _LISTED.split(between))
