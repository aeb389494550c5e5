"""Words that cannot wait for intake. Pure.

The product gives no clinical advice: a red flag stops the score and puts the lead before a clinician at
once. Denied ("no chest pain"), past and cleared symptoms do not count; where the words leave a doubt they
do, for once too often before a clinician harms nobody. The list follows the intake
customs in the domain sheet, section 1.4; the approved lines that staff read stand in the practice's rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from firstvisit.referral.red_flag_signs import ALONE, NEW, THREEFOLD, TOGETHER, TOLD_TO_CALL

RED_FLAGS: Final[dict[str, str]] = {
    "chest_pain": "Red flag: chest pain or breathlessness",
    "stroke_signs": "Red flag: face, arm or speech signs of a stroke",
    "cauda_equina": "Red flag: new loss of bladder or bowel control, or saddle numbness",
    "clot_signs": "Red flag: hot or swollen calf",
    "infection_signs": "Red flag: fever with a draining wound",
    "head_injury": "Red flag: head injury with worsening headache or vomiting",
    "tendon_rupture": "Red flag: sudden pop after a repair",
    "choking": "Red flag: choking, or feeding with weight loss",
    "suicidal": "Red flag: thoughts of suicide or self-harm",
    "abuse": "Red flag: abuse or violence",
    "fall_injury": "Red flag: a fall just now, and cannot stand or walk",
    "emergency": "Red flag: told to call 911, or has called",
}

_PATTERNS: Final[tuple[tuple[str, str], ...]] = (
    (
        "chest_pain",
        r"chest (?:pains?|pressure|tightness|(?:is |feels? |felt )?(?:very |so )?tight|hurts)|(?:pains?|pressure|tightness) (?:in|on) (?:(?:my|his|her|the) )?chest|complain\w* (?:of|about) (?:my|his|her|the) chest",
    ),
    ("chest_pain", r"can(?:'?t|not| not) (?:breathe?\b|catch (?:my|his|her) breath)|(?:not|n't) able to breathe|stopped breathing|short(?:ness)? of breath|(?:trouble|difficult\w*|problems?|hard time) breathing|hard to breathe|breathless|(?:not|n't) breathing (?:well|right|properly|normally|good|ok(?:ay)?)|(?:gasp\w*|struggl\w*|fight\w*) (?:for (?:air|breath)|to breathe?)|no respira bien"),
    ("chest_pain", r"dolor (?:de|en el) pecho|duele el pecho|no pued[eo] respirar|falta de aire|(?:me|se) ahog[oa]\b"),
    (
        "stroke_signs",
        r"face (?:is |has |suddenly )*(?:droop|dropp|numb)\w*|(?:droop\w*|numb) face|slurr\w* (?:speech|words)|slurring|"
        r"(?:speech|words) (?:is |are |were |was |has been |suddenly )*(?:slurr|garbl)\w*|(?:having|had) a stroke (?:right )?(?:now|today)|"
        r"having a (?:stroke|heart attack)|heart attack (?:now|today|this )|sudden\w* (?:trouble|difficulty|problems) "
        r"(?:speaking|talking)|worst headache (?:of|in|ever)",
    ),
    ("stroke_signs", r"sudden(?:ly)? (?:weak|numb)\w*|arm (?:suddenly )?went (?:weak|numb|limp)"),
    ("stroke_signs", r"(?:sudden|new) (?:arm|leg|facial) weakness"),
    (
        "cauda_equina",
        r"los(?:t|ing|s of) (?:control of )?(?:my |his |her |the )?(?:bladder|bowel)s?(?: control)?|"
        r"no control (?:of|over) (?:my |his |her |the )?(?:bladder|bowel)s?|"
        r"no (?:bladder|bowel) control(?! (?:problem|issue|concern|yet))|"
        r"(?:can(?:'?t|not| not)|(?:no longer|not|n't) able to|unable to|couldn't) (?:control|hold) (?:my |his |her |the )?(?:bladder|bowels?|urine)",
    ),
    (
        "cauda_equina",
        r"saddle (?:numbness|anesthesia)|no feeling in (?:my |his |her |the )?(?:groin|bottom|buttocks|genitals)|"
        r"numb (?:between|in|around) (?:my|his|her|the) (?:legs|groin|bottom|buttocks)|"
        r"can(?:'?t|not| not) feel (?:anything |it )?(?:down there|(?:when|where) (?:I|he|she) (?:sit|wipe)|"
        r"(?:my|his|her) (?:groin|bottom|buttocks|genitals|private))",
    ),
    (
        "cauda_equina",
        r"(?:numb\w*|tingl\w*|(?:no|loss of|lost|decreased|altered|reduced) (?:feeling|sensation)) (?:in|around|of|at|over) "
        r"(?:(?:my|his|her|the) )?(?:groin|saddle|genital\w*|perine\w*|perianal|inner thighs)|"
        r"(?:can(?:'?t|not| not)|unable to|not able to|doesn'?t|does not|didn'?t|no longer) (?:tell|feel|sense|know)\w* "
        r"(?:when|that|if|whether) (?:(?:my|his|her|the) )?bladder is full|"
        r"new(?:[- ]onset)? (?:urinary|bladder|bowel|fecal) (?:incontinence|retention)|(?:unable to|can(?:'?t|not| not)) (?:urinate|void|pass urine)",
    ),
    (
        "cauda_equina",
        r"(?:suspect\w*|possible|r/o|rule out|concern\w* for|signs? of|evaluate for|worried about) (?:an? |acute )?cauda equina",
    ),
    (
        "clot_signs",
        r"(?:suspect\w*|possible|r/o|rule out|concern\w* for|signs? of) (?:an? |acute )?(?:DVT|deep ve(?:in|nous) thrombosis|"
        r"pulmonary embol\w*)",
    ),
    ("cauda_equina", r"(?:wet|wetting|soil\w*) (?:my|him|her)self (?:since|suddenly|and)"),
    (
        "clot_signs",
        r"(?:calf|leg) (?:is |are )?(?:hot|red|warm)[\w ,]{0,20}swollen|(?:hot|red|warm),? (?:and )?swollen (?:calf|leg)",
    ),
    (
        "clot_signs",
        r"swollen,? (?:and )?(?:hot|red|warm) (?:calf|leg)|calf (?:is )?(?:swollen|swelling)[\w ,]{0,20}(?:hot|red|warm)",
    ),
    (
        "infection_signs",
        r"(?:fever|chills)[^.;\n]{0,60}(?:wound|incision|drain|pus)|(?:wound|incision|pus|draining)[^.;\n]{0,60}(?:fever|chills)",
    ),
    (
        "head_injury",
        r"(?:headache|head)[^.;\n]{0,50}(?:worse|worsening)[^.;\n]{0,50}(?:vomit|throwing up|confus)",
    ),
    (
        "head_injury",
        r"(?:hit|injur\w*|bump\w*|fell on) (?:my |his |her |the )?head[^.;\n]{0,80}(?:vomit|throwing up|confus|worse)",
    ),
    (
        "tendon_rupture",
        r"(?:heard|felt) (?:a |something )?(?:sudden )?(?:pop|snap)[^.;\n]{0,60}(?:repair|surgery|tendon|finger|stitch)",
    ),
    (
        "tendon_rupture",
        r"(?:repair|surgery|tendon)[^.;\n]{0,60}(?:popped|snapped|felt (?:a )?pop|heard (?:a )?pop)",
    ),
    (
        "choking",
        r"chok(?:es|ed|ing)[^.;\n]{0,80}(?:weight|blue)|(?:los\w+ weight|weight loss)[^.;\n]{0,80}chok",
    ),
    ("choking", r"(?:turn\w*|went|goes) blue"),
    (
        "suicidal",
        r"better off (?:if I (?:was|were)(?:n't| not)|without me|dead)|(?:not|n't) want to (?:live|be alive|wake up|be here "
        r"any ?more)|(?:not|n't) worth living|no reason to live",
    ),
    (
        "suicidal",
        r"suicid\w*+(?! (?:prevention|awareness|hotline|screen))|kill(?:ing)? (?:my|him|her|them)sel\w+(?! (?:trying|working|doing|to keep|to get|to make|at the gym))|(?:want|wants|wanted|going|wish\w*) to (?:die|be dead)|(?:wanna|gonna) die|"
        r"wish\w* (?:i|he|she|they) (?:was|were) dead|overdos\w+",
    ),
    (
        "suicidal",
        r"end (?:my|his|her|their|it) (?:own )?(?:life|all)|self[- ]?harm|(?:hurts|harms|hurting|harming|cutting) "
        r"(?:my|him|her|them)sel\w+|(?:want\w*|going|try\w*|threaten\w*|tend\w*) to (?:hurt|harm) (?:my|him|her|them)sel\w+|"
        r"no quier[eo] vivir|quier[eo] morir|quier[eo] matar(?:me|se)|(?:me|se) quier[eo] matar",
    ),
    (
        "abuse",
        r"(?:hits|beats|hitting|beating|abus\w+|threaten\w*) (?:me|us|him|my (?:son|daughter|child|mother|father)|"
        r"her(?! (?:own|head|knee|arm|hand|leg|back|elbow|foot|toe|finger)))\b",
    ),
    (
        "abuse",
        r"(?:being|is|was|been) abused|domestic violence|not safe at home|me pega|afraid to go home|unsafe at home|threaten\w* to (?:kill|hurt|harm) (?:me|us|him|her)|"
        r"afraid of my (?:ex|husband|wife|partner|boyfriend|girlfriend|father|mother|dad|mom|step\w+|son|daughter|brother|"
        r"aide|caregiver)|(?:husband|wife|partner|boyfriend|girlfriend|father|mother|dad|mom|son|daughter|brother|aide|"
        r"caregiver|he|she) (?:\w+ )?hurts (?:me|us|him)\b",
    ),
)

_MORE: Final[tuple[tuple[str, str], ...]] = (
    ("chest_pain", r"chest(?:'s| is| has been| feels| felt| was| keeps)? (?:really |very |so |all |been |getting )*(?:tight|heavy|burning|crushing)|barely breathe|can hardly breathe|heart (?:is )?(?:racing|pounding) and|elephant on (?:my|his|her) chest|struggling for breath"),
    ("stroke_signs", r"\b(?:just |has |he |she |they |suddenly )collaps(?:ed|ing)|(?:one |left |right )?side of (?:his|her|my|the) (?:face|mouth) (?:is |was |has |looks |started )?(?:\w+ )?(?:hang\w*|droop\w*|fall\w*|fell|sag\w*|numb|paraly\w*)|(?:speech|words|talking) (?:is |are |was |got |came out )?(?:all |really |so |very )*(?:garbled|slurred|jumbled|gibberish)|unresponsive|having a seizure|seizing"),
    ("stroke_signs", r"(?:mouth|face|smile|eyelid)(?: is| looks| seems| has| started| was)? (?:\w+ )?(?:droop\w*|crooked|lopsided|sagging)|suddenly (?:can'?t|cannot|couldn'?t|unable to) (?:speak|talk|see|move|walk|understand)|can(?:'?t|not) (?:get|find) (?:his|her|my) words (?:out )?(?:since|this morning|today|suddenly|right now)|"
     r"(?:arm|leg|hand|side|face)(?: is| are| went| has gone| just went| feels)? (?:all |completely |totally |suddenly )*(?:numb|weak|limp|dead)[^.;\n]{0,25}(?:since (?:this|last night|yesterday|lunch|breakfast|an hour|about)|suddenly|this morning|today|right now|an hour ago|out of nowhere)|"
     r"(?:since (?:this|last night|yesterday|lunch|an hour)|suddenly|this morning|all of a sudden)[^.;\n]{0,60}(?:arm|leg|hand|side|face)(?: is| are| went| has gone| feels)? (?:\w+ )?(?:numb|weak|limp|dead)\b|(?:see|sees|seeing|vision is|vision went) (?:double|blurry|black)[^.;\n]{0,20}(?:since|suddenly|today|now|this morning)|sudden(?:ly)? (?:confus\w+|double vision|loss of vision)"),
    ("cauda_equina", r"(?:peed|pooped|wet|soiled) (?:my|him|her)self|can(?:'?t|not) (?:pee|urinate|feel when (?:i|he|she) (?:pee|go|need))|numb (?:down there|in (?:my|his|her) (?:private|crotch|groin|saddle))|no (?:feeling|sensation) (?:down there|between (?:my|his|her) legs)|new (?:bladder|bowel|urinary|fecal) (?:incontinence|retention|accidents)"),
    ("clot_signs", r"(?:calf|leg|shin)\b[^.;\n]{0,40}(?:swollen|swelled|swelling|puffy)[^.;\n]{0,40}\b(?:hot|red|warm|purple)\b|(?:calf|leg|shin)\b[^.;\n]{0,30}\b(?:hot|red|warm|purple)\b[^.;\n]{0,40}(?:swollen|swelling|puffy)|(?:red|hot|warm),? (?:and )?(?:swollen|painful) (?:\w+ )?(?:calf|leg)"),
    ("infection_signs", r"(?:incision|wound|stitches|surgical site|scar|sutures?|surgery|\bcut)\b[^.;\n]{0,90}\b(?:fever|temperature|shiver\w*|chills|pus|yellow|green|hot to the touch)\b|(?:fever|temperature|shiver\w*|chills)\b[^.;\n]{0,90}(?:incision|wound|stitches|surgical site|sutures?|\bcut (?:is|looks)|oozing)"),
    ("infection_signs", r"(?:fever|chills|10[1-5] degrees)[^.;\n]{0,60}(?:stitches|surgical site|scar|pus|red streaks?|knee|hip|surgery)|(?:incision|wound|stitches|surgical site|scar)[^.;\n]{0,50}(?:pus|oozing|foul|smells|red streaks?|burst|opened up|split open)|(?:pus|red streaks?)[^.;\n]{0,40}(?:incision|wound|stitches|site|arm|leg)"),
    ("head_injury", r"(?:hit|injur\w*|bump\w*|bang\w*|fell on|landed on|struck|smacked|cracked) (?:my |his |her |the |their )?(?:\w+ )?head\b[^.;\n]{0,90}(?:threw up|thrown up|throws up|puk\w+|vomit|sleepy|drowsy|hard to wake|won't wake|passed out|knocked out|unconscious|slurr|confus|seizure|not making sense|blacked out)|(?:passed out|knocked out|lost consciousness|threw up|vomit\w*)[^.;\n]{0,60}(?:hit|hitting|bumped) (?:my|his|her|the) head"),
    ("choking", r"can(?:'?t|not) swallow (?:anything|water|liquids?|even|his own|her own|my own|saliva|food)|chok\w+[^.;\n]{0,60}(?:every (?:meal|time|bite)|can'?t (?:clear|breathe)|not eating|stopped eating|pneumonia)"),
    ("suicidal", r"thought about (?:hurting|killing|ending|dying)|(?:thoughts?|thinking) (?:of|about) (?:suicide|dying|ending (?:it|my|his|her)|hurting (?:my|him|her)self|not being here|harming)|(?:everybody|everyone|they|you|family)(?:'d| would| will)? (?:all )?be better off|no (?:point|reason) (?:in |to )?(?:living|go(?:ing)? on|live)|can(?:'?t|not) go on (?:like this|any ?more|living)|rather be dead|better off dead|take all (?:my|of my|the|her|his) pills|"
     r"(?:don't|do not|doesn't) (?:want to|wanna) (?:be here|go on|wake up|exist|live)|not (?:be )?worth (?:living|it anymore)|(?:want|wanted|wants) (?:it|everything) to (?:be over|end)|harm (?:my|him|her)self"),
    ("abuse", r"(?:has been|keeps|is|was|been|started|caught \w+) (?:hitting|beating|slapping|punching|kicking|choking|shoving|hurting) (?:me|us|him|her(?! (?:own|head|knee|arm|hand|leg|back|elbow|foot|toe|finger|hip))|them|my (?:mother|mom|father|dad|son|daughter|grandmother|wife|husband|brother|sister))|"
     r"(?:slapped|punched|kicked|choked|shoved|beat|pushed|threw) (?:me|her|him|my (?:mother|mom|father|dad|son|daughter)) (?:down|against|into|up|again|last night|yesterday|across|in the face)|bruises? [^.;\n]{0,50}(?:can(?:'?t|not) explain|won'?t (?:say|tell)|doesn't want to (?:say|explain)|from (?:him|her husband|the aide|being))|"
     r"(?:scared|afraid|terrified) of (?:him|her (?:husband|son|daughter|aide|boyfriend|caregiver|father|mother|stepfather)|his (?:wife|son|daughter|aide|father|mother|caregiver)|being hit)|not safe (?:there|with (?:him|her|them)|where)|(?:sexually|physically|verbally) (?:abus|assault|molest)\w*|molest\w*|neglect(?:ed|ing) (?:him|her|them|my)|locks? (?:me|him|her) in|won't let (?:me|him|her) (?:eat|leave|see)|restraining order"),
)
"""More ways of saying the same, as whole calls and letters have them."""
_COMPILED: Final = tuple((code, re.compile(pattern, re.IGNORECASE)) for code, pattern in (*_PATTERNS, *_MORE))


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_CLAUSE: Final = _words(r"[.;!?\n]", r"\bbut\b", r"\bpero\b", r"\bhowever\b")
"""Where one statement ends and the next begins."""
_NONE_OF: Final = _words(
    r"\bno\b(?!\s+control)", r"\bdenie[sd]\b", r"\bdenying\b", r"\bwithout\b", r"\bnegative for\b", r"\bnever\b",
    r"\bnor\b", r"\bneither\b", r"\bsin\b", r"\bniega\b", r"\bnunca\b",
)  # fmt: skip
"""A denial that reaches over a list of complaints: "no fever, chills or chest pain"."""
_NOT: Final = _words(r"\bnot\b", r"\bcannot\b", r"n't\b")
"""A denial of the verb that follows it: "is not slurring", "does not have chest pain"."""
_HAVING: Final = re.compile(
    r"\s*(?:(?:been|currently|really|actually|yet|ever)\s+)*"
    r"(?:(?:have|having|had|get|getting|feel|feeling|experienc\w+|complain\w*(?: of)?|report\w*|show\w*|notic\w+)\b"
    r"(?P<list>.*))?",
    re.IGNORECASE | re.DOTALL,
)
"""What may stand between "not" and what it denies: nothing, or a verb of having and a list."""
_COMPLAINT: Final = _words(
    r"fever|chills?|pain|ache|nausea|vomit\w*|swelling|swollen|numb\w*|tingling|weakness|dizz\w*|faint\w*|cough\w*",
    r"redness|syncope|diplopia|vision|consciousness|incontinence|trauma|saddle|weight loss|bowel|bladder|sweats|palpit\w*|clot|seizures?|drain\w*|bleed\w*|breath\w*|palpitation|sweat\w*|fatigue|rash|injur\w*|falls?|seizure|headache|wound",
    r"red flags?|symptoms?|distress|thoughts?|plans?|fiebre|dolor|tos|mareo|v.mito|escalofr",
)
"""Words for complaints. A list of them is denied as a whole; "no appetite, chest pain" is no such list."""
_FILLER: Final = re.compile(
    r"(?:\s*\b(?:an?|any|the|more|new|recent|current|known|significant|obvious|further|such|longer|of|with|for|in|about|"
    r"like|history|hx|signs?|evidence|problems?|issues?|episodes?|complaints?|concerns?|reports?|recurrence|"
    r"that|he|she|they|has|have|having|had|is|was|been|being|ever|feels?|feeling|my|his|her|their)\b)*\s*",
    re.IGNORECASE,
)
"""Words that may stand in a denial without being a complaint: "no history of", "denies that he has"."""
_LISTED: Final = re.compile(r",|\b(?:or|nor|and|ni|o|y)\b|/", re.IGNORECASE)
_SAYS_MORE: Final = re.compile(
    r"^,\s*(?:i|he|she|we|they|it)\b|,\s*(?:has|have|had|is|are|was|tiene)\b|\b(?:now|today|since|because|ahora|hoy|desde)\b|"
    r"\b(?:and|y)\s+(?:i|he|she|we|they|it|has|have|had|is|are|was|then|tiene|"
    r"(?:keep|get|feel|turn|start|want)\w*|chokes|goes|went|felt|loses|lost|says|said)\b",
    re.IGNORECASE,
)
"""A denial ends where something new is said: "does not sleep and has chest pain"."""
_REACH: Final = 60
"""Letters over which a denial may reach."""
_PAST: Final = _words(
    r"\b(?:back in (?:january|february|march|april|may|june|july|august|september|october|november|december|the (?:spring|summer|fall|winter))|years? ago|last year|months? ago|in (?:19|20)\d\d|as a child|when (?:i|he|she) was (?:an? |in |only |about )?(?:\d+\b|kid|child|little|young|teen\w*|baby|boy|girl|five|six|seven|eight|nine|ten|twelve|high school|college)|history of|used to|hace \w+ (?:a.os|meses))\b"
)
_CLEARED: Final = r"(?:cleared|ruled out|was checked|been checked|resolved|went away|gone(?! (?:to sleep|numb|dead|limp|weak|asleep|off))|was fine)\b"
_SINCE_CLEARED: Final = re.compile(
    r"\s*(?:which |it |this |that(?:'s)? |it's |they(?:'ve)? |the doctors? |all |and |has |have |been |was |were |since |later |then )*" + _CLEARED,
    re.IGNORECASE,
)
"""The part after a comma that takes back what was said before it: "chest pain in May, cleared by cardiology"."""
_IS_CLEARED: Final = _words(r"\b" + _CLEARED)
_SUPPOSED: Final = re.compile(
    r"\b(?:if (?:i|he|she|they|you|there|it|the patient)(?:'s| is| are| has| have| gets?| develops?| had)?(?: ever| any| a| new)*|in case of|in the event of|watch(?:ing)? (?:out )?for|precautions?(?: for|:)?|monitor(?:ing)? for|(?:avoid|prevent|screen(?:ed|ing)?|checked|tested|educated) (?:for|on|about|against)?|"
    r"signs? (?:and symptoms )?of|risk (?:of|for)|worried (?:about|that)|fear of|so (?:that )?(?:he|she|i) (?:doesn't|don't)|call 911 (?:if|for)|such as|return precautions|report any)\s+(?:\w+,? (?:or |and )?){0,3}$",
    re.IGNORECASE,
)
"""What might be, is looked out for or guarded against is not so."""
_HISTORY: Final = re.compile(r"(?:^|\n|[.;]\s)\s*(?:past (?:medical )?history|pmh|medical history|history|hx|past surgical history|problem list|family history|fh)\b\s*[:;-]", re.IGNORECASE)
"""The head of a chart's list of what was; it reaches to the end of its sentence."""
_SENTENCE_END: Final = re.compile(r"[.!?\n]")
_TURNED_OUT: Final = re.compile(
    r"^\s*(?:but |and |pero )?(?:that|it|this|they|he|she|which|the (?:er|doctor|hospital|tests?|cardiologist))(?:'s| has| was| were| had)? (?:all )?(?:been )?(?:checked|cleared|ruled|resolved|fine|gone|nothing|negative|clean|normal|turned out|went away|said it was (?:nothing|just|not))",
    re.IGNORECASE,
)
"""The clause after one that takes it back: "but that was checked and it was just reflux"."""
_AS_EVER: Final = re.compile(
    r"(?:that(?:'s| is)|it(?:'s| is)|which is) (?:his|her|my|their|just|pretty) ?(?:normal|baseline|usual|typical)|normal for (?:him|her|me)|(?:his|her|my) (?:normal|baseline|usual)|\bchronic(?:ally)?\b|"
    r"(?:because of|due to|from) (?:his |her |my )?(?:COPD|asthma|emphysema|heart failure|CHF)|\bfor years\b|long-?standing",
    re.IGNORECASE,
)
"""A breathlessness that somebody has lived with is no news."""
_WAS: Final = _words(r"\b(?:had|was|were|tuvo|ten.a)\b")
_NOW: Final = _words(
    r"\b(?:now|today|tonight|again|currently|yesterday|last night|this (?:morning|afternoon|evening|week)|since|"
    r"ahora|hoy|ayer|desde)\b"
)
"""What is told of the past and of now is of now."""


