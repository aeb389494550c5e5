"""Papers that are there, by the answer to whether they are."""

import pytest

from firstvisit.steps.intake.understanding.values.papers import affirmed, asks_for_an_order, denied, signature


@pytest.mark.parametrize(
    "answer",
    [
        "Yes.", "Yeah, doctor Hale signed it", "uh-huh, faxed over an hour ago", "Right here in my purse.", "I've got it with me", "Sí, la tengo",
        "We do", "Both signed, faxing now", "X", "She gave me one", "It's in the folder, I have it here and I'm bringing it",
    ],
)  # fmt: skip
def test_said_to_be_there(answer: str) -> None:
    assert affirmed(answer)


@pytest.mark.parametrize(
    "answer",
    ["No.", "Not yet", "I don't have it", "yeah no, they haven't sent it", "He needs to sign it", "Waiting on the doctor, they said it was sent", "Do I need one?", "What kind?"],
)
def test_not_said_to_be_there(answer: str) -> None:
    assert affirmed(answer) is None


def test_a_no_is_told_from_a_yes() -> None:
    assert denied("Nope, not yet") and denied("Not sure") and not denied("Yes") and not denied("I know he signed it")


@pytest.mark.parametrize(
    ("question", "order"),
    [("Do you have a doctor's order?", True), ("And the script?", True), ("Referral source", False), ("¿Tiene receta médica?", True), ("Who referred you?", False)],
)
def test_which_questions_are_about_an_order(question: str, order: bool) -> None:
    assert asks_for_an_order(question) is order


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("Dr. Wendell Ching signed both, faxed this morning", True), ("I have the slip here with her name signed on it", True),
        ("Signed 10/19/26.", True), ("Signed: ______  Date: ____", False), ("Electronically signed by: ____", False), ("the order, electronically signed, is attached", True), ("tenemos la orden firmada", True),
        ("Rx: signature line still blank", False), ("order (Dr. Haddad hasn't signed, he's in the OR)", False), ("he forgot to sign it", False),
        ("on his desk, NOT signed yet", False), ("Order enclosed, but it isn't signed", False), ("the doctor didn't sign it", False), ("signature to follow", False),
        ("We do not need it signed; you may.", None), ("his brother has to sign consents", None), ("Signed consent is attached", None),
        ("when you get it signed, call me", None),
    ],
)  # fmt: skip
def test_whether_an_order_is_signed(text: str, signed: bool | None) -> None:
    said = {each.value for each in signature(text)}
    assert said == (set() if signed is None else {signed})


@pytest.mark.parametrize(
    ("said", "signed"),
    [
        ("Signed.", [True]), ("He signed.", [True]), ("Yes, signed, from Dr. Novotny", [True]), ("It's signed.", [True]), ("There is a signature at the bottom, he says.", [True]),
        ("It's not signed.", [False]), ("He signed up for swimming.", []), ("Is it signed?", []),
    ],
)  # fmt: skip
def test_an_order_is_said_to_be_signed(said: str, signed: list[bool]) -> None:
    assert [each.value for each in signature(said)] == signed
