"""What cannot wait, as laypeople, offices and Spanish speakers say it; and what only sounds like it."""

from __future__ import annotations

import pytest

from firstvisit.referral.red_flags import answered, find, told_to_call, unmarked

CANNOT_WAIT = [
    ("It feels like somebody is standing on my chest", "chest_pain"),
    ("since last night it's like a brick on me, right here, and my left arm feels heavy", "chest_pain"),
    ("I get this squeezing in my chest when I do the bike", "chest_pain"),
    ("chest has been aching all day and I'm clammy", "chest_pain"),
    ("there is a burning pressure behind my breastbone", "chest_pain"),
    ("he's wheezing and it is getting worse by the hour", "chest_pain"),
    ("she is so winded just sitting in the chair", "chest_pain"),
    ("he can't finish a sentence, he's out of breath", "chest_pain"),
    ("I can't get enough air since this morning", "chest_pain"),
    ("siento una presión en el pecho", "chest_pain"),
    ("a mi mamá le falta el aire desde anoche, ahora está peor", "chest_pain"),
    ("This morning his words came out all wrong and he looked lost", "stroke_signs"),
    ("She woke up and one side of her mouth was sliding down", "stroke_signs"),
    ("He's talking like he's drunk since lunch and he doesn't drink", "stroke_signs"),
    ("His smile is lopsided and he keeps dropping his fork", "stroke_signs"),
    ("I think my dad had another stroke last night", "stroke_signs"),
    ("all of a sudden mom can't find her words", "stroke_signs"),
    ("de repente tiene la boca chueca y no le entiendo", "stroke_signs"),
    ("everything between my legs has gone to sleep", "cauda_equina"),
    ("I can't feel the toilet paper when I wipe, it's numb down there", "cauda_equina"),
    ("my back went out and I haven't peed since yesterday", "cauda_equina"),
    ("since last night I can't start to pee", "cauda_equina"),
    ("I peed the bed last night and my legs feel weak", "cauda_equina"),
    ("no aguanto la orina desde ayer", "cauda_equina"),
    ("the back of my leg is swollen up like a balloon, red and warm", "clot_signs"),
    ("one calf is bigger than the other, puffy, and it's hot", "clot_signs"),
    ("I'm worried it's a blood clot", "clot_signs"),
    ("tengo la pantorrilla hinchada y caliente", "clot_signs"),
    ("There's yellow gunk coming out of the incision", "infection_signs"),
    ("my stitches smell bad", "infection_signs"),
    ("She had her knee done Friday. The staples look red. She is burning up", "infection_signs"),
    ("la herida le huele mal y tiene fiebre", "infection_signs"),
    ("He bonked his forehead on the slide and now he's really drowsy", "head_injury"),
    ("She cracked her head on the tub an hour ago. She keeps asking where she is.", "head_injury"),
    ("he ran into the fence. He's been vomiting, and he can't remember the game", "head_injury"),
    ("se pegó en la cabeza y está vomitando", "head_injury"),
    ("he chokes on every sip now and he's down, lost twelve pounds", "choking"),
    ("she's scared to eat because she keeps choking", "choking"),
    ("I'm tired of living like this, tired of living at all", "suicidal"),
    ("I don't see the point in going on", "suicidal"),
    ("sometimes I pray I won't wake up", "suicidal"),
    ("nobody would miss me", "suicidal"),
    ("my mom took a whole handful, took too many pills", "suicidal"),
    ("ya no quiero vivir", "suicidal"),
    ("mi hijo dice que quiere hacerse daño", "suicidal"),
    ("my husband grabbed me by the hair", "abuse"),
    ("he puts his hands on me when he drinks", "abuse"),
    ("the aide yanks her by the arm", "abuse"),
    ("I'm scared to go home", "abuse"),
    ("please don't call back, he doesn't know I'm calling", "abuse"),
    ("my son takes her money and won't let her see anyone, he threw me against the wall", "abuse"),
    ("mi pareja me golpea", "abuse"),
    ("Mom fell this morning and she can't stand on that leg", "fall_injury"),
    ("he slipped an hour ago and is still on the floor", "fall_injury"),
    ("se cayó anoche y no puede caminar", "fall_injury"),
    ("the nurse line told me to call 911", "emergency"),
]
CAN_WAIT = [
    "they said if I can't pee or go numb in the saddle I go straight to the ER, and I've got none of it",
    "Call 911 if you have chest pain or trouble breathing.",
    "If he should have chest pain, stop the exercises and call us.",
    "A swollen, red, painful calf can mean a clot and needs the ER.",
    "Warning signs: chest pain, numbness in the groin, fever with drainage",
    "Si tiene dolor de pecho, llame al 911",
    "[ ] chest pain\n[ ] loss of bladder or bowel control\n[x] none of these",
    "☐ Chest pain ☐ Shortness of breath ☑ Knee pain",
    "Chest pain: No\nShortness of breath: none",
    "Thoughts of hurting yourself? No",
    "They took me in with chest pain, ran every test there is, and it turned out not to be my heart.",
    "They did have a rough patch in the winter with self-harm, that's been resolved",
    "her father died of a heart attack, chest pain and gone",
    "family history of chest pain",
    "this knee is killing me",
    "the pain hits me when I stand up",
    "it beats me why it hurts",
    "I nearly died of embarrassment, wanted to die of embarrassment",
    "we do suicide sprints at practice and my hamstring pulled",
    "he is autistic and hits me when he has a meltdown",
    "my toddler kicks me in a tantrum",
    "I choke up when I talk about it",
    "her speech is slurred from her stroke in March",
    "he has slurred speech due to Parkinson's",
    "droopy face after Bell's palsy two months ago, wants therapy",
    "He hit his head in April, threw up, the ER did a CT and he was cleared",
    "I fell in May and couldn't walk for a week",
    "She fell two years ago and can't stand for long",
    "my arm goes numb when I sleep on it",
    "the scar is tight and itchy",
    "my feet swell at the end of the day",
    "my hip gets tight and heavy by evening",
    "no numbness in the groin, no bladder trouble",
    "I leak a little when I cough since the baby",
    "She isn't making two word sentences yet",
    "he drools a lot and his speech is hard to understand, he is two",
    "press machine for my chest muscles",
    "she hit a wall with her progress and is sleepy after school",
    "my husband pushes me in the wheelchair",
    "our son was kicked out of preschool",
]  # fmt: skip


