"""Ordinary words for what cannot wait, as signs that tell something only together. Pure.

A layperson seldom says "chest pain": it is a weight on me *and* an arm that goes dead; a knock on the head *and* throwing up
since. A flag of this list is two signs near each other, in whatever order and words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Together:
    """Two signs of one flag that stand within `reach` letters; `within` a clause only, or also over the end of a sentence."""

    flag: str
    first: re.Pattern[str]
    second: re.Pattern[str]
    reach: int
    one_clause: bool = True


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(words) + ")", re.IGNORECASE)


_ONES: Final = r"(?:my|his|her|the|their|your|mom'?s|dad'?s)"
NEW: Final = _any(
    r"sudden(?:ly)?\b", r"all of a sudden", r"out of (?:nowhere|the blue)", r"right now", r"this (?:very )?(?:morning|afternoon|evening|minute)",
    r"(?:last|over) ?night", r"overnight", r"yesterday", r"tonight", r"just (?:now|started|happened|today)", r"(?:an|one|two|three|\d+|a few|a couple of) (?:hours?|minutes?) ago",
    r"(?:about|half) an hour ago", r"since (?:about )?(?:this|last night|yesterday|breakfast|lunch|dinner|supper|noon|midnight|he (?:woke|got up)|she (?:woke|got up)|i (?:woke|got up)|(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: (?:am|pm|o'?clock|this)|\b(?! (?:years|months|weeks))))",
    r"woke up (?:with|and|like)", r"when (?:he|she|i) woke", r"de repente", r"esta ma.ana", r"anoche", r"ayer", r"hace (?:una?|dos|tres|unas|\d+) horas?", r"ahor(?:a|ita)",
)  # fmt: skip
"""Words of hours, not of weeks."""
_CHEST: Final = _any(r"chest\b(?! (?:x-?ray|physio|of drawers|press|tube|ct))", r"breastbone", r"sternum", r"pecho")
_CHEST_BAD: Final = _any(
    r"pain\w*", r"hurt\w*", r"ach(?:e|es|ing|y)\b", r"pressure", r"press(?:es|ing)", r"tight\w*", r"heav(?:y|iness)", r"squeez\w*", r"crush\w*", r"burn\w*",
    r"stabb\w*", r"clench\w*", r"discomfort", r"(?:sitting|standing|weight|brick|elephant|vise|ton|band) (?:\w+ ){0,3}(?:on|around)", r"duele", r"dolor", r"presi.n", r"opresi.n", r"aprieta", r"punzada", r"apret\w+", r"pesad\w+",
)  # fmt: skip
_LIKE_A_WEIGHT: Final = _any(
    r"(?:sitting|standing|set|put|sat|stood|parked|dropped|kneeling|pressing|leaning)(?: \w+){0,4} on me\b", r"(?:elephant|anvil|truck|cinder ?block|brick|ton|weight|piano)s?\b(?: \w+){0,3} on (?:me|him|her)\b",
    r"(?:tightness|pressure|heaviness|squeezing|burning|pain) (?:right )?(?:here )?in the middle", r"like a (?:vise|belt|band|fist|rope) around", r"indigestion that won'?t", r"jaw (?:\w+ )?(?:hurts|aches|is aching|pain)", r"(?:pain|ache|aching)(?: \w+){0,4} jaw",
)  # fmt: skip
_SWEATS: Final = _any(
    r"sweat\w*", r"clammy", r"(?:turn\w*|went|looks?|is|gone) (?:gr[ae]y|pale|white|ashen)", r"arm(?: \w+){0,2} (?:dead|numb|heavy|tingl\w*|hurts|aches)", r"(?:left )?arm and (?:my |his |her )?jaw",
    r"short of (?:breath|air)", r"out of breath", r"can(?:'?t|not) breathe", r"nause\w*", r"light-?headed", r"sudando", r"brazo (?:izquierdo|dormido)",
)  # fmt: skip
_BREATH: Final = _any(
    r"out of breath", r"winded", r"(?:can(?:'?t|not)|couldn'?t|unable to|trouble|hard to) (?:get|catch|draw|take)(?: \w+){0,4} (?:air|breath)s?\b", r"not (?:getting|enough) (?:enough )?(?:air|oxygen)", r"(?:panting|wheezing|huffing|puffing|gulping)\b",
    r"breath(?:es|ing) (?:really |so |very |all )*(?:hard|heavy|heavily|fast|funny|rough|worse|shallow)", r"short(?:er)? (?:of|on) (?:air|wind|breath)", r"(?:lips|fingernails|face)(?: \w+){0,3} (?:blue|purple|gr[ae]y)", r"oxygen (?:is |was |level )?(?:\w+ )?(?:[5-8]\d|low|dropp\w+)",
    r"le (?:falta|cuesta)(?: \w+){0,2} (?:aire|respirar)", r"me (?:falta|cuesta)(?: \w+){0,2} (?:aire|respirar)", r"respira(?:ndo)? (?:muy )?(?:mal|r.pido)", r"agitad[oa]",
)  # fmt: skip
_AT_REST: Final = re.compile(
    NEW.pattern + r"|\b(?:at rest|just (?:sitting|lying|talking)|when (?:i|he|she) lies?|lying (?:flat|down)|can(?:'?t|not) (?:finish|say|get out|talk|speak)(?: \w+){0,3} (?:sentence|words?)|worse (?:every|today|and)|getting worse|three pillows|now\b)",
    re.IGNORECASE,
)
_SPEECH: Final = _any(
    r"garbl\w*", r"slurr\w*", r"gibberish", r"gobbledy\w*", r"gobbledegook", r"jumbl\w*", r"mumbo", r"nonsense", r"not making (?:any |much )?sense", r"(?:isn'?t|wasn'?t|doesn'?t|didn'?t|don'?t) mak\w+ (?:any |much )?sense",
    r"(?:words?|speech|talking|sentences?|it|voice|what (?:he|she) says)(?: \w+){0,2} (?:came|come|comes|coming) out(?: \w+){0,2} (?:like|wrong|funny|mixed|backwards?|mush\w*|weird|thick|garb\w*)", r"can(?:'?t|not) understand (?:a word|him|her|what)",
    r"can(?:'?t|not) (?:talk|speak|say|find|get)(?: \w+){0,3} (?:right|straight|words?|out|name)\b", r"(?:talk|speak|sound)\w* (?:funny|drunk|weird|strange|thick|like (?:he|she)(?:'s| is| has| was)? (?:drunk|marbles|cotton))",
    r"(?:looks?|seems?|acts?|acting) (?:\w+ )?drunk", r"(?:thick|heavy) tongue", r"arrastr\w+ (?:las|la) (?:palabras|lengua)", r"habla(?:ndo)? (?:raro|enredado|mal)", r"no (?:se le entiende|le entiendo|puede hablar)", r"lengua (?:trabada|pesada)",
)  # fmt: skip
_FACE: Final = _any(
    r"(?:side|half|corner|part) of (?:his|her|my|the) (?:face|mouth|smile|lip)", r"(?:face|mouth|smile|eyelid|lip|cheek)(?: \w+){0,4} (?:droop\w*|sag\w*|crooked|lopsided|hang\w*|slid\w*|twisted|uneven|fell|pulled|melt\w*|funny|numb)",
    r"(?:dribbl|drool)\w*(?:[^\n]{0,50}(?:one|side|corner))", r"(?:crooked|lopsided|droopy|uneven) (?:smile|face|mouth)", r"smile(?: \w+){0,2} (?:on )?one side", r"(?:boca|cara) (?:\w+ ){0,2}(?:chueca|torcida|ca.da|dormida|de lado)", r"(?:tuerce|torci.) la (?:boca|cara)", r"se le (?:cae|cay.|durmi.|fue) (?:\w+ ){0,2}(?:la )?(?:boca|cara)",
)  # fmt: skip
_LIMB: Final = _any(
    r"(?:keeps? |kept )?dropping (?:the|his|her|my|things|everything|it|stuff)", r"can(?:'?t|not) (?:lift|raise|hold|move|grip|squeeze|feel)(?: \w+){0,3} (?:arm|hand|leg|side|cup|fork|spoon|foot)", r"(?:arm|leg|hand|(?:left|right|one|whole) side)(?: \w+){0,3} (?:dead|numb|limp|weak|heavy|useless|not working|won'?t (?:work|move)|asleep)",
    r"(?:drag\w*|lost use of) (?:his|her|my|the|one) (?:\w+ )?(?:foot|leg|arm)", r"(?:lean\w*|list\w*|veer\w*|fall\w*) to (?:the |one )?(?:left|right|side)", r"(?:lost|can(?:'?t|not)|blind)(?: \w+){0,3} (?:vision|sight|see)\b", r"seeing double", r"no (?:puede|puedo) (?:mover|levantar)(?: \w+){0,2} (?:brazo|mano|pierna|lado)", r"(?:brazo|mano|pierna|lado)(?: \w+){0,3} (?:dormid[oa]|d.bil|sin fuerza)",
)  # fmt: skip
_SIGNS_OF_STROKE: Final = re.compile(f"{_SPEECH.pattern}|{_FACE.pattern}", re.IGNORECASE)
_STROKE: Final = re.compile(f"{_SIGNS_OF_STROKE.pattern}|{_LIMB.pattern}", re.IGNORECASE)
_BLOW: Final = re.compile(
    r"\b(?:hit|hits|bump\w*|bang\w*|smack\w*|whack\w*|crack\w*|conk\w*|knock\w*|slam\w*|clock\w*|bonk\w*|thump\w*|struck|split|landed|fell|hurt|injur\w*|clunk\w*|kicked|dropped|clipped)\b(?: \w+){0,4} (?:head|forehead|skull|noggin|temple|face first)\b|"
    r"\bhead(?: \w+){0,2} (?:hit|struck|bounced|smacked|first|injury|into|against)\b|\b(?:concuss\w*|knocked out|knocked (?:him|her|me) out)\b|\b(?:se|me) (?:peg|golpe|di)\w*(?: \w+){0,3} (?:la |en la )?cabeza",
    re.IGNORECASE,
)
_TUMBLE: Final = _any(
    r"(?:ran|run|crashed|skated|slid|rode|biked) (?:\w+ )?(?:into|in to)", r"collided", r"(?:came|fell|thrown|flew|tumbled|pitched) (?:off|down|from|over)", r"\bfell\b", r"took a (?:fall|spill|tumble|ball|knee|elbow)", r"car (?:accident|wreck|crash)", r"se cay.",
)  # fmt: skip
_VOMITS: Final = r"(?:thr(?:ew|own|owing|ows) up|vomit\w*|puk(?:ed?|ing)|barf\w*|sick to (?:his|her|my) stomach|devuelve)"
_MUDDLED: Final = (
    r"(?:drows\w*|(?:very|so|really|too|super|awfully|gotten|getting|is|he's|she's|and) sleepy|hard to wake|(?:can'?t|won'?t) (?:wake|stay awake|keep (?:his|her) eyes)|confus\w*|disorient\w*|keeps? (?:asking|repeating|saying)|(?:doesn't|does not|didn't|don't|can't|couldn't) (?:know|remember|recogni\w+) (?:where|what|who|how|us|me|the|his|her|anything)|"
    r"(?:asks?|asked|asking)(?: \w+){0,3} (?:the )?same|what day it is|blacked out|passed out|out (?:cold|for a (?:bit|minute|few|second|while))|unconscious|lost consciousness|seiz\w+|slurr\w*|glassy|out of it|not (?:acting|making|himself|herself)|pupils?\b|blood from (?:his|her|my) ear|stumbling|"
    r"se desmay.|(?:est.|muy) (?:confundid|dormid|mareadit)[oa]|con mucho sue.o)"
)
_AFTER_BLOW: Final = _any(_VOMITS, _MUDDLED)
_VOMITING: Final = _any(_VOMITS)
_MUDDLE: Final = _any(_MUDDLED)
_PRIVATE: Final = _any(
    r"saddle(?! height)", r"groin", r"between (?:my|his|her|the) legs", r"down there", r"private (?:parts?|area)s?", r"crotch", r"bottom\b(?! (?:of|line))", r"butt(?:ocks)?\b", r"backside", r"rear end", r"genital\w*", r"where (?:i|he|she) (?:sits?|wipes?)", r"when (?:i|he|she) wipes?", r"toilet paper", r"entrepierna", r"entre las piernas", r"nalgas",
)  # fmt: skip
_NO_FEELING: Final = _any(
    r"numb(?:ness)?\b", r"no (?:feeling|sensation)", r"(?:can'?t|cannot|couldn'?t|barely|don't) feel", r"(?:gone|went|goes|fallen|fell) (?:to sleep|asleep|dead|numb)", r"lost (?:all )?(?:feeling|sensation)", r"novocaine?", r"feels? (?:dead|asleep|like (?:cotton|wood|somebody else'?s))", r"pins and needles", r"dormid\w+", r"entumecid\w+", r"no siento",
)  # fmt: skip
_WATERWORKS: Final = _any(
    r"(?:can'?t|cannot|couldn'?t|unable to|not able to|haven'?t been able to|won'?t|trouble) (?:start |make myself |even |to )*(?:pee|urinate|void|pass (?:any )?(?:urine|water)|hold (?:it|my (?:pee|urine|bladder|bowels)|his|her))", r"haven'?t (?:peed|urinated|gone|voided|passed (?:any )?water)",
    r"(?:pee|peed|peeing|wet|wetting|pooped|pooping|soiled|messed|leaked)(?: all over)? (?:my|him|her|the)(?:self| pants| bed| chair)", r"accidents?\b[^.\n]{0,30}(?:bed|bathroom|pants|toilet|myself|bladder|bowel)", r"(?:bladder|bowels?)\b(?: \w+){0,4} (?:gone|stopped|not working|won'?t|let go|accident\w*|control)", r"(?:urine|pee|stool|poop) (?:just |is |was )*(?:comes?|came|runs?|leaks?|leaking|dribbling) (?:out|down)",
    r"(?:don't|doesn't|didn't|can'?t|couldn't) (?:feel|know|tell|notice) (?:when |if |that |it when |until )?(?:i|he|she)(?:'m| am| is|'s)? ?(?:have |has |need |needs )?(?:to )?(?:go|pee|peeing|going|gone|went|wet)", r"incontinen\w+",
    r"no (?:puedo|puede|aguanto|aguanta|controlo|controla|siento|siente)(?: \w+){0,3} (?:orinar|orina|pip.|vejiga|popo|popó|esf.nter)", r"(?:se|me) (?:orin\w+|hizo|hago|hice)(?: pip.| popó)?(?: encima| en la cama)?",
)  # fmt: skip
_CALF: Final = _any(r"cal(?:f|ves)\b", r"shin\b", r"(?:lower|back of (?:my|his|her)|one|left|right|bad|whole|surgical|behind (?:my|his|her)) (?:\w+ )?(?:leg|knee)\b", r"(?:my|his|her) leg\b", r"pantorrilla", r"pierna")
_SWOLLEN: Final = _any(
    r"swoll\w*", r"swell\w*", r"puff\w*", r"balloon\w*", r"blown? up", r"twice (?:the|its|as)", r"(?:bigger|fatter|larger) than", r"tight as", r"hinchad\w*", r"inflamad\w*"
)
_HOT: Final = _any(r"hot\b", r"warm\w*", r"red\b(?! (?:cross|river|rock))", r"reddish", r"purple", r"throb\w*", r"angry", r"(?:tender|sore|hurts?)\b(?=[^.\n]{0,40}(?:squeeze|touch|press|flex))", r"caliente", r"roja", r"morada")
_SURGICAL: Final = _any(
    r"incision\w*", r"wound\b(?! care| clinic)", r"stitch\w*", r"staples?\b", r"sutures?", r"surgical site", r"(?:the|my|his|her) (?:scar|cut)\b", r"bandage", r"dressing (?:is|was|has)", r"where (?:they|he|she|the surgeon) (?:cut|operated|opened|went in)", r"herida", r"puntos", r"cicatriz", r"incisi.n", r"(?:fresh|new|recent) (?:knee|hip|shoulder|back)", r"(?:after|since|from) (?:the |my |his |her )?(?:surgery|operation|replacement|fusion)",
)  # fmt: skip
_FEVER: Final = _any(r"fever\w*", r"chills", r"shiver\w*", r"shak(?:es|ing) (?:with|and) ", r"temp\w*(?: \w+){0,3} 10[0-5]", r"10[1-5](?:\.\d)?(?: degrees| fever|°|\b(?= and| since| last| this| today|[.,]))", r"burning up", r"fiebre", r"escalofr.os", r"calentura")
_PUS: Final = _any(r"pus\b", r"ooz\w*", r"(?:leak|weep)\w*", r"smell\w*", r"stink\w*", r"foul", r"(?:yellow|green|cloudy|brown) (?:stuff|fluid|gunk|goo|liquid|drain\w*|discharge)", r"gunk", r"hot to (?:the )?touch", r"red streak\w*", r"(?:opened|split|popped|came|bust\w*|burst|gap\w*) (?:up|open|apart)", r"(?:bright|angry|very|really|getting) red", r"supura\w*", r"huele", r"abri.", r"l.quido")
_CHOKES: Final = _any(r"chok(?:es?|ed|ing)\b(?! up)", r"aspirat\w*", r"(?:goes|went|going) down the wrong", r"can'?t swallow", r"se (?:atragant|ahog)\w+", r"food(?: \w+){0,3} stuck")
_CHOKES_BADLY: Final = _any(
    r"los(?:t|ing|es?)\b[^.\n]{0,25}(?:weight|pounds?|lbs?|kilos?)", r"weight loss", r"(?:turn\w*|went|goes|going|gets?|got|lips|face|is|was|skin|bit) (?:\w+ )?(?:blue|purple|gr[ae]y)\b(?! (?:cross|shield))", r"can'?t breathe", r"couldn'?t breathe", r"heimlich", r"pneumonia (?:again|twice|last)", r"(?:stopped|quit|won'?t|refus\w+|scared to|afraid to) (?:eat|drink|swallow)\w*", r"skin and bones", r"dehydrat\w*", r"(?:every|each) (?:single )?(?:bite|sip|swallow|meal|bottle|feed\w*)", r"can'?t keep (?:anything|food|liquids) down",
    r"morad[oa]", r"baj\w+ (?:mucho )?de peso", r"ha bajado", r"perdi\w+ peso",
)  # fmt: skip
_HOUSEHOLD: Final = _any(
    r"(?:ex-?)?(?:husband|wife|boyfriend|girlfriend|partner|fianc.e?|hubby)", r"(?:my|her|his) ex\b", r"caregivers?|aides?\b|caretaker|nurse at", r"(?:step)?(?:father|mother|dad|mom|son|daughter|brother|sister|nephew|grandson|uncle)\b", r"roommate", r"\b(?:he|she|they)\b", r"marido|esposo|esposa|novio|novia|pareja|cuidador\w*|padrastro",
)  # fmt: skip
_VIOLENT: Final = _any(
    r"(?:grab\w*|slap\w*|shov(?:e[sd]?|ing)|push(?:es|ed)|kick(?:s|ed)|punch\w*|chok(?:es|ed) me|strangl\w*|beat(?:s|en)?|yank\w*|drag(?:s|ged)|smack(?:s|ed)|thr(?:ows|ew)|twist(?:s|ed)|hit|hits|hitting|burn(?:s|ed)|slam(?:s|med)|pinch(?:es|ed)|rough(?:ed)? up)(?: up| on)? (?:me|us|my (?:mother|mom|grandmother|father|dad|son|daughter|arm|wrist|hair|neck|head)|her (?:by|around|down|against|up|when|if|again|and|in the face)|him (?:by|around|down|against|up|when|if|again|and|in the face)|(?:her|him)[.,;]|(?:stuff|things|a (?:plate|bottle|chair|phone)) at (?:me|her|him))",
    r"(?:put|puts|laid|lays|lay) (?:his|her|their) hands (?:on|around) (?:me|her|him|my|us)", r"hands around my (?:neck|throat)", r"rough with (?:me|her|him|mom|dad|my)", r"g(?:ets?|ot) physical with (?:me|her|him|us)", r"takes? it out on (?:me|her|him|us)", r"raised? (?:his|her) (?:hand|fist) (?:to|at) (?:me|her|him)", r"(?:did|does) this to (?:me|her)\b", r"hurt(?:s|ing)? (?:me|us)\b", r"(?:threaten\w*|scream\w* at|force[sd]?) (?:me|her|us)\b(?! to (?:eat|do|sleep|get up))", r"won'?t let (?:me|her) (?:leave|see|use|have|talk|go (?:out|to))", r"(?:takes?|took) (?:away )?(?:my|her) (?:phone|money|checks?|pills|walker)", r"locks? (?:me|her|him|us) (?:in|out)",
    r"(?:me|le|la|nos) (?:peg[aóo]\w*|golpe\w+|empuj\w+|amenaz\w+|maltrat\w+|jal[aó]\w*)",
)  # fmt: skip
_FELL: Final = _any(r"(?:fell|fallen|falls?|slipped|tripped|took a (?:fall|spill|tumble)|went down|collapsed)\b", r"se cay.", r"me ca[ií]")
_NOT_STANDING: Final = _any(
    r"(?:can'?t|cannot|couldn'?t|unable to|not able to|won'?t) (?:get (?:up|him up|her up|back up)|stand(?: up)?|put (?:any |much )?(?:weight|pressure)|bear (?:any )?weight|walk|move (?:his|her|my) (?:leg|hip))", r"(?:still|been|lying|laying|stuck) on the (?:floor|ground|bathroom floor|kitchen floor)", r"leg (?:looks|is) (?:shorter|turned out|twisted)", r"no (?:se )?puede (?:levantar|parar|caminar|apoyar)\w*", r"no (?:me )?puedo (?:levantar|parar|caminar|apoyar)\w*",
)  # fmt: skip

TOGETHER: Final = (
    Together("chest_pain", _CHEST, _CHEST_BAD, 30),
    Together("chest_pain", _LIKE_A_WEIGHT, _SWEATS, 200, one_clause=False),
    Together("chest_pain", _BREATH, _AT_REST, 80),
    Together("stroke_signs", _SIGNS_OF_STROKE, NEW, 160, one_clause=False),
    Together("stroke_signs", _SIGNS_OF_STROKE, _LIMB, 200, one_clause=False),
    Together("stroke_signs", _FACE, _SPEECH, 200, one_clause=False),
    Together("cauda_equina", _PRIVATE, _NO_FEELING, 50),
    Together("cauda_equina", _WATERWORKS, NEW, 120),
    Together("cauda_equina", _WATERWORKS, _NO_FEELING, 160, one_clause=False),
    Together("infection_signs", _SURGICAL, _FEVER, 140, one_clause=False),
    Together("infection_signs", _SURGICAL, _PUS, 90),
    Together("head_injury", _BLOW, _AFTER_BLOW, 260, one_clause=False),
    Together("choking", _CHOKES, _CHOKES_BADLY, 160, one_clause=False),
    Together("abuse", _HOUSEHOLD, _VIOLENT, 40),
)
THREEFOLD: Final = (
    ("head_injury", (_TUMBLE, _VOMITING, _MUDDLE), 320),
    ("clot_signs", (_CALF, _SWOLLEN, _HOT), 120),
    ("fall_injury", (_FELL, _NOT_STANDING, NEW), 160),
)
"""Three signs that must all stand within so many letters."""
ALONE: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("stroke_signs", _any(r"(?:could|might|must|may) be (?:having )?a (?:mini[- ]?)?stroke", r"(?:think|afraid|scared|worried)(?: that)? (?:he|she|i|(?:my |our )?(?:mom|dad|mother|father|husband|wife|grandm\w+|grandp\w+))(?:'s| is| was|'m| am)?(?: just)? (?:having|had|has had) (?:a|another) (?:mini[- ]?)?(?:stroke|heart attack)", r"(?:sounds|looks|seems) like (?:he|she|i|a|it's a)[^.\n]{0,20}(?:stroke|heart attack)", r"infarto|derrame (?:cerebral )?(?:ahora|hoy|esta)")),
    ("clot_signs", _any(r"(?:think|afraid|worried|scared|looks like|might be|could be|may be|maybe)(?: [\w']+){0,4} (?:a |another )?(?:blood )?clot\b")),
    ("suicidal", _any(
        r"(?:don'?t|do not|doesn'?t|does not|can'?t) see (?:the|any|a) (?:point|reason|use) (?:of|in|to|for)? ?(?:living|going on|being here|go on|life|keep going|carrying on|any ?more)", r"(?:tired|sick|done) (?:of|with) (?:living|life|being alive)", r"what(?:'s| is) the (?:point|use) (?:of|in) (?:living|going on|being here|it all)",
        r"(?:nobody|no one) would (?:miss|care|notice|even notice)(?: if)?", r"(?:ready|want|wants|like|wish\w*|rather|hop(?:e|es|ing)|pray\w*)(?: \w+){0,4} (?:not|never|didn'?t|wouldn'?t|don'?t|doesn'?t|won'?t) wake up", r"go to sleep and (?:not|never)", r"(?:took|taken|swallowed|take)(?: \w+){0,2} (?:a (?:bunch|handful|bottle) of|too many|the whole bottle of|all (?:of )?)(?: ?\w+){0,2} ?(?:pills|meds|tablets|tylenol)",
        r"(?:wants?|wanted|going|ready|decided|plan\w*|try|tried|tries|trying|easier|better|how) to end (?:it|things|everything|my life|his life|her life)", r"(?:jump off|step in front of|drive (?:my car |the car )?(?:off|into)) (?:a|the) (?:bridge|roof|building|train|tree|traffic)", r"hang(?:ing)? (?:my|him|her)self\b(?! up)", r"(?:he|she|i)(?:'ve|'s|'d)? (?:has|have|got|keep|keeps|bought) (?:a |the |his |her |my )?(?:gun|pistol|razor|blade)\b", r"wish\w* (?:i|he|she) (?:had never been born|hadn'?t (?:survived|woken|made it)|(?:had |could )?(?:just )?(?:die|died|disappear|not exist|go))",
        r"don'?t want to (?:be (?:alive|around|on this earth)|live|keep (?:living|going)|do this any ?more|go on)", r"(?:can(?:'?t|not)|don'?t think i can) (?:take|do|live)(?: \w+){0,3} (?:any ?more|any longer)[^.\n]{0,60}(?:pills|gun|end|die|dead|better off|goodbye)", r"(?:be|am|is|i'?m|just|been) (?:\w+ ){0,3}burden[^.\n]{0,80}(?:better|gone|without me|dead|not here|die)", r"(?:cut|cuts|cutting|scratch\w*|burn\w*) (?:on )?(?:my|him|her)self (?:on purpose|again|with|when)|cuts (?:her|his) (?:arms|wrists|thighs|legs)", r"said (?:his |her )?goodbyes?|suicide note|giving (?:away )?(?:his|her|all) (?:things|stuff)(?: away)?",
        r"(?:no vale la pena|ya no quier\w+|no quier\w+|cansad[oa] de) (?:seguir )?(?:vivir|viviendo|estar aqu.|existir|la vida)", r"quit(?:arme|arse) la vida", r"(?:hacer(?:me|se)|lastimar(?:me|se)) (?:da.o|a (?:m.|s.) mism[oa])", r"mejor (?:estar.a |estuviera |si )?(?:muert[oa]|si me muero)", r"estar.an mejor sin m.", r"suicid\w+", r"pens(?:ado|ando) en (?:matarme|morir\w*)",
    )),
    ("abuse", _any(
        r"(?:(?:i|we)(?:'m| am| are|'re)|she(?:'s| is)|mom(?:'s| is)) (?:\w+ ){0,2}(?:scared|afraid|terrified|frightened) (?:of (?:him|my (?:ex|husband|boyfriend|partner|son)|her (?:son|husband|boyfriend|aide|caregiver|nephew))|(?:to (?:go home|be alone with))|(?:he|she)(?:'ll| will|'s going to| might) (?:hurt|kill|hit|find|do|come))", r"(?:doesn'?t|does not|can'?t|mustn'?t|don't let him) (?:know|find out)(?: that)? (?:i'?m|i am|i|she'?s) (?:calling|called|call|writing)", r"(?:bruises?|black eye|marks?|burns?|welts?)\b[^.\n]{0,60}(?:finger(?:s|print)|hand ?prints?|from (?:him|his|her (?:son|husband|boyfriend|aide))|won'?t (?:tell|say|talk)|(?:aide|caregiver|husband|boyfriend|son|he|she) (?:did|grabs?|grabbed|gave|left|hit))",
        r"(?:left|leaves|leaving) (?:her|him|mom|dad|my (?:mother|father)) (?:\w+ ){0,3}(?:in (?:a )?(?:wet|dirty|soiled|her own|his own)|without (?:food|water|her pills)|tied|on the floor)", r"(?:ties|tied|tying|strapped) (?:her|him|mom|dad) (?:to|down|in)", r"(?:beat|beats|knocks|knocked|slaps|slapped) (?:me|her|him) (?:around|up|about)", r"bruises? (?:all over|on) [^.\n]{0,40}(?:aide|caregiver|husband|boyfriend|stepfather)", r"(?:domestic|partner) (?:abuse|violence)|(?:women'?s|battered) shelter", r"(?:being|is|am|was|getting|gets) (?:beaten|hit|slapped|mistreated|abused|hurt) (?:by|at (?:home|the))", r"violencia (?:dom.stica|en (?:la )?casa)|tengo miedo (?:de|a) (?:mi|él|su|volver)|(?:abuso|maltrato) (?:f.sico|en casa)",
    )),
    ("choking", _any(r"(?:is |he's |she's )?choking (?:right )?now", r"(?:turn\w*|went|goes|going) (?:\w+ )?(?:purple|blue|gr[ae]y)\b[^.\n]{0,40}(?:eat|feed|drink|bottle|meal|bite)")),
    ("emergency", _any(r"(?:told|said|say|says|want|wants|advised|telling) (?:me |him |her |us |you |ma'am )?(?:to )?(?:hang up and )?(?:call|dial) (?:9-?1-?1|nine one one)", r"(?:just |already |have |we |i )(?:called|dialed) (?:9-?1-?1|nine one one|an ambulance)\b", r"ambulance is (?:on|coming)")),
)  # fmt: skip
TOLD_TO_CALL: Final = _any(
    r"(?:hang up|hang up now)(?: right now)?(?: and| then|,) (?:please )?(?:call|dial) (?:9-?1-?1|nine[- ]one[- ]one)", r"(?:please|you (?:need|should|have) to|want you to|i'd|going to|better|go ahead and)(?: \w+){0,3} (?:call|dial|calling) (?:9-?1-?1|nine[- ]one[- ]one|an ambulance|the paramedics|988)", r"(?:call|dial) (?:9-?1-?1|nine[- ]one[- ]one|988) (?:right )?(?:now|away|immediately|instead)", r"(?:please |you (?:need|should) (?:to )?|want you to |take (?:him|her) (?:straight )?)(?:go |get |get (?:him|her) )?(?:straight |right |over )*to the (?:nearest )?(?:ER|emergency room|emergency department|hospital)", r"that (?:could|might|may) be (?:a stroke|a heart attack|your heart|a (?:blood )?clot|an emergency)", r"llame al 9-?1-?1|vaya a (?:la sala de )?emergencias?",
)  # fmt: skip
"""What whoever answers says when it cannot wait."""
