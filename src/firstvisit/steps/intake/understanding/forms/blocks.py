"""Blocks beside each other that say to whom a paper goes and from whom, each with its own numbers. Pure."""

from __future__ import annotations

from typing import Final

from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.understanding.forms.field import Field
from firstvisit.steps.intake.understanding.forms.lines import Lines
from firstvisit.steps.intake.understanding.forms.pieces import Piece
from firstvisit.steps.intake.understanding.values import names

_HEADS: Final = {"to": "us", "from": "referrer", "referrer": "referrer"}
_LONGEST: Final = 9
"""Lines of a block."""
_WITHIN: Final = frozenset(
    {
        "name",
        "phone",
        "fax",
        "phone_fax",
        "email",
        "address",
        "place",
        "state",
        "zip",
        "npi",
        "organization",
        "",
    }
)


def blocks(page: Lines) -> list[tuple[str, Box]]:
    """Whose each such block is, with its part of the page."""
    found: list[tuple[str, Box]] = []
    for number, line in enumerate(page.lines):
        heads = [piece for piece in line if piece.key in _HEADS and piece.at is not None]
        owners = {_HEADS[piece.key or ""] for piece in heads}
        if len(heads) < 2 or owners != {"us", "referrer"}:
            continue
        for n, head in enumerate(heads):
            assert head.at is not None
            after = heads[n + 1].at if n + 1 < len(heads) else None
            right = after.left - 0.02 if after else 1.0
            found.append((_HEADS[head.key or ""], _area(page, number, head.at, right)))
    return found


def _area(page: Lines, number: int, at: Box, right: float) -> Box:
    """From its head down to the first label that speaks of something else."""
    bottom = at.bottom
    for line in page.lines[number + 1 : number + 1 + _LONGEST]:
        inside = [each for each in line if at.left - 0.02 <= _left(each) < right]
        if any(each.key is not None and each.key not in _WITHIN for each in inside):
            break
        for each in inside:
            bottom = max(bottom, (each.run.box if each.run.words else each.at or at).bottom)
    return Box(at.left - 0.02, at.top - 0.002, right, bottom + 0.002)


def _left(piece: Piece) -> float:
    return (piece.at or piece.run.box).left if piece.at or piece.run.words else 2.0


def offices(page: Lines) -> list[Field]:
    """Organizations that stand without a label below whoever refers."""
    found = []
    for owner, area in page.blocks:
        for line in page.lines if owner == "referrer" else ():
            for piece in line:
                if piece.key is not None or not piece.run.words or id(piece) in page.taken:
                    continue
                box = piece.run.box
                inside = area.left <= box.left < area.right and area.top < box.top < area.bottom
                if inside and names.is_organization(piece.run.text):
                    page.taken.add(id(piece))
                    found.append(
                        Field("organization", "", 1.0, (piece.run,), "referrer", box, page.sheet.page.number)
                    )
    return found[:1]
