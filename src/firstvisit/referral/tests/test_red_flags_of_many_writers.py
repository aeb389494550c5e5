"""What cannot wait, in the words of two hundred writers, and as much that may. English and Spanish."""

from __future__ import annotations

from typing import Final

import pytest

from firstvisit.referral import red_flags

ALARMING: Final = """\
She caught the back of her head on the sink, has a goose egg there, and threw up at lunch.
the scar has been leaking something since yesterday and it smells
the cut on the knee has green coming out of it and i got the shakes, temp was one oh two
any fever or drainage from the wound yes its hot and theres yellow coming out
I've had this pressure in my chest since about noon and it goes into my jaw.
Dad says there is an elephant sitting on his chest and he looks gray.
She gets a squeezing feeling behind her breastbone when she climbs the stairs, it started two days ago.
My chest has been hurting all morning and my left arm feels heavy.
He woke up sweating with a tight band around his chest.
I can hardly get enough air walking to the mailbox, that's new this week.
As I'm writing this my chest is pounding and burning and I feel faint.
Grandma is short of breath just lying in bed since last night.
I get winded tying my shoes and my lips look bluish today.
He's clutching his chest right now.
There's a crushing pain across my chest when I do the exercises.
I have had chest discomfort radiating to the shoulder since this morning.
Mom is breathing really fast and can't finish a sentence.
Patient reported chest tightness and diaphoresis during today's session.
I feel a heaviness in the middle of my chest that won't go away.
Desde anoche siento una presión en el pecho.
A mi papá le duele mucho el pecho y el brazo izquierdo.
Mi mamá no puede respirar bien desde esta mañana.
Me falta el aire cuando camino a la cocina y me siento mareada.
Tengo una opresión en el pecho ahora mismo.
My heart is racing and I can't seem to get a full breath.
He collapsed in the kitchen an hour ago holding his chest.
I've been having angina-type pain at rest for the last two days.
Sharp stabbing pain in my chest every time I inhale, started yesterday after the flight.
My wife is having trouble catching her breath and she is pale and sweaty.
I feel like I'm suffocating when I lie flat, it got bad on Tuesday.
the pain is in my left arm and chest and i feel sick to my stomach
His breathing is labored today and his ankles have blown up.
Chest pains on and off since Sunday, haven't seen anyone about it.
She's been complaining that her chest aches and feels tight whenever she moves around.
He has had an ache in the center of his chest since supper and burps a lot, he says it's nothing.
My husband's breathing sounds like he ran a marathon and he's only sitting in the chair, since this morning.
Can't lie down without gasping the last two nights.
Mom's chest feels like someone is standing on it when she walks to the bathroom.
I nearly passed out on the treadmill yesterday with my chest going tight.
Siento como un peso en el pecho y me sudan las manos.
Está muy agitado y le cuesta respirar desde ayer.
I'm having palpitations and pressure under my breastbone today.
His mouth is hanging down on the left and I can't make out what he is saying.
Since breakfast my mother's words come out all scrambled.
My right hand suddenly stopped working this morning and I keep dropping my cup.
One half of her face went slack about an hour ago.
He can't lift his left arm and he's talking like he's drunk, he doesn't drink.
She woke up today and couldn't see out of one eye.
Dad is suddenly confused and one side is weak.
I had a sudden terrible headache, the worst I have ever had, and now my vision is double.
My husband's smile is crooked today and his speech is slurred.
This afternoon his leg just gave way and his arm is limp, he's never had that before.
She started talking gibberish at dinner tonight.
My tongue feels thick and my cheek is numb since this morning.
New onset right facial droop and word finding difficulty noted this morning.
I think my mom might be having a stroke.
He has been drooling out of one side of his mouth since last night and can't hold a fork.
All of a sudden the left side of my body went numb.
A mi esposo se le torció la boca hoy en la mañana y no puede hablar bien.
Mi mamá tiene la cara caída de un lado desde ayer.
De repente no puede mover el brazo derecho.
Mi abuela habla enredado desde hoy y no se le entiende.
Se le durmió la mitad de la cara hace una hora.
he cant talk right since he got up from his nap and his face looks funny
Her left eyelid and lip are sagging and this started today.
I lost my balance out of nowhere last night, my arm went dead and my speech was all jumbled.
My vision went black in one eye this morning and my hand is tingling and weak.
She can't find her words at all today and her right hand is clumsy all of a sudden.
Dad's left side just quit on him about twenty minutes ago.
Suddenly unable to speak since 9 am.
He had one of those mini strokes this morning and won't go in.
My father is leaning to the right and can't keep his food in his mouth as of this morning.
She's not making any sense since we got her up this morning and one arm just hangs there.
Papa's mouth pulled to one side at lunch and he spilled his soup.
My speech went funny for ten minutes yesterday and my hand wouldn't hold the pen.
He woke up this morning and the right side of his body won't move.
Her face looks uneven all of a sudden.
I lost the vision in my left eye for a few minutes this morning.
Amaneció con la cara torcida y arrastrando las palabras.
Mi papá no puede levantar el brazo desde esta mañana y habla raro.
My wife suddenly can't walk straight and keeps veering left since an hour ago.
words wont come out right today and half my face tingles
My calf is swollen, hot and really tender since the surgery.
The back of my lower leg is red and twice the size of the other one.
One leg has ballooned up and it's warm to the touch.
Her calf hurts when she flexes her foot and it is puffy and warm.
My leg below the knee got really fat and red overnight, it throbs.
I'm a week out from my knee replacement and my calf is tight, warm and swollen.
They're worried about a DVT but I haven't gone for the ultrasound.
Patient presents with unilateral calf edema, erythema and warmth, Homans positive.
I think I may have a blood clot in my leg.
la pantorrilla está hinchada, roja y caliente
Mi pierna derecha se hinchó mucho y está caliente desde ayer.
His whole leg is purple and swollen tight since the flight.
The surgical leg is much bigger than the other, red streaks, painful to squeeze.
My shin and calf feel like a hot water bottle and look swollen.
There's a hard hot lump in my calf and the leg is swelling.
My calf is hard as a rock, hot, and twice as thick since I flew home from my surgery.
One lower leg is swollen and purple and hurts to touch, my hip was done ten days ago.
Her left calf is red and puffy and painful to press.
La pierna operada está muy hinchada, roja y caliente.
My incision is oozing yellow stuff and I have a fever of 102.
The wound smells and there are red streaks going up his arm.
Mom has chills and her hip incision opened up.
Since Monday the scar is hot, red and leaking pus.
I've been shaking with chills and the stitches look green.
The surgical site is draining and she's running a temperature of 101.4.
He's burning up and the place where they cut is really red and angry.
Her temp is 103 and she's confused and her stump is weeping.
La herida está supurando y tiene fiebre.
Tengo calentura y la cicatriz me huele mal.
The pin sites are draining pus and I feel feverish.
My knee incision popped open and stuff is running out.
He has a pressure sore that smells awful and a fever since yesterday.
I have a fever, my hand is swollen like a balloon around the cut and red lines are going toward my elbow.
She's shivering and her surgical wound is bright red and warm with cloudy drainage.
My finger where the pin is has turned black and smells.
The stitches have green goo coming out and he has the chills.
My hand is red and swollen around the cut, there is a red line climbing up my arm.
Temperature of 102 and the incision is hot and weeping.
Dad's surgical wound has come apart and smells rotten.
La cirugía se le abrió y le sale pus.
She's been shaking and feverish since Sunday and her knee incision looks angry.
He fell off the couch and hit his head this morning and has thrown up three times.
She slipped in the shower, banged her head and now she is really sleepy.
I got knocked out at practice yesterday and the headache keeps getting worse.
My son took a soccer ball to the head on Saturday and he's been vomiting since.
Dad fell last night, cracked his head on the tub and doesn't know what day it is.
She hit her head on the counter today and one pupil is bigger than the other.
Mom went down face first yesterday; she's on blood thinners and has a big lump on her forehead.
He blacked out after he bumped his head this afternoon.
My daughter fell from the monkey bars onto her head two hours ago and can't remember it.
I whacked my head on the cabinet last night and I've been throwing up and dizzy ever since.
Mi hijo se golpeó la cabeza ayer y está vomitando.
Se cayó esta mañana, se pegó en la cabeza y está muy confundida.
He was hit in the head by a pipe at work today and is slurring and confused.
The baby rolled off the changing table, hit the floor with her head and won't stop crying, now very drowsy.
Clear fluid is coming out of his nose since he hit his head yesterday.
My mother fell backwards this morning and hit the back of her skull, she keeps asking the same question.
He crashed his bike today, helmet cracked, he seems out of it and nauseous.
She was in a car accident yesterday, hit her head, and today her headache is much worse and she's confused.
i fell yesterday hit my head now i have double vision
Had a seizure after she hit her head on the playground this afternoon.
My boy got beaned by a baseball last night, he's vomited twice and wants to sleep.
Grandpa tumbled down the basement steps this morning and hit his temple, he takes warfarin.
She got a concussion at cheer yesterday and today she can't stop throwing up.
I slipped on the ice an hour ago, cracked the back of my head and everything is spinning and I see double.
He ran into another kid at recess today, knocked heads, and has been acting drunk since.
My back went out and since yesterday I can't pee.
I have no feeling when I wipe and my legs feel weak.
Since Friday I'm wetting myself and the back pain is unbearable.
My groin is numb and I had an accident in bed last night, that never happens.
He hurt his back lifting and now he's lost control of his bowels.
Bladder just lets go without warning since my back got bad this week.
I can't tell when I have to go anymore and my saddle area feels asleep.
Both legs are getting weaker and I soiled myself this morning without knowing.
Patient with LBP reports new urinary retention x 2 days and perineal numbness.
No puedo orinar desde ayer y me duele mucho la espalda.
Tengo dormida la entrepierna y se me sale la orina desde el lunes.
My back pain is so bad and I suddenly can't hold my urine.
It's numb between my legs like at the dentist and I can't start peeing.
She suddenly became incontinent yesterday along with shooting pain down both legs.
I lost all feeling down there overnight.
Since the disc slipped on Sunday I've been peeing my pants and don't even notice.
New bowel incontinence since Tuesday with severe low back pain.
my butt and privates went numb two days ago and my back is killing me
Ever since my back locked up Tuesday I have to strain to pee and my privates feel like cotton.
I had no idea I had wet the chair, I didn't feel it, and both legs tingle since yesterday.
My low back pain got terrible last night and now I can't control my bowels.
numbness around my anus and inner thighs with sciatica in both legs
Se me adormeció la parte de abajo y no siento cuando orino.
Some days I don't want to be here anymore.
I've been thinking about ending it all.
She told me she wishes she wouldn't wake up.
He says we'd all be better off without him.
I have a bottle of pills saved up and I think about taking them.
My son said he wants to kill himself.
Honestly I can't go on living like this, I've thought about how I'd do it.
He keeps talking about his gun and how there's no point anymore.
I just want to go to sleep and never wake up.
She has been cutting herself again.
I wrote goodbye letters to my kids last night.
Dad said he has nothing to live for and asked where the shotgun is.
If this pain doesn't stop I am going to end my life.
No quiero vivir más.
Mi hija dice que se quiere morir.
He ha pensado en quitarme la vida.
Mi esposo dice que sería mejor estar muerto.
I don't see a reason to keep living.
She took a handful of her pain pills last night on purpose.
He told the aide he'd rather be dead than be a burden.
i want to die
Patient endorses suicidal ideation with plan.
I've had thoughts of hurting myself since the accident.
My brother keeps saying goodbye to people and giving away his things, he says he won't be here much longer.
I'm not safe with myself right now.
I think everyone would be happier if I were gone.
Sometimes I think about driving off the bridge on my way home.
My mother says she is ready to go and has been hoarding her sleeping pills.
I've decided I'm not going to be around for Christmas.
I feel like I'd be doing my family a favor if I was dead.
He said if he can't play again he'll kill himself.
Life isn't worth it anymore, I have thought about taking all my gabapentin.
A veces pienso en no despertar.
Ya no aguanto, quiero desaparecer.
My teen has been posting about ending her life.
I keep a loaded gun by the bed in case the pain gets too much.
My husband shoved me into the wall, that is how I hurt my shoulder.
Her son takes her checks and screams at her, I'm scared for her.
I'm afraid to go home because he hits me.
There are bruises on her arms shaped like fingers and she won't say who did it.
My boyfriend twisted my wrist until it snapped.
The caregiver has been hitting my mother.
Please don't call the house, he gets violent when he finds out I talk to people.
The child told his teacher that his stepdad beats him with a belt.
I don't feel safe at home.
He choked me last weekend and my neck has hurt since.
She's kept in her room and they don't feed her.
My ex threatened to kill me, that's why I moved.
Mi esposo me pega.
Mi pareja me empujó por las escaleras.
El cuidador maltrata a mi papá.
Tengo miedo de volver a casa porque él me golpea.
I suspect that the resident is being abused by his nephew.
My daughter's boyfriend pushes her around and she has a black eye again.
He locks me in the bedroom and won't let me see a doctor.
I broke my hand when he slammed it in the door on purpose.
Grandpa flinches when the aide comes near and has unexplained bruises.
My partner threw me on the floor on Sunday.
We have concerns of neglect: she is left alone in dirty briefs for days.
Someone at the group home is hurting him.
My fiance broke my wrist, he bent it back because I was late.
The bruises on Mom's wrists look like somebody tied her up.
He said he'd kill me if I left.
I had to get away from my husband, he put his hands around my neck.
My grandson takes her pain pills and hits her when she says no.
I can't talk on the phone, he listens. He hurt me again Saturday.
Mi papá le pega a mi mamá.
The resident says the night aide slaps her.
I'm hiding at my sister's because my husband is going to hurt me and the baby.
Her boyfriend burned her arm with a cigarette.
""".strip().splitlines()

