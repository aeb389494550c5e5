"""The payer of our list that a stated one is. Pure."""

from __future__ import annotations

from typing import Final

from firstvisit.practice import shape
from firstvisit.practice.shape import Practice
from firstvisit.referral.merge import ACCIDENT
from firstvisit.referral.record import Payer

_NO_PLAN: Final = (*ACCIDENT, "va", "vocational_rehabilitation", "employer")
"""Kinds of payers that are no health plan."""


def of_our_list(payer: Payer | None, practice: Practice) -> shape.Payer | None:
    """The payer of our list that bears its name. One whose stated kind is no health plan's is not the plan of that
    name: what the plan wants says nothing of it."""
    if payer is None or not payer.name:
        return None
    ours = practice.payer_by_name.get(payer.name.casefold())
    return None if ours is not None and payer.kind in _NO_PLAN and payer.kind != ours.kind else ours
