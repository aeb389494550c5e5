"""Whether a form says that somebody is no new patient. Pure."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.steps.intake.understanding.passages import Passage

_NEW_HERE: Final = re.compile(r"(?i)\bnew\b.{0,12}\b(?:patients?|clients?|returning|existing|here|to us)\b|\bpaciente nuevo\b")
_BEEN_HERE: Final = re.compile(r"(?i)\b(?:existing|current|returning|established) (?:patient|client)\b|\bbeen (?:here|seen here) before\b")


def says_so(passage: Passage) -> bool:
    """Whether a form's question says that somebody is no new patient."""
    if passage.zone != "label":
        return False
    if _NEW_HERE.search(passage.question):
        return bool(re.match(r"(?i)\W*(?:no\b|returning|existing|current|established)", passage.text))
    return bool(_BEEN_HERE.search(passage.question) and re.match(r"(?i)\W*(?:yes|y\b|s[ií]\b|x\b)", passage.text))