APOSTROPHES: Final = str.maketrans("’‘´`ʼ", "'''''")
"""What people and phones write for one."""


def find(text: str) -> tuple[str, ...]:
    """Codes of the red flags stated as present in `text`, each once, in the order of the list."""
    text = _without_unmarked(_without_history(text.translate(APOSTROPHES)))
    bounds = [0, *(end for match in _CLAUSE.finditer(text) for end in match.span()), len(text)]
    clauses = [_Clause(text, bounds[n], bounds[n + 1]) for n in range(0, len(bounds), 2)]
    found: set[str] = set()
    for n, clause in enumerate(clauses):
        following = clauses[n + 1].words if n + 1 < len(clauses) else ""
        for code, pattern in (*_COMPILED, *ALONE):
            if code not in found and any(clause.says(code, _At(hit), following) for hit in pattern.finditer(clause.words)):
                found.add(code)
    found |= {code for code, spans in _together(text) if code not in found and _stated(code, spans, clauses, text)}
    return tuple(code for code in RED_FLAGS if code in found)


def told_to_call(words: str) -> bool:
    """Whether whoever answered sent the caller to 911 or an emergency room; "if this is an emergency" sends nobody."""
    words = words.translate(APOSTROPHES)
    return any(
        not _IF.search(_SENTENCE_END.split(words[: hit.start()])[-1]) for hit in TOLD_TO_CALL.finditer(words)
    )