CALM: Final = """\
I had a C-section in July and I still leak when I sneeze, and the scar pulls.
We were worried about a clot, of course, we did the ultrasound on Friday and there's nothing there.
okay any fever or the stitches looking red or anything
any loss of bladder or bowel or numbness between the legs
She had a right-sided stroke on the fourth of March, her speech is slurred and the arm is weak.
Had chest pain here on 2/11; worked up, troponin negative.
No chest pain or shortness of breath.
He had a heart attack three years ago and has done cardiac rehab since.
My chest is tight from the pec muscle tear, the surgeon said.
I tore my pectoral muscle lifting, chest wall sore, cleared by cardiology.
She had open heart surgery in May and is cleared for exercise, needs strengthening.
Denies chest pain, dizziness, numbness.
Dad gets short of breath with his COPD, which is normal for him.
Looking for breathing and posture work, I have asthma that is well controlled.
If you have chest pain call 911.
The pain in my shoulder sometimes goes toward my chest muscles when I reach, doctor ruled out heart problems.
Her father died of a heart attack last fall and she is grieving.
Ella no tiene dolor de pecho.
Mi papá tuvo un infarto hace dos años y ya está bien.
My son is out of breath after gym because he is deconditioned.
I had a mastectomy and my chest scar is tight.
Rib fracture left side of chest, six weeks ago, healing.
Mom had a stroke in March and her right arm is still weak.
He has slurred speech from his Parkinson's disease.
Bell's palsy since January, the left side of my face still droops.
Stroke 2/14/2026 with left hemiparesis and dysarthria, discharging from rehab next week.
My daughter has a droopy eyelid since birth.
He can't find his words since the stroke last year.
Aphasia and right facial weakness following CVA in February.
She has MS and her legs go numb at times, for years now.
My hand goes numb at night from carpal tunnel.
I keep dropping things because of my thumb arthritis.
Her speech is garbled because she has childhood apraxia.
My five year old's words come out jumbled and people can't understand him.
He drools a lot and can't say his r sounds.
No stroke signs were seen.
Dizziness when I roll over in bed, my doctor says it is the crystals.
My vision is blurry when I read since the concussion in April.
Tuvo un derrame cerebral en enero y necesita terapia del habla.
La boca se le quedó chueca después del derrame del año pasado.
My ankle is swollen since I rolled it playing basketball.
Both legs are swollen from lymphedema, I need wraps.
Right calf strain from pickleball, sore when I push off.
Ultrasound was negative for DVT, surgeon cleared her for therapy.
She had a blood clot in 2019 and takes Eliquis.
My knee is still swollen and warm after surgery, surgeon says that is normal.
Calf muscle tear, tender, no redness or warmth.
My arm swelled up after the lymph nodes were removed.
Swelling in my feet by evening, wears compression stockings.
No fever, wound is clean and dry, staples come out Friday.
The incision is healing nicely and is closed.
Scar is tight and a little red but closed, she wants scar massage.
He finished antibiotics for the infected hip in June and is ready for rehab.
My son had fever last month and is fine now.
Wound care nurse comes on Mondays.
He is hot to trot for therapy and wants to be back on the field.
Concussion in March, cleared by the concussion clinic for return to learn.
She had a head injury as a child and has memory problems.
Fell two months ago and hit her head, CT was clean, balance is still off.
He bangs his head on the wall when he is upset, autism, sensory needs.
My neck hurts since the car accident in May, I didn't hit my head.
TBI in 2020, looking for cognitive therapy.
I fall a lot and I'm afraid of hitting my head.
He vomits when he gets car sick and hates bumpy rides.
I get headaches from my neck, they come and go for years.
I leak when I laugh or jump since my second baby.
Urinary urgency and stress incontinence, referred by urogynecology for pelvic floor therapy.
My son still wets the bed at seven and has constipation.
He has neurogenic bladder from spina bifida, stable.
I've had back pain for years, no bladder or bowel problems.
No saddle anesthesia, bowel and bladder intact.
My bottom is sore from sitting, tailbone pain since the fall.
She is incontinent at baseline and lives in memory care.
My toes are numb since the back surgery, surgeon knows.
Potty training is a struggle and he has accidents at daycare.
Tengo pérdidas de orina cuando toso desde que nació mi bebé.
He isn't suicidal, just frustrated that he can't work.
This pain is killing me.
I'd kill for a good night's sleep.
I'm dying to get back to tennis.
Denies SI/HI.
She struggled with depression years ago and is doing well.
My husband died in June and I have let myself go, I want to get strong again.
I can't go on like this with my back, I need to get back to work.
I'm tired of living with this shoulder pain.
I just want to end this cycle of injuries.
He shot himself in the foot by skipping rehab.
My son hits other kids when overwhelmed at preschool.
He bites and kicks his sister during meltdowns.
My dog pulled me down and I hurt my wrist.
I was hit by a car in April and broke my leg.
My coach pushes me hard.
The insurance company is abusing me with all this paperwork.
He was abused in a former home and is now in a safe foster placement; trauma informed therapist preferred.
I boxed for years and my hand took a beating.
She got hit by a softball in the shoulder.
Her brother pushed her off the swing and she broke her elbow in May.
My ex husband and I share custody, please send papers to both.
The tumor was choking off the nerve.
He chokes on thin liquids at times, barium swallow is scheduled, pediatrician aware.
My throat feels tight when I talk all day as a teacher.
The fall did not knock him out and he has no headache.
Watch for fever, drainage or calf pain and call us if any occur.
He was in the ICU with sepsis in December and is weak since.
She lost her sight in one eye years ago and needs low vision help.
My grip is weak since the stroke two years back and I drop cups.
I slipped and hurt my hip last month, x-rays fine.
Vestibular migraine with double vision at times, neurology is following.
Had a TIA in 2024, no deficits now.
Post partum, my core is weak and I can't hold a plank.
Panic attacks with tight chest are treated by my counselor, wants yoga-based PT.
She had a CVA on 5/2 and needs outpatient OT for her left arm and vision.
67 yo M s/p L MCA stroke with aphasia, R hemiparesis, discharged home yesterday.
My 4 year old doesn't talk much and nobody can understand what he says.
Her words are hard to make out and the kindergarten teacher suggested speech therapy.
I had a rotator cuff repair two weeks ago and my arm is in a sling.
He has weakness in his right hand after carpal tunnel release on Monday.
The patient has balance problems and two falls this month, no injuries.
My back hurts since I moved a couch this week and it shoots down my leg to the calf.
I have sciatica with tingling in my foot, it started last week.
My knee gave out on the stairs yesterday but I caught myself.
Since the epidural my back aches when I hold the baby.
I leak a little when I cough and my lower back is sore since the delivery.
My bladder is weak since menopause; a friend said pelvic PT helped her.
My right foot has been dropping since the back surgery in March and I trip.
The wound on his hand is healed and the sutures came out last week.
Hand burn in June, grafted, scar is thick and red and itchy.
Cellulitis is resolved, antibiotics are done, leg wraps needed.
Her ankle is still puffy and warm in the evenings six weeks after the fracture.
Lymphedema both legs, pitting edema, no redness.
Knee swollen after meniscus surgery, doctor drained it last week and it is better.
I get dizzy and nauseous when I turn my head, ENT says vestibular neuritis.
I hit my head in a car accident last year and still get headaches.
She has had post concussion headaches since February, neurology sent us.
My daughter took a ball to the face in soccer last fall and still has neck pain.
He gets frustrated and throws things at me when he cannot say what he wants, he is three.
My husband is tired of hearing me complain about my shoulder.
My wife makes me do my exercises.
I want to end the day without pain.
The pain at night is murder.
My dad is 88 and doesn't want to go into a home.
Mom is on blood thinners for atrial fibrillation and wants balance therapy.
He has angina that is stable and takes nitroglycerin rarely, cleared for PT.
COPD with oxygen, needs energy conservation training at home.
She lost 20 pounds before the surgery and is regaining strength.
My son gags on textures and refuses to eat meat.
I choke now and then on dry toast since my neck surgery, ENT ordered a swallow study.
He cannot lift his arm above the shoulder, x-rays show calcific tendinitis.
My arm goes to sleep when I hold the phone.
I cannot feel my fingertips after chemo.
Trigger finger, my hand locks every morning.
She is a retired nurse who fell and broke her wrist in two places.
He is non verbal, uses a tablet to talk.
She can't make a fist or hold a pen since the cast came off.
Please evaluate for voice weakness, Parkinson's disease, low volume, slurred at times.
No me puedo agachar bien desde que me operaron de la espalda.
Mi hijo no habla claro y tiene cuatro años.
Me duele la espalda cuando cargo a mi bebé.
Se cayó hace dos meses y le duele la cadera.
Her husband drives her on Thursdays and he is rough on curbs.
He was shot in the leg in 2022 and has foot drop.
The school says he hits when upset and needs OT.
We are safe at home but need grab bars and a ramp.
Adult protective services closed the case last year and she is safe with her sister.
Hazard: the dog bites visitors, please call first.
""".strip().splitlines()


@pytest.mark.parametrize("words", ALARMING)
def test_it_cannot_wait(words: str) -> None:
    assert red_flags.find(words)


@pytest.mark.parametrize("words", CALM)
def test_it_can_wait(words: str) -> None:
    assert red_flags.find(words) == ()
