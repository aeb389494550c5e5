"""Somebody at home hurts a child, or a grown up who depends on them: said in many ways, and what only sounds like it.
Past and denied is told apart. English and Spanish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from firstvisit.referral import red_flags

HURT: Final = """\
his dad hit him
His dad hit him last night and now he won't move his arm
Her stepfather hit her with a belt.
She has bruises and won't say where they come from
she has bruises and won't say
She has bruises on both arms and won't tell us how she got them
he has a black eye and says he isn't allowed to tell
my husband shoves me
My husband shoved me and I landed on my wrist
my wife throws things at me
my mom slaps me when I don't do my exercises
Mom's boyfriend hits the kids
the babysitter shook the baby
Her father shook her
My grandson pushes his grandmother around
My brother slapped Mom twice this week
my sister's boyfriend kicks the little one
our nephew hits my grandmother
grandpa's caregiver pinches him and he has marks
the aide at the home was rough with my father and left bruises
The night nurse slapped Dad
He has cigarette burns on his back
there are belt marks on his legs
he has handprint bruises on his arms
the teacher noticed welts on his back and he is afraid of his dad
He flinches when his mother raises her hand
He is afraid of his dad
She doesn't want to go home because her uncle hurts her
My stepson says his mom hits him
She told me her father hits her
He told his teacher that mommy hurts him
the child disclosed that his mother's boyfriend hit him
My partner grabbed me by the throat
My partner pushed me down the stairs
My ex pushed me and broke my wrist
he twisted my arm until it popped, he was mad at me
my son hits me and takes my money
My daughter screams at me and slaps me
My dad gets drunk and hits us
I don't feel safe with my husband
I am scared of my husband
my uncle touches me
her uncle touched her inappropriately
somebody at the group home hit him
CPS is involved because mom hit him
There is an open CPS case for abuse
Adult protective services was called about the bruises
grandma is being hit by her caregiver
My mother-in-law's aide yells at her and hits her
mi papá me pega
Su papá le pega
su papá lo golpeó
el papá le pegó al niño
su padrastro la golpea
Mi esposo me empuja
mi esposo me empujó y me lastimé la muñeca
mi marido me pega cuando toma
tiene moretones y no quiere decir quién se los hizo
Mi mamá tiene moretones y no dice cómo se los hizo
la cuidadora maltrata a mi mamá
la cuidadora le pega a mi abuela
mi hijo me amenaza y me quita el dinero
el novio de su mamá le pega
tiene miedo de su papá
mi pareja me ha pegado
en casa le pegan
lo sacude cuando llora
dad slapped him across the face because he spilled his milk
My grandson's father beats him when he's been drinking
her mother's new boyfriend has been hitting her
The home aide slapped my mother's hand and she is scared now
my caregiver pushes me when I'm slow
I found bruises on my mother and the facility will not tell me what happened
bruising on both wrists, patient won't explain
patient states husband struck her
Pt reports partner pushed her against the wall
Patient reports that her son hits her
Mother reports father kicked child in the abdomen
Child states "daddy hit me with a belt"
He said mommy burned him with a lighter
grandma's boyfriend touched her down there
my daughter's boyfriend shook the baby
they tie him to the bed at the home
They lock my brother in his room without food
My roommate punched me in the jaw
my husband broke my finger
My husband gets mad and throws plates at me
he chokes me
He'll hit me if I tell you
She says her dad whoops her with an extension cord
I get hit at home
my wife scratches and punches me when she drinks
his mom's boyfriend is violent
my father in law hits my kids
my brother-in-law pushed my mother-in-law down
the nurse at the home yanks grandma by the arm
her son is stealing her pension and shoves her
my adult son pushed me and I fell
My son who lives with us hits his grandfather
su hijo le pega y le quita el dinero
mi novio me dio un golpe
mi esposo me dio una cachetada
el niño dice que su papá le pega con el cinturón
mi hija tiene marcas de cinturón
mi abuela tiene moretones y no sabe decir por qué
la niña dice que su tío la toca
mi pareja me empujó por las escaleras
me tiró contra la pared
me golpea mi esposo
le pega su papá
mi hermano golpea a mi mamá
el cuidador empujó a mi papá
en la guardería la maestra le pegó
Hi, I'm calling for my niece, her dad hit her and her arm hurts
I think grandpa's new aide hits him when we are not there
My boyfriend threw me down the stairs on Friday
my wife's brother kicked our son in the stomach
Teacher reports student has bruises and refuses to say how they happened
Patient has multiple bruises in various stages of healing
stepmom slaps him every time he stutters
his foster dad shook him
Dad hit Mom and she fell
Husband shoved her into the counter per daughter
He's scared of his stepdad and cries before visits
My fiance slammed me into a door
her adult grandson has been shoving her
mi suegra golpea al niño
mi ex me ahorcó la semana pasada
su mamá le pega mucho
mi cuidadora me empuja y me grita
tiene miedo de ir a casa con su padrastro
el esposo la golpeó anoche
She says the sitter bit her
we noticed welts, he says daddy used a belt and he can't tell anyone
My father was hit by his roommate at the nursing home
Mom was pushed by the aide
"""

NOBODY_HURT: Final = """\
His dad hit him with the ball by accident playing catch
He hit his dad at the park
He hits his sister when he is frustrated
she hits her brother
He hits me when he has a meltdown
he bites and kicks his classmates
He hit himself in the face
my son hits himself when he's overwhelmed
He was hit by a car
My dad hit his head
his dad hit a deer and he hurt his neck
My husband hit a pothole and my back hurts
Her brother hit her with a baseball bat swinging at practice, it was an accident
She has bruises from the fall
She bruises easily on Eliquis
He has bruises on his shins from soccer
bruises from blood thinners
My husband pushes me in the wheelchair
my husband pushes me to do my exercises
the therapist pushed me too hard
my last PT pushed me
When I was a child my father hit me
My ex-husband used to hit me, we divorced ten years ago
she was abused as a child
He was hit by his father years ago, lives with us now
nobody hits him
Nobody hurts her at home
No one hits him at home
his dad never hit him
his dad does not hit him
My husband has never shoved me
I am not afraid of my husband
She is not being hit
denies abuse
Denies any abuse or neglect; feels safe at home
Feels safe at home.
No signs of abuse
no bruises
he is afraid of dogs and of his dad's loud truck
She is afraid of falling
She is afraid of the stairs
He's scared of needles
the ball hit her
a boy pushed him off the slide at school
a kid at school hit him with a stick and broke his finger
my dog knocked me down
my grandson ran into me and knocked me over
My husband shoves pills in a box for me
my toddler throws things at me
my toddler hits me
my 4 year old kicks and slaps us
my mother screams in pain when I move her
The pain hits me in the evening
the pain slapped me awake
My mom beats me at cards
The doctor hit her knee with the hammer
my husband threw me a ball and I jammed my finger
my husband threw out his back
my wife kicked the habit
her father shook her hand
He shook hands
se pegó en la cabeza
se golpeó la rodilla
me pegué en la mesa
mi hijo se pega cuando se enoja
le pegó un carro
le pegó la pelota en la cara
nadie le pega
mi esposo no me pega
mi papá me pegaba cuando era niño
tiene moretones por la caída
me golpeé el hombro con la puerta
mi hijo le pega a sus hermanos
me empuja la silla de ruedas
tiene miedo de caerse
No tengo miedo de mi esposo
pega la lengua al paladar
sacude la mano
My dad fell and hit his arm
mom hit her head on the cabinet
my grandma beat breast cancer
my husband beats me to the car
the nurse hit a nerve
my mom pushes herself too hard
his mother pushes him in the stroller
My grandma hits the floor with her cane
My aunt kicked me out of the house in May so my address changed
My husband hit the brakes and the seat belt marks are sore
He and his dad hit golf balls
My dad and I hit the gym
my mother knocked over a lamp
Mom threw up
my wife threw out her back
My father shook his head
My husband threatens to cancel the appointment if I miss again
mom's hip hurts her
grandma's knee hurts her
my mother says her shoulder hurts her
Her arthritis hurts her hands
My dad says the brace hurts him
husband reports her back hurts her at night
Mom says it hurts him to walk
Dad thinks swimming hurts her
my ex pushed for PT
my partner hit me with good news
my dad had a stroke that hit him hard
the flu hit my mother hard
Covid hit us and my husband
My husband got hit by a truck
dad was kicked by a horse
mother pushed for 3 hours during delivery
my boyfriend bit his tongue
She is afraid of her mother dying
he is scared of his grandma's dog
He is scared of his mom leaving the room
she's afraid of her new teacher
She bruises easily and cannot explain why she falls
Bruising and swelling after ankle sprain, can't walk on it
bruise on his heel, can't put weight on it
bruises on her knee from falling, she can't say how often she falls
She has marks from the brace
stretch marks
marks on his report card
seatbelt marks
cigarette burn in the couch
the father hit a growth spurt
He pushes his walker
My kids kick me in bed
my baby kicks me
the baby hit her milestones
brother hit his sister with a toy
my niece kicks
he gets pushed by other kids
my husband drags his leg
my mother drags her foot
My wife burns easily
dad burned himself on the stove
my mother bit her lip
He is a victim of abuse in a prior home and lives with his grandparents now
mi papá se pegó en la cabeza
mi mamá se golpeó la cadera
mi abuela se lastimó la rodilla
mi hijo golpea la mesa
mi esposo me lleva y me pega el sol
le pegó el sol
a mi mamá le dio un golpe de calor
le da miedo la mamá de su amigo en las fiestas
mi esposo me empuja a hacer ejercicio
mi papá le pegaba a mi hermano hace 30 años
un coche golpeó a mi mamá
La silla lastimó a mi papá
My son was hit by a pitch
his coach pushes him to run
her teacher shook her hand
Grandpa beats everyone at checkers
my husband and I hit heads
my uncle hit his thumb with a hammer
My mother scratched her arm on the fence
his dad burns easily
My mom has bruises from her IV
My father threw his back out
dad bit into an apple and broke a tooth
my aunt shook with cold
grandma's aide pushes her in the wheelchair every day
her boyfriend hit a home run
my sister hit menopause
My dad was beaten at arm wrestling
our nanny slapped a mosquito
My partner pushes the lawn mower and I cannot
My husband has bruises on his ribs and can't sleep
My parents threw a party
mom pinched a nerve
my mother pinched her finger in the door
Her mom pinched a nerve
his father choked on a grape
mi papá tiene un golpe en la rodilla
mi esposo se empujó la silla
me pega el dolor en la noche
su mamá la lleva a la escuela
mi mamá le teme a las caídas
mi tío tiene golpes en la cabeza por la caída y no puede caminar
mi esposo no me maltrata
no hay maltrato
history of domestic violence in a prior marriage in 2010, now safe
no history of abuse
my husband would never hit me
He used to be hit by his father
"""


@pytest.mark.parametrize("words", HURT.splitlines())
def test_it_goes_before_a_clinician(words: str) -> None:
    assert "abuse" in red_flags.find(words)


@pytest.mark.parametrize("spoken", [str.lower, str.upper, "Hello. {}. Can we have a visit on Friday?".format])
def test_however_it_is_written_and_whatever_stands_around_it(spoken: Callable[[str], str]) -> None:
    assert [words for words in HURT.splitlines() if "abuse" not in red_flags.find(spoken(words))] == []


@pytest.mark.parametrize("words", NOBODY_HURT.splitlines())
def test_what_is_past_denied_meant_otherwise_or_an_accident_alarms_nobody(words: str) -> None:
    assert "abuse" not in red_flags.find(words)