def answered(question: str, answer: str) -> tuple[str, ...]:
    """Red flags that were asked for and are answered with yes."""
    return find(_ASKING.sub("", question)) if _AFFIRMS.match(answer) else ()


def unmarked(text: str) -> frozenset[str]:
    """Lines of a list with columns "Yes" and "No" that are marked under No, or not at all between marked ones; stripped."""
    yes = no = -1
    lines: set[str] = set()
    open_ones: list[str] = []
    for line in text.splitlines():
        mark = _MARK.search(line)
        if head := _COLUMNS.search(line):
            yes, no, open_ones = head.start(1), head.start(2), []
        elif yes >= 0 and mark:
            lines |= {*open_ones, *([line.strip()] if abs(mark.start(1) - no) < abs(mark.start(1) - yes) else [])}
            open_ones = []
        elif yes >= 0 and not re.search(r"\S\s{2,}\S|:", line):
            open_ones.append(line.strip())
    return frozenset(lines)


_COLUMNS: Final = re.compile(r"\b(yes|s.)\s+(no)\b\s*$", re.IGNORECASE)
_MARK: Final = re.compile(r"\s{2,}[\[(]?\s*([xX\u2713\u2714\u2611\u2612*])\s*[\])]?\s*$")


@dataclass(frozen=True)
class _At:
    """Where a sign stands, counted in its clause."""

    match: re.Match[str]
    offset: int = 0

    def start(self) -> int:
        return self.match.start() - self.offset

    def end(self) -> int:
        return self.match.end() - self.offset

    def group(self) -> str:
        return self.match.group()


