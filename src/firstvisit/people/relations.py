"""How somebody is related to a patient: the words that stand in the open, and who is a guardian. Pure."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.referral.record import StatedAuthority

KIN: Final = (
    "mother", "father", "parent", "guardian", "foster_parent", "stepmother", "stepfather", "stepparent", "grandparent",
    "grandmother", "grandfather", "spouse", "wife", "husband", "partner", "daughter", "son", "child", "stepchild",
    "grandchild", "sibling", "brother", "sister", "aunt", "uncle", "niece", "nephew", "cousin", "mother_in_law",
    "father_in_law", "daughter_in_law", "son_in_law", "brother_in_law", "sister_in_law", "relative",
)  # fmt: skip
"""Relationships that make a household; a case manager or teacher speaks for many who have nothing in common."""
BY_PROFESSION: Final = ("case_manager", "social_worker", "nurse", "teacher", "attorney", "interpreter")
"""Relationships of those who speak for many. Whoever else speaks for two patients reads one mailbox for both, also
where nobody said how they are related."""
RELATIONSHIPS: Final = frozenset(
    (*KIN, *BY_PROFESSION, "friend", "neighbor", "roommate", "caregiver", "nanny", "other")
)
"""Words for how somebody is related that stand in the open; any other stays in what was sent, which is sealed."""
_ALSO_CALLED: Final = {
    "mom": "mother", "mum": "mother", "mama": "mother", "dad": "father", "papa": "father", "stepmom": "stepmother",
    "stepdad": "stepfather", "grandma": "grandmother", "grandpa": "grandfather", "adoptive_mother": "mother",
    "adoptive_father": "father", "adoptive_parent": "parent", "foster_mother": "foster_parent",
    "foster_father": "foster_parent", "legal_guardian": "guardian", "boyfriend": "partner", "girlfriend": "partner",
    "fiance": "partner", "caretaker": "caregiver", "neighbour": "neighbor", "lawyer": "attorney",
}  # fmt: skip
_GUARDIANS: Final = ("mother", "father", "parent", "guardian")


def relationship_of(said: str | None) -> str:
    """The word for how somebody says they are related: "Step-Mother" is stepmother; "other" for what has none."""
    word = re.sub(r"[\W_]+", "_", (said or "").casefold()).strip("_")
    word = word.replace("step_", "step")
    word = _ALSO_CALLED.get(word, word)
    return word if word in RELATIONSHIPS else "other"


def is_guardian(relationship: str | None, said: StatedAuthority | None) -> bool:
    """Whether whoever is so related, or says this of what they may decide, is called the patient's guardian: on the
    page of the lead and in the EMR alike. A word in the open or as it was said."""
    return relationship_of(relationship) in _GUARDIANS or said in ("parent", "guardian")