@pytest.mark.parametrize(("text", "flag"), CANNOT_WAIT)
def test_ordinary_words_for_what_cannot_wait_are_found(text: str, flag: str) -> None:
    assert flag in find(text)


@pytest.mark.parametrize("text", CAN_WAIT)
def test_what_would_be_what_was_and_what_is_only_a_way_of_speaking_is_no_flag(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize("words", ["Please hang up and dial 911.", "I want you to hang up and call 911", "That could be a stroke.", "You need to go to the ER"])
def test_who_is_sent_to_911_cannot_wait(words: str) -> None:
    assert told_to_call(words)


def test_a_greeting_that_names_911_sends_nobody() -> None:
    assert not told_to_call("If this is an emergency, hang up and dial 911. Otherwise stay on the line.")


@pytest.mark.parametrize(("answer", "flags"), [("Yes, since Sunday", ("chest_pain",)), ("a little", ("chest_pain",)), ("No, none", ()), ("not that I know", ())])
def test_a_flag_that_is_asked_for_is_present_when_the_answer_is_yes(answer: str, flags: tuple[str, ...]) -> None:
    assert answered("Any chest pain?", answer) == flags


def test_a_mark_under_no_is_a_no() -> None:
    table = "SCREENER               Yes   No\nChest pain                   X\nSaddle numbness         X\nName   A B"
    assert unmarked(table) >= {"Chest pain                   X"} and "Saddle numbness         X" not in unmarked(table)