@dataclass(frozen=True)
class _Clause:
    """One statement of a text."""

    text: str
    start: int
    end: int

    @property
    def words(self) -> str:
        return self.text[self.start : self.end]

    def says(self, code: str, hit: _At, following: str) -> bool:
        """Whether a sign in this clause is stated of here and now."""
        clause = self.words
        if _denied(clause, hit) or _past(clause, hit) or _supposed(clause, hit) or _taken_back(clause, following):
            return False
        if self.text[self.end : self.end + 1] == "?" and _ASKED.search(clause[: hit.start()]) and not _YES.match(following):
            return False
        if _conditional(clause, hit) or _general(clause, hit) or _figure(clause, hit) or _of_others(clause, hit):
            return False
        if _later_taken_back(self.text, self.start, self.end, hit.end()) and not NEW.search(clause):
            return False
        if code in _OF_THE_DAY and _HANDLED.search(clause[max(0, hit.start() - 40) : hit.end() + 90]) and not NEW.search(clause):
            return False
        known = _KNOWN_CAUSE.get(code)
        if known and known.search(clause) and not NEW.search(clause):
            return False
        return not (code == "chest_pain" and _AS_EVER.search(f"{clause} {following}") and not _NOW.search(clause))


def _together(text: str) -> Iterator[tuple[str, tuple[re.Match[str], ...]]]:
    """Signs that stand near enough each other to tell of one thing."""
    for each in TOGETHER:
        seconds = list(each.second.finditer(text))
        for first in each.first.finditer(text) if seconds else ():
            for second in seconds:
                apart = text[min(first.end(), second.end()) : max(first.start(), second.start())]
                overlaps = first.start() < second.end() and second.start() < first.end()
                if not overlaps and len(apart) <= each.reach and not (each.one_clause and _CLAUSE.search(apart)):
                    yield each.flag, (first, second)
    for flag, signs, reach in THREEFOLD:
        for first in signs[0].finditer(text):
            window = max(0, first.start() - reach), first.end() + reach
            others = [next(sign.finditer(text, *window), None) for sign in signs[1:]]
            if all(others):
                yield flag, (first, *(other for other in others if other))


