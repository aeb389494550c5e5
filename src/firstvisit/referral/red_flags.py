"""Words that cannot wait for intake. Pure.

The product gives no clinical advice: a red flag stops the score and puts the lead before a clinician at
once. Denied ("no chest pain"), past and cleared symptoms do not count; where the words leave a doubt they
do, for once too often before a clinician harms nobody. The list follows the intake
customs in the domain sheet, section 1.4; the approved lines that staff read stand in the practice's rules.
"""

from __future__ import annotations

import re
from typing import Final

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
    r"\b(?:back in (?:january|february|march|april|may|june|july|august|september|october|november|december|the (?:spring|summer|fall|winter))|years? ago|last year|months? ago|in (?:19|20)\d\d|as a child|history of|used to|hace \w+ (?:a.os|meses))\b"
)
_CLEARED: Final = r"(?:cleared|ruled out|was checked|been checked|resolved|went away|gone|was fine)\b"
_SINCE_CLEARED: Final = re.compile(
    r"\s*(?:which |it |this |that |all |and |has |have |been |was |were |since |later |then )*" + _CLEARED,
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
    text = _without_history(text.translate(APOSTROPHES))
    clauses = _CLAUSE.split(text)
    found = {
        code
        for clause, following in zip(clauses, [*clauses[1:], ""], strict=True)
        for code, pattern in _COMPILED
        for hit in pattern.finditer(clause)
        if not (_denied(clause, hit) or _past(clause, hit) or _supposed(clause, hit) or _taken_back(clause, following))
        if not (code == "chest_pain" and _AS_EVER.search(f"{clause} {following}") and not _NOW.search(clause))
    }
    return tuple(code for code in RED_FLAGS if code in found)


def _without_history(text: str) -> str:
    """`text` without the lines of a chart that list what was, as referrals copy them in."""
    for match in reversed(list(_HISTORY.finditer(text))):
        end = _SENTENCE_END.search(text, match.end())
        text = text[: match.start() + 1] + " " + (text[end.start() :] if end else "")
    return text


def _supposed(clause: str, hit: re.Match[str]) -> bool:
    return bool(_SUPPOSED.search(clause[max(0, hit.start() - _REACH) : hit.start()])) and not _NOW.search(clause[hit.end() :])


def _taken_back(clause: str, following: str) -> bool:
    """Whether what is told of earlier is taken back by the clause behind it."""
    return bool(_TURNED_OUT.match(following)) and bool(_WAS.search(clause)) and not _NOW.search(clause)


def _denied(clause: str, hit: re.Match[str]) -> bool:
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


def _past(clause: str, hit: re.Match[str]) -> bool:
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
