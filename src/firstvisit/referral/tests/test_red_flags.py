"""Words that cannot wait: found when they are said of now, passed over when denied or long past."""

from __future__ import annotations

import pytest

from firstvisit.referral.red_flags import RED_FLAGS, find

PRESENT = [
    ("I have chest pain on the stairs", "chest_pain"),
    ("she has had trouble breathing since this morning", "chest_pain"),
    ("he can't breathe when lying down", "chest_pain"),
    ("tengo dolor de pecho desde ayer", "chest_pain"),
    ("mi papá no puede respirar bien", "chest_pain"),
    ("her face is drooping on one side", "stroke_signs"),
    ("his speech is odd, slurred words since lunch", "stroke_signs"),
    ("sudden weakness in the left arm", "stroke_signs"),
    ("lost control of her bladder on Sunday", "cauda_equina"),
    ("new saddle numbness after the fall", "cauda_equina"),
    ("no control of bladder since the fall", "cauda_equina"),
    ("my calf is hot and swollen", "clot_signs"),
    ("fever and the incision is draining", "infection_signs"),
    ("hit his head and has been throwing up", "head_injury"),
    ("he took a helmet to the side of the head last night and has thrown up four times", "head_injury"),
    ("she fell on the back of her head, I had a hard time waking her", "head_injury"),
    ("felt a pop in the finger after the repair", "tendon_rupture"),
    ("he is choking at meals and losing weight", "choking"),
    ("she turned blue while drinking", "choking"),
    ("he says he wants to die", "suicidal"),
    ("I want to hurt myself", "suicidal"),
    ("dice que no quiere vivir", "suicidal"),
    ("my husband hits me", "abuse"),
    ("mi esposo me pega", "abuse"),
    ("I CAN’T BREATHE", "chest_pain"),
    ("I can not breathe", "chest_pain"),
    ("his chest feels tight", "chest_pain"),
    ("me duele el pecho", "chest_pain"),
    ("no puedo respirar", "chest_pain"),
    ("her speech is slurred", "stroke_signs"),
    ("half of her face dropped", "stroke_signs"),
    ("I think he is having a stroke", "stroke_signs"),
    ("he cannot control his bladder", "cauda_equina"),
    ("no bladder control since Sunday", "cauda_equina"),
    ("quiero morir", "suicidal"),
    ("me quiero matar", "suicidal"),
    ("she is cutting herself", "suicidal"),
    ("My son has a history of autism, he hurts himself", "suicidal"),
    ("thinks about suicide", "suicidal"),
    ("my boyfriend hurts me", "abuse"),
    ("a heavy pressure on my chest", "chest_pain"),
    ("difficulty breathing at night", "chest_pain"),
    ("tightness in chest", "chest_pain"),
    ("I can´t breathe", "chest_pain"),
    ("he cannot breath", "chest_pain"),
    ("not able to breathe well", "chest_pain"),
    ("he had a seizure this morning and is not breathing well", "chest_pain"),
    ("she isn't breathing right", "chest_pain"),
    ("gasping for air at night", "chest_pain"),
    ("struggles to breathe when she eats", "chest_pain"),
    ("mi hija no respira bien", "chest_pain"),
    ("I can't catch my breath", "chest_pain"),
    ("no sleep, no appetite, pain in chest", "chest_pain"),
    ("siento que me ahogo", "chest_pain"),
    ("sudden trouble speaking", "stroke_signs"),
    ("no feeling in groin", "cauda_equina"),
    ("no longer able to control bladder", "cauda_equina"),
    ("I wish I were dead", "suicidal"),
    ("overdosed on pills yesterday", "suicidal"),
    ("he threatens to kill me", "abuse"),
    ("his words are slurred", "stroke_signs"),
    ("can't stop thinking about killing myself", "suicidal"),
    ("i wanna die", "suicidal"),
    ("the worst headache of my life", "stroke_signs"),
    ("I can't feel where I sit", "cauda_equina"),
    ("numb around her groin", "cauda_equina"),
    ("they would be better off without me", "suicidal"),
    ("she does not want to live", "suicidal"),
    ("he says life is not worth living", "suicidal"),
    ("I am afraid of my husband", "abuse"),
]
ABSENT = [
    "no chest pain",
    "denies chest pain, shortness of breath and saddle numbness",
    "She does not have chest pain",
    "no fever, chills or draining wound",
    "never had thoughts of suicide",
    "sin dolor de pecho",
    "niega dolor de pecho",
    "chest pain two years ago, cleared by cardiology",
    "history of suicidal thoughts as a child",
    "dolor de pecho hace dos años",
    "without trouble breathing",
    "never struggles to breathe",
    "no bladder control problems",
    "no bowel movement for 3 days",
    "toilet training: no bowel control yet, child is 3",
    "suicide prevention program at school",
    "is afraid of my dog",
    "My back hurts me at night",
    "it hurts her to walk",
    "He hurt himself playing soccer",
    "she hits her head with her hand",
    "Denies fever, chills, chest pain",
    "No red flags, chest pain, or saddle numbness",
    "he is not slurring his words",
    "she has not had any fever, chest pain or shortness of breath",
    "In 2019, he had chest pain",
    "He had chest pain in May, was checked and all was fine",
    "chest pain was ruled out",
    "she doesn't want to die",
    "has never been abused",
    "isn't short of breath",
    "no history of suicidal thoughts",
    "He denies that he has chest pain",
    "no longer has chest pain",
    "niega fiebre o dolor de pecho",
    "No fever/chills/shortness of breath",
    "works in a chest of drawers factory",
    "he coughs a little at meals",
    "Only twenty words so far and never two of them together",
    "",
]
WHOLE_CALLS = [
    ("My daughter fell off the monkey bars and hit her head, she threw up twice and is sleepy", "head_injury"),
    ("his mouth is crooked and he can't lift his cup", "stroke_signs"),
    ("since this morning my right arm feels numb", "stroke_signs"),
    ("her calf is really swollen and red and warm", "clot_signs"),
    ("the incision is oozing and smells", "infection_signs"),
    ("I peed myself twice today and I can't feel it", "cauda_equina"),
    ("I've been thinking everybody would be better off if I wasn't here", "suicidal"),
    ("there is no point in living any more", "suicidal"),
    ("the aide has been hitting her on weekends", "abuse"),
    ("he pushed my mother down last night", "abuse"),
    ("Past medical history: stroke 2019. Today his chest feels heavy", "chest_pain"),
    ("my chest has been tight since the band exercises", "chest_pain"),
    ("he can't swallow even his own saliva", "choking"),
]
QUIET_ALL_THE_SAME = [
    "my husband had chest pain back in January but that was checked and it was just reflux",
    "Stop and call 911 if you have chest pain or trouble breathing",
    "Precautions: chest pain, shortness of breath",
    "PMH: heart attack now 10 years, chest pain, suicidal ideation 2009",
    "my arm is numb when I type, that is why I want therapy",
    "She had some chest discomfort in rehab, they ruled out anything cardiac",
    "he hit his head in April and the concussion clinic sent us",
    "my leg is swollen after the lymph node surgery",
    "we are worried about choking",
    "I leak when I run or sneeze",
    "she is scared of needles and loud noises",
]
PRESENT_ALL_THE_SAME = [
    ("She does not sleep and has chest pain", "chest_pain"),
    ("he doesn't talk much and turns blue when he drinks", "choking"),
    ("No insurance, and now I have chest pain", "chest_pain"),
    ("I had a knee replaced three years ago and now I have chest pain", "chest_pain"),
    ("history of stroke, sudden weakness again since this morning", "stroke_signs"),
    ("no pain in the knee but chest pain at night", "chest_pain"),
    ("No tiene seguro y ahora no puede respirar", "chest_pain"),
    ("My dad is not feeling well, chest pain and sweating", "chest_pain"),
    ("She can't sleep, chest pain at night", "chest_pain"),
    ("I had knee surgery 2 years ago, chest pain when I climb stairs", "chest_pain"),
    ("history of diabetes, short of breath", "chest_pain"),
    ("used to walk fine, has lost bladder control", "cauda_equina"),
    ("No appetite, chest pain", "chest_pain"),
    ("no cough, no fever, has chest pain", "chest_pain"),
    ("he can't walk without chest pain", "chest_pain"),
    ("she cannot climb stairs without trouble breathing", "chest_pain"),
    ("no fever, chest pain since this morning", "chest_pain"),
    ("He does not eat well, chokes and turns blue", "choking"),
    ("She is not herself, says she wants to die", "suicidal"),
    ("swelling resolved, chest pain at night", "chest_pain"),
    ("The rash was cleared last year, he has trouble breathing", "chest_pain"),
    ("He doesn't know why, his calf is hot and swollen", "clot_signs"),
    ("No one believes me I want to die", "suicidal"),
    ("no sleep for days wants to die", "suicidal"),
    ("not sleeping, kill myself is all I think of", "suicidal"),
]
"""A denial or a past that belongs to something else must not hide what is happening now."""