def _stated(code: str, spans: tuple[re.Match[str], ...], clauses: list[_Clause], text: str) -> bool:
    """Whether every one of the signs is stated of now; handled long ago or by somebody else, none is."""
    around = text[max(0, min(s.start() for s in spans) - 40) : max(s.end() for s in spans) + 90]
    if code in _OF_THE_DAY and _HANDLED.search(around) and not NEW.search(around):
        return False
    for span in spans:
        at = next(n for n, clause in enumerate(clauses) if span.start() <= clause.end and span.end() >= clause.start)
        clause = clauses[at]
        following = clauses[at + 1].words if at + 1 < len(clauses) else ""
        if not clause.says(code, _At(span, clause.start), following):
            return False
    return True


_IF: Final = re.compile(r"(?<!know )(?<!sure )(?<!wondering )(?<!wonder )(?<!ask )(?<!asking )(?<!tell )(?<!see )(?<!as )(?<!even )(?<!what )(?:\bif\b|\bshould (?:you|he|she|they|i) (?:ever )?(?:have|feel|get|develop|notice|experience)|\bin case\b|\bwhenever you\b|\bcall (?:us |911 )?when\b|\bsi (?:tiene|siente|nota|presenta|le da)\b)", re.IGNORECASE)
_ASKS_IF: Final = re.compile(r"^\s*(?:i|we|he|she|it|this|that)?(?:'s)?\s*(?:should|need|can(?!'?t|not)|could(?!n't)|ought|is (?:normal|serious|okay|ok)|it's (?:normal|serious|okay|ok))\b", re.IGNORECASE)
_WOULD: Final = _words(r"\b(?:911|ER|emergency|hospital|urgent care|straight to|right away|immediately|seek|stop|call (?:us|your|the|him|her|my)|contact|you|your|emergencias)\b")


