"""No feeling in the legs after a fall, fainting again and again, threats and plain words of danger; and what only
sounds like them."""

from __future__ import annotations

import pytest

from firstvisit.referral.red_flags import find


@pytest.mark.parametrize("text, flag", [
    ("He fell off the ladder this morning and now he can't feel his legs.", "fall_injury"),
    ("Notes: fell 11/22/2026, cannot feel her legs since.", "fall_injury"),
    ("She was in a car accident yesterday and cannot move her left arm", "fall_injury"),
    ("He dove into the lake last night, no feeling from the waist down", "fall_injury"),
    ("Ayer se cayó y no siente las piernas", "fall_injury"),
    ("My mother passed out twice today", "danger"),
    ("she blacked out again this morning at breakfast", "danger"),
    ("*** URGENT - PATIENT IN DANGER ***", "danger"),
    ("I think the baby is in real danger", "danger"),
    ("I'll kill the therapist, I know where she parks", "danger"),
    ("Patient says she is in danger at home.", "danger"),
    ("Estoy en peligro", "danger"),
    ("HOMICIDAL IDEATION", "danger"),
    ("I want to hurt my husband sometimes", "danger"),
    ("He has been coughing up blood", "danger"),
    ("my son swallowed a button battery", "danger"),
    ("She had a seizure this morning", "danger"),
    ("her tongue is swelling after the new medicine", "danger"),
    ("It is an emergency, his blood sugar is 500", "danger"),
    ("you can see the bone", "danger"),
    ("fever of 104, stiff neck and the light hurts", "danger"),
    ("cast too tight, fingers blue and numb", "danger"),
    ("ABUSE SUSPECTED", "abuse"),
    ("Stroke alert", "stroke_signs"),
    ("Mom doesn't know where she is since this morning", "stroke_signs"),
    ("He woke up and could not speak", "stroke_signs"),
    ("se me durmió la mitad de la cara", "stroke_signs"),
])  # fmt: skip
def test_it_cannot_wait(text: str, flag: str) -> None:
    assert flag in find(text)


@pytest.mark.parametrize("text", [
    "He fainted in church last spring and was seen to",
    "She is in danger of falling",
    "MS for ten years, she can't feel her feet and falls a lot",
    "He was paralyzed after a fall in 2015 and needs wheelchair training",
    "Fell in 2019 and could not move her arm for weeks, recovered",
    "Denies any falls; paralyzed from polio as a child",
    "My exercises are going to kill me",
    "We passed out flyers today and again tomorrow",
    "The car accident was in May, neck pain since",
    "No history of passing out, today or ever",
    "If this is an emergency, hang up and call 911",
    "This is not an emergency",
    "Epilepsy, last seizure in 2019, had a seizure workup then",
    "No signs of stroke",
    "He can't speak yet, he is two; we moved here yesterday",
    "Her toes are blue in the cold, Raynaud's for years",
    "The exercise is going to hurt my husband's pride",
])
def test_it_can(text: str) -> None:
    assert find(text) == ()