@pytest.mark.parametrize(("text", "flag"), PRESENT)
def test_a_red_flag_that_is_present_is_found(text: str, flag: str) -> None:
    assert flag in find(text)


@pytest.mark.parametrize("text", ABSENT)
def test_a_red_flag_that_is_denied_past_or_not_meant_is_passed_over(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize(("text", "flag"), PRESENT_ALL_THE_SAME)
def test_a_denial_of_one_thing_does_not_hide_another(text: str, flag: str) -> None:
    assert flag in find(text)


@pytest.mark.parametrize(("text", "flag"), WHOLE_CALLS)
def test_a_red_flag_in_a_call_or_letter_is_found_however_it_is_said(text: str, flag: str) -> None:
    assert flag in find(text)


@pytest.mark.parametrize("text", QUIET_ALL_THE_SAME)
def test_what_is_feared_guarded_against_long_past_or_cleared_is_no_flag(text: str) -> None:
    assert find(text) == ()


def test_each_flag_is_named_once_in_the_order_of_the_list() -> None:
    found = find("He wants to die. He has chest pain. He has trouble breathing. My calf is hot and swollen.")
    assert found == ("chest_pain", "clot_signs", "suicidal")
    assert list(found) == [flag for flag in RED_FLAGS if flag in found]


def test_denying_in_one_sentence_and_saying_in_the_next_is_saying() -> None:
    assert find("No chest pain last week. Since this morning chest pain.") == ("chest_pain",)
