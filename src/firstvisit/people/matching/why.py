"""Why a pair goes to a person, in words. Pure."""

from __future__ import annotations

from firstvisit.people.matching.shown import Comparison
from firstvisit.people.policy import Matching


def why_a_person(found: Comparison, rules: Matching, *, others: int) -> tuple[str, ...]:
    """Why no machine decides about this pair as it is known now: its doubts, too little weight, or that `others` known
    people fit the newcomer too. There is always a reason."""
    why = [f"{doubt.text}." for doubt in found.doubts]
    if found.weight < rules.same_at:
        against = [each.text[0].lower() + each.text[1:] for each in found.fields if each.bits <= -0.5]
        said = f"; against it stands: {', '.join(against)}" if against else ""
        why.append(
            f"Together the fields weigh {found.weight:+.0f}, and a machine takes two records for one person's only "
            f"from {rules.same_at:+.0f}{said}."
        )
    if others:
        fit = "Somebody else we know fits" if others == 1 else f"{others} others whom we know fit"
        why.append(f"{fit} the newcomer too, and a machine does not choose among several.")
    return tuple(why) or ("When the newcomer came less was known, or somebody was still asked who one of them is.",)