def _conditional(clause: str, hit: _At) -> bool:
    """ "If I can't pee I go straight to the ER" tells what would be, not what is."""
    before = [match for match in _IF.finditer(clause) if match.end() <= hit.start()]
    if not before or _ASKS_IF.match(clause[before[-1].end() :]):
        return False
    return bool(_WOULD.search(clause)) and not re.search(r"(?i)\b(?:and|but) (?:now|today)\b", clause)


_MEANS: Final = _words(r"\b(?:can|could|may|might)(?: also)? (?:mean|be (?:a |the )?(?:\w+ )?signs?|indicate|signal|point to|suggest)\b", r"\b(?:is|are) (?:a |an )?(?:warning |danger |emergency )?(?:signs? of|symptoms? of|an emergency|emergencies|red flags?)\b", r"\bneeds? (?:the ER|emergency|immediate)")
_LISTS: Final = _words(r"\b(?:warning signs?|red flags?|danger signs?|when to (?:call|seek)|seek (?:medical|emergency|immediate)|call (?:911|your (?:doctor|surgeon)|us|the office) (?:for|if|with|right away (?:for|if))|stop (?:exercising|and)[^.]{0,20}(?:if|for)|go to the (?:ER|emergency room) (?:for|if|with)|side effects?|se.ales de (?:alarma|peligro)|learn (?:about|the signs)|know the signs|screen\w* for|asked (?:me |him |her )?about|handout|pamphlet|brochure)\b")
_OWN: Final = _words(r"\b(?:i|i'm|i've|my|he|he's|his|she|she's|her|me|mom|dad|mi|me)\b")


def _general(clause: str, hit: _At) -> bool:
    """What a handout or a warning says of anybody."""
    if _MEANS.search(clause[hit.end() :]) and not _OWN.search(clause[max(0, hit.start() - 25) : hit.end()]):
        return True
    lists = _last(_LISTS, clause[: hit.start()])
    return bool(lists) and not _OWN.search(clause[lists.end() if lists else 0 : hit.end()])


