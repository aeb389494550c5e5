"""A page as unpacked, before anybody looked at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firstvisit.steps.intake.pages.page import Word

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Grey = npt.NDArray[np.uint8]
    """Rows of grey values, 0 black to 255 white."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a file: its picture as received, and the words of its text layer where it has a real one.

    `across` and `down` are the picture's dots to the inch; they differ in a fax of standard resolution.
    """

    number: int
    grey: Grey
    across: float
    down: float
    words: tuple[Word, ...] | None = None
