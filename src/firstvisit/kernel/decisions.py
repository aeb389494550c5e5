"""What a rule returns: an outcome and the reasons anyone can check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Mark = Literal["yes", "no", "unknown", "waiting"]


class Reason(NamedTuple):
    """One checked fact behind an outcome.

    `code` is stable and is what reports group by; `text` is the sentence shown on screen and holds
    no name and no free text of a person; `mark` is how the question was answered.
    """

    code: str
    text: str
    mark: Mark = "yes"

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "text": self.text, "mark": self.mark}


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome with the reasons for it. A refusal is a Decision too, not an exception."""

    outcome: str
    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError(f"a decision carries its reasons; {self.outcome!r} has none")
