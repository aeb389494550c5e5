"""Left and right, said twice: by a diagnosis code and beside it. Pure."""

from __future__ import annotations

from firstvisit.reference import icd10cm
from firstvisit.referral.record import Diagnosis, Side


def other_side(diagnosis: Diagnosis) -> Side | None:
    """The side that the code names where another one is stated beside it ("S62.501A", right, with "left"); None where
    they agree, or one of them says nothing of a side. "both" beside a code of one side agrees with it."""
    if diagnosis.code is None or diagnosis.side in (None, "both"):
        return None
    named = icd10cm.side_of(diagnosis.code)
    return named if named != diagnosis.side else None
