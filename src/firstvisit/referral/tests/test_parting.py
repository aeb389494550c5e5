"""Taking one request out of a reading gives what the others say, in whatever order they came."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from firstvisit.referral.merge import joined
from firstvisit.referral.parting import parted, together
from firstvisit.referral.record import ORDER_HERE, Evidence, Patient, Payer, Referral

NAMES = st.sampled_from(["Ada", "Bea", "Cleo", None])


@st.composite
def requests(draw: st.DrawFn) -> Referral:
    patient = Patient(first_name=draw(NAMES), last_name=draw(NAMES), postal_code=draw(st.sampled_from(["53703", None])))
    payers = draw(st.sampled_from([None, (Payer(name="Northfield"),), (Payer(name="Summit", member_id="S-1"),)]))
    said: dict[str, Any] = {
        "disciplines": draw(st.sampled_from([None, ("PT",), ("OT",)])),
        "concern": draw(st.sampled_from([None, "Knee", "Back pain", "Hand"])),
        "documents": draw(st.sampled_from([None, ("order",), ("iep",)])),
        "order_signed": draw(st.sampled_from([None, True, False])),
        "timing": draw(st.sampled_from([None, "asap", "later"])),
    }
    return Referral(channel="web", patient=patient, payers=payers, **said)


@given(st.lists(st.tuples(requests(), st.booleans()), min_size=1, max_size=4))
def test_what_is_left_is_what_the_others_would_have_made(sent: list[tuple[Referral, bool]]) -> None:
    whole = together([said for said, _ in sent])
    assert whole is not None
    rest = together([said for said, stays in sent if stays]) or Referral(channel="web")
    assert parted(whole, sent).model_dump(exclude={"evidence"}) == rest.model_dump(exclude={"evidence"})


def test_an_order_that_somebody_noted_as_here_since_stays() -> None:
    first = Referral(channel="web", concern="Knee")
    second = Referral(channel="web", concern="Hand", order_signed=False)
    here = Evidence(place="typed", confirmed_by="dana")
    noted = Referral(
        channel="web",
        documents=("order",),
        order_signed=True,
        evidence={"order_signed": here, "documents": here, ORDER_HERE: here},
    )
    current, _ = joined(joined(first, second)[0], noted)
    left = parted(current, [(first, True), (second, False)])
    assert (left.order_signed, left.documents, left.concern) == (True, ("order",), "Knee")
    assert ORDER_HERE in left.evidence


def test_what_another_lead_brought_in_a_merge_stays() -> None:
    first, second = Referral(channel="web", timing="asap"), Referral(channel="web", setting="home")
    current, _ = joined(joined(first, second)[0], Referral(channel="web", timing="later", concern="From another lead"))
    left = parted(current, [(first, True), (second, False)])
    assert (left.timing, left.setting, left.concern) == ("later", None, "From another lead")


def test_evidence_goes_with_what_it_was_for() -> None:
    first = Referral(channel="web", timing="asap", evidence={"timing": Evidence(item="one")})
    second = Referral(channel="web", concern="Hand", evidence={"concern": Evidence(item="two")})
    left = parted(joined(first, second)[0], [(first, True), (second, False)])
    assert set(left.evidence) == {"timing"}
