"""A taxonomy code says discipline, specialty and whether it is an assistant's."""

import pytest

from firstvisit.reference import facts
from firstvisit.reference.nucc import taxonomy


@pytest.mark.parametrize("code", sorted(facts.table("nucc_taxonomy")))
def test_every_listed_code_agrees_with_its_stem(code: str) -> None:
    said = taxonomy(code)
    words = facts.table("nucc_taxonomy")[code]
    assert said is not None
    assert words.startswith(said.discipline) and said.assistant == words.endswith("assistant")


def test_a_sub_specialty_that_is_not_listed_still_has_its_discipline() -> None:
    said = taxonomy("225XX9999X")
    assert said is not None and (said.discipline, said.assistant, said.specialty) == ("OT", False, None)


@pytest.mark.parametrize("code", ["207R00000X", "225X", "", "225XH1200", "225xh1200x", "261QP2000X"])
def test_other_codes_are_not_ours(code: str) -> None:
    assert taxonomy(code) is None
