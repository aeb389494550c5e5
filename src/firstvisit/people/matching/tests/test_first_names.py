"""First names compared before anything else: the short way says what comparing whole names says."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from firstvisit.people.identity import Identity
from firstvisit.people.matching.described import Described, described
from firstvisit.people.matching.names import compare_names, first_names_differ

NAMES = st.sampled_from(
    (None, "Mia", "Maria", "Maria Elena", "Mario", "M", "Bob", "Robert", "Aidan", "Aiden", "Li", "Nguyen", "Grace")
)
WHO = st.builds(lambda first, last: described(Identity(first_name=first, last_name=last)), NAMES, NAMES)


@given(WHO, WHO)
@settings(max_examples=1000)
def test_first_names_differ_where_comparing_the_names_says_so(one: Described, two: Described) -> None:
    assert first_names_differ(one, two) == (compare_names(one, two)[0].level == "differs")