_FIGURES: Final = (
    (re.compile(r"(?i)(?:hits?|hitting|beats?|beating|kill\w*|hurt\w*|chok\w*|threaten\w*)(?: \w+)?"), re.compile(r"(?i)\b(?:it|that|this|which|pain|dizziness|fatigue|spasm|wave|tiredness|exhaustion|anxiety|knee|back|hip|shoulder|leg|arm|foot|neck|exercises?|stairs|heat|sun|cold|cough|bill|price|traffic|walking|sitting|standing|ball|car|truck|door|bike)s? (?:\w+ ){0,2}$"), None),
    (re.compile(r"(?i)(?:wants?|wanna|going|gonna|wish\w*)(?: to)? die"), None, re.compile(r"(?i)^ (?:of |from )?(?:embarrass|laugh|shame|boredom|hunger|happy|in (?:my|his|her) own bed|at home|with dignity)")),
    (re.compile(r"(?i)push\w*(?: \w+)*"), None, re.compile(r"(?i)^ ?(?:around )?(?:in (?:a|the|my|his|her) (?:\w+ )?(?:wheel)?chair|on the swing|to (?:do|be|walk|exercise|try|get|go)|too hard|hard|past)")),
    (re.compile(r"(?i)suicid\w*"), None, re.compile(r"(?i)^ (?:squats?|lane|knob|door|drill|runs?|sprints?|mission|prevention|awareness|hotline|screen\w*|risk (?:assessment|screen)|rates?)")),
    (re.compile(r"(?i)chok\w*"), None, re.compile(r"(?i)^ (?:up (?:when|at|on)|point|hold|under pressure|hazard)")),
    (re.compile(r"(?i).*breath\w*"), None, re.compile(r"(?i)^ (?:through (?:his|her|my|the) nose|a word|easy)")),
)


def _figure(clause: str, hit: _At) -> bool:
    """Figures of speech, and children who hit in a tantrum."""
    word, before, after = hit.group(), clause[: hit.start()], clause[hit.end() :]
    if _TANTRUM.search(clause) and _BLOWS.search(word):
        return True
    for shape, ahead, behind in _FIGURES:
        if shape.fullmatch(word) and ((ahead and ahead.search(before)) or (behind and behind.match(after))):
            return True
    return False


_TANTRUM: Final = _words(r"\b(?:tantrums?|meltdowns?|autis\w+|sensory|toddler|preschool\w*|frustrat\w+|overwhelmed|kindergarten|speech delay|nonverbal)\b")
_BLOWS: Final = _words(r"\b(?:hit|hits|hitting|bite|bites|kick\w*|push\w*|punch\w*|pinch\w*|throw\w*|beats?)\b")
_OTHERS: Final = _words(r"\b(?:died (?:of|from)|passed (?:away )?(?:of|from)|runs in (?:my|the|our|his|her) family|family history|(?:lost|buried) (?:my|his|her) (?:\w+ )?(?:to|after)|my (?:neighbor|friend|coworker|co-worker|roommate|boss|late (?:husband|wife|mother|father)) (?:had|has|was|got))\b")


def _of_others(clause: str, hit: _At) -> bool:
    """What somebody else had, or died of."""
    return bool(_OTHERS.search(clause)) and not _NOW.search(clause[hit.end() :])


_HANDLED: Final = _words(r"\b(?:(?:weeks?|months?|years?) (?:ago|back)|last (?:month|year|spring|summer|fall|autumn|winter|season)|in (?:january|february|march|april|may|june|july|august|september|october|november|december)|back in|CT (?:scan )?(?:was|is|came|showed)|(?:were|was|been) seen (?:at|in)|(?:ER|emergency room|hospital|urgent care) (?:said|checked|did|cleared|kept|sent|discharged)|cleared|concussion (?:clinic|specialist|protocol)|discharged|finished (?:the )?antibiotics|healed|hace (?:\w+ )(?:semanas|meses|a.os))\b")
_OF_THE_DAY: Final = ("head_injury", "fall_injury", "infection_signs")
"""What matters while it is fresh; seen to since, it is what therapy is for."""
_KNOWN_CAUSE: Final[dict[str, re.Pattern[str]]] = {
    "stroke_signs": _words(
        r"\b(?:after|since|from|following|due to|because of|with|post|status post|s/p|left (?:him|her|me) with|secondary to)[- ](?:(?:his|her|my|the|a|an|that) )?(?:\w+ ){0,2}(?:stroke|CVA|TBI|brain (?:injury|bleed|tumor|surgery)|parkinson\w*|ALS|MS|bell'?s palsy|cerebral palsy|dementia|aneurysm)\b",
        r"bell'?s palsy", r"\bstroke (?:in|last|\w+ (?:weeks?|months?|years?) ago)",
    ),
}  # fmt: skip
_LATER: Final = _words(r"\b(?:turned out (?:to be|not|it was)|(?:it|that) was(?:n't| not)? (?:just|only|my heart|his heart|her heart|a heart|nothing|acid|reflux|anxiety|gas|muscular)|(?:ran|did|had) (?:every|all(?: the)?) tests?|cleared (?:me|him|her|for)|(?:has|have|had|were|was) (?:all )?(?:been )?(?:ruled out|cleared|checked out|resolved)|nothing wrong|all clear|came back (?:clean|normal|negative|fine)|safety plan (?:was )?closed|haven't had (?:any|it|one) since|none since|not since)\b")
_TOLD_OF_THEN: Final = _words(r"\b(?:had|was|were|did have|took|taken|went|sent|got|admitted|used to|tuvo)\b")


