"""What people said of the facts: red flags that a clinician found to be none, what they chose beside what was asked.
Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from firstvisit.leads.facts import Facts
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.steps.qualify.facts import Chosen

AUTHORIZATION: Final = "authorization"
"""The ruling that notes what a payer answered; its value says whether it has come. The facts are in the reading."""
NO_RED_FLAG: Final = "no_red_flag"
"""What such a ruling is about; its value holds the items whose words were read."""
ONE: Final = "one_patient"
"""The ruling that a request whose names or words tell of two patients is about one, named as it stands."""
PROGRAM: Final = "program"
"""The ruling by which a lead is for another program than was asked for; its value names it, and the site where that
is another one."""
SETTING: Final = "setting"
"""The ruling by which care is given elsewhere than was asked: in the clinic, at home, by video; its value names it."""


def unseen(rulings: Mapping[str, Mapping[str, Any]], item: uuid.UUID) -> bool:
    """Whether no clinician has said of what this item states that it is no red flag."""
    ruled = rulings.get(NO_RED_FLAG)
    return ruled is None or str(item) not in ruled["items"]


def as_seen(
    facts: Facts, rulings: Mapping[str, Mapping[str, Any]], stated: Iterable[tuple[uuid.UUID, Sequence[str]]]
) -> Facts:
    """The facts as rules read them: red flags are those `stated` by items that no clinician has seen."""
    if NO_RED_FLAG not in rulings or not facts.red_flags:
        return facts
    left = {flag for item, flags in stated if unseen(rulings, item) for flag in flags}
    return facts._replace(red_flags=tuple(flag for flag in RED_FLAGS if flag in left))


def chosen_by(rulings: Mapping[str, Mapping[str, Any]]) -> Chosen:
    """What these rulings in force chose."""
    program, setting = rulings.get(PROGRAM, {}), rulings.get(SETTING, {})
    return Chosen(program.get("program"), program.get("site"), setting.get("setting"))
