"""Pages and sheets as they cross between processes."""

from __future__ import annotations

from typing import Any

from firstvisit.steps.intake.pages.page import Box, Page, Tick, Word
from firstvisit.steps.intake.pages.sheet import Sheet


def sheet_of(header: dict[str, Any], raw: bytes) -> Sheet:
    """A sheet from a message of the process that unpacks."""
    import numpy as np

    grey = np.frombuffer(raw, dtype=np.uint8).reshape(header["shape"])
    words = header["words"]
    return Sheet(
        header["number"],
        grey,
        header["across"],
        header["down"],
        None if words is None else tuple(_word(each) for each in words),
    )


def page_of(stated: dict[str, Any]) -> Page:
    """A page from a message of the process that looks."""
    return Page(
        **{
            **stated,
            "words": tuple(_word(each) for each in stated["words"]),
            "ticks": tuple(Tick(Box(*box), ticked, sure) for box, ticked, sure in stated["ticks"]),
            "struck": tuple(Box(*box) for box in stated["struck"]),
            "rules": tuple(Box(*box) for box in stated["rules"]),
            "circled": tuple(Box(*box) for box in stated["circled"]),
            "penned": tuple(Box(*box) for box in stated["penned"]),
        }
    )


def _word(stated: list[Any]) -> Word:
    text, box, sure = stated
    return Word(str(text), Box(*box), float(sure))