def _later_taken_back(text: str, start: int, end: int, at: int) -> bool:
    """Whether what was told of then is taken back in the same sentence or the one behind it."""
    clause = text[start:end]
    if not _TOLD_OF_THEN.search(clause[: at + 1]):
        return False
    stop = _SENTENCE_END.search(text, end + 1)
    return bool(_LATER.search(text[start + at : (stop.end() if stop else len(text))]))


_ASKING: Final = re.compile(r"^\s*(?:(?:ok(?:ay)?|and|so|now|any|do you (?:have|get|feel)|does (?:he|she) have|are you (?:having|feeling)|is (?:he|she) (?:having|feeling)|have you (?:had|noticed)|has (?:he|she) had|tiene|siente|hay)\b[, ]*)+", re.IGNORECASE)
_AFFIRMS: Final = re.compile(r"\s*(?:\[?x\]?\s*)?(?:yes|yeah|yep|yup|uh[- ]?huh|mm[- ]?hm+|a (?:little|bit)|some(?:times)?|i do|he does|she does|it is|he is|she is|i am|actually,? yes|well,? yes|s[ií])\b(?! (?:no|none|not|ma'?am no))", re.IGNORECASE)
_ASKED: Final = _words(r"\b(?:any|do you (?:have|feel|get)|are you (?:having|feeling)|have you (?:had|noticed)|does (?:he|she) have|is (?:he|she) having|has (?:he|she) had|tiene|ha tenido)\b")
_YES: Final = re.compile(r"\s*(?:\[[^\]]*\]\s*)?(?:<?[A-Za-z]{3,12}[:>]\s*|[A-Z]{3,}\s+)?" + _AFFIRMS.pattern.replace(r"\s*", "", 1), re.IGNORECASE)
"""A question is no statement until it is answered with yes."""
_UNMARKED: Final = re.compile(
    r"(?:\[\s*\]|\(\s+\)|[\u2610\u25a1\u25cb\u25ef])\s*(?!(?:yes|no|y|n|s.)\b)[^\n\[\]\u2610\u2611\u2612\u25a1\u25a0\u25cb]{1,90}|"
    r"[^\n.;]{3,90}?(?:\[\s*\]|\(\s+\)|[\u2610\u25a1\u25cb])\s*yes\b[^\n]{0,20}|"
    r"(?m:^[^\n.;]{3,90}?\s*(?:[:?=-]|\.{2,})\s*(?:no|none|n|never|denied|denies|negative|false|ninguno)\s*(?=$|[,;.\n]))|"
    r"[^\n.;]{3,90}?[\[(]\s*[xX\u2713]\s*[\])]\s*no\b",
    re.IGNORECASE,
)


def _without_unmarked(text: str) -> str:
    """`text` without boxes that nobody ticked and questions of a form answered with no."""
    return _UNMARKED.sub(" ; ", text)


def _without_history(text: str) -> str:
    """`text` without the lines of a chart that list what was, as referrals copy them in."""
    for match in reversed(list(_HISTORY.finditer(text))):
        end = _SENTENCE_END.search(text, match.end())
        text = text[: match.start() + 1] + " " + (text[end.start() :] if end else "")
    return text


def _supposed(clause: str, hit: _At) -> bool:
    return bool(_SUPPOSED.search(clause[max(0, hit.start() - _REACH) : hit.start()])) and not _NOW.search(clause[hit.end() :])


def _taken_back(clause: str, following: str) -> bool:
    """Whether what is told of earlier is taken back by the clause behind it."""
    return bool(_TURNED_OUT.match(following)) and bool(_WAS.search(clause)) and not _NOW.search(clause)


def _denied(clause: str, hit: _At) -> bool:
    """Whether the last denial before a hit governs it and nothing new was said in between."""
    before = clause[max(0, hit.start() - _REACH) : hit.start()]
    after = clause[hit.end() :].partition(",")[0]
    none_of, not_ = _last(_NONE_OF, before), _last(_NOT, before)
    denial = max((d for d in (none_of, not_) if d), key=lambda d: d.end(), default=None)
    if denial is None:
        return False
    between = before[denial.end() :]
    if denial.group().casefold() == "without" and _last(_NOT, before[: denial.start()]):
        return False  # "cannot walk without chest pain"
    if _SAYS_MORE.search(between + hit.group()) or _NOW.search(after):
        return False
    if denial is not_:
        verb = _HAVING.fullmatch(between)
        if verb is None:
            return False
        between = verb["list"] or ""
    return _is_list(between)


def _is_list(between: str) -> bool:
    """Whether what stands between a denial and a hit is nothing but other complaints and small words."""
    return all(_COMPLAINT.search(entry) or _FILLER.fullmatch(entry) for entry in _LISTED.split(between))


def _past(clause: str, hit: _At) -> bool:
    """Whether a hit is told of the past alone, or taken back right after it.

    A time ("two years ago") counts for its own part between commas, and for the next where that says "had".
    """
    start = clause.rfind(",", 0, hit.start()) + 1
    end = clause.find(",", hit.end())
    part = clause[start : end if end >= 0 else len(clause)]
    rest = clause[end + 1 :] if end >= 0 else ""
    if _SINCE_CLEARED.match(rest):
        return True
    if _NOW.search(part):
        return False
    if _PAST.search(part) or _IS_CLEARED.search(part[hit.end() - start :]):
        return True
    earlier = clause[: max(start - 1, 0)].rpartition(",")[2]
    return bool(_PAST.search(earlier) and _WAS.search(clause[start : hit.end()]))


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)
