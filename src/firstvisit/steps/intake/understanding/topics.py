"""What a label or a question asks for. One vocabulary for forms, mails and the agent on the phone. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from firstvisit.kernel.folding import folded
from firstvisit.steps.intake.understanding.values.people_words import RELATIVE

_PATIENT: Final = (
    r"(?:patient|pt|pat|child|kiddo|kid|little one|student|clmt|worker|pupil|claimant|client|injured worker|injured employee|employee|participant|resident|son|daughter|loved one|"
    r"paciente|hijo|hija|ni[nñ][oa]|estudiante|cliente|who needs (?:care|therapy|help))"
)
_LABELS: Final = (
    ("dob", rf"(?:{_PATIENT}(?:'?s)? )?(?:d\.?o\.?b\.?|date of birth|birth ?(?:date|day)|born|fecha de nacimiento|nacimiento|nacido|nacida|bday)"),
    ("age", rf"(?:{_PATIENT}(?:'?s)? |their |your |his |her )?(?:age|edad|years old)(?: .*)?"),
    ("sex", rf"(?:{_PATIENT}(?:'?s)? )?(?:sex|gender|sexo|g[eé]nero)"),
    ("patient email", rf"{_PATIENT}(?:'?s)? e-?mail.*"),
    ("patient phone", rf"{_PATIENT}(?:'?s)? (?:phone|cell|mobile|tel|contact|home|number|home phone|cell phone|phone number|telephone|phones?).*"),
    ("office fax", r"(?:.* )?(?:fax|fx)(?: (?:number|no|#))?"),
    ("office phone", r"(?:office|staff|clinic|provider|referring|school|facility|referrer|physician|doctor|work|practice|callback|adjuster|case manager)(?:'?s)? (?:phone|ph|tel|telephone|number|contact|phone number|line|cell)"),
    ("contact phone", r"(?:parent|guardian|mother|father|mom|dad|caregiver|contact|emergency contact|spouse|family)(?:'?s)? (?:phone|cell|number|tel|contact|mobile).*"),
    ("contact email", r"(?:parent|guardian|mother|father|mom|dad|caregiver|contact)(?:'?s)? e-?mail.*"),
    ("parent", r"(?:parent|guardian|mother|father|mom|dad|caregiver|parent ?/ ?guardian|parent or guardian|parent/caregiver|mam[aá]|pap[aá]|padre|madre|spouse|wife|husband|responsible party|next of kin|emergency contact|poa)(?:(?:'?s)? (?:name|full name|contact))?"),
    ("relationship", r"(?:your )?(?:relationship|relation|relaci[oó]n|parentesco)(?: to .*)?|i am(?: an?| the)?|i'm(?: an?| the)?|who (?:needs|is) (?:therapy|care|this|it|the).*|who(?: is this for)?|this (?:is|request is) for|for whom|requesting for|who are you|submitted by role|you are|soy|filling this out.*|appointment for|who will be receiving.*|who is the patient"),
    ("patient name", rf"{_PATIENT}(?:'?s)? (?:name )?\(?last(?: name)?[ ,/&]+(?:and )?first(?: name)?.*|{_PATIENT}(?:'?s)?(?:(?: full| first and last| legal)? ?name| nombre)?|name of {_PATIENT}|{_PATIENT}s? ?/ ?.*name|re|nombre del? (?:la )?(?:paciente|ni[nñ][oa]|hij[oa])|{_PATIENT} initials.*|pt name|pat(?:ient)?\.? name|\w* ?initials.*"),
    ("patient first", rf"{_PATIENT}(?:'?s)? first(?: name)?"),
    ("patient last", rf"{_PATIENT}(?:'?s)? (?:last|sur|family) ?(?:name)?"),
    ("first", r"first(?: |_)?name|fname|given name|first|primer nombre"),
    ("last", r"last(?: |_)?name|lname|surname|family name|last|apellidos?"),
    ("my name", r"(?:your|my|contact|caller|requester|submitter|sender|parent|guardian|su)(?:'?s)? ?(?:full |first and last )?(?:name|nombre|person)|your name.*|contact|caller|submitted by|from|requested by|completed by|form completed by|person completing.*|point of contact|poc"),
    ("name", r"(?:full |complete |first and last |legal )?(?:name|nombre)(?: completo)?|nombre y apellidos?"),
    ("email", r"(?:your |contact |best |work |correo )?(?:e-?mail|correo|correo electr[oó]nico|email address|e-mail address)(?: address)?"),
    ("phone", r"(?:your |best |contact |daytime |evening |home |cell |mobile |primary |preferred |work )*(?:phone|telephone|tel|cell|mobile|number|tel[eé]fono|celular|phone number|cell ?phone|contact number|callback|call ?back(?: number)?|ph|phone ?/ ?text|cell #|phone #|home|n[uú]mero)(?: ?(?:number|no|#|1))?"),
    ("contact method", r"(?:best|preferred|prefer\w*|how) .*(?:contact|reach|way|method|touch|communicat).*|contact (?:me )?(?:by|method|preference|via)|(?:how|best way) (?:should|to|can) .*(?:reach|contact).*|preferred contact|forma de contacto|contactar por|reply by"),
    ("address", rf"(?:{_PATIENT}(?:'?s)? |home |mailing |street |your )*(?:address|addr|street|direcci[oó]n|domicilio|residence|lives at|address line 1)"),
    ("city", r"(?:city|town|ciudad)(?:,? ?(?:state|st)(?: ?,? ?zip)?)?|city ?/ ?state.*|location \(city\)"),
    ("state", r"state|estado|st"),
    ("zip", r"(?:home |your )?(?:zip|postal|c[oó]digo postal|zip ?code|postal ?code|zipcode)(?: code)?"),
    ("language", r"(?:preferred |primary |home )?(?:language|idioma|lang)(?: .*)?|interpreter.*"),
    ("group", r"(?:group|grp)(?: ?(?:number|no\.?|#|id))?"),
    ("member", r"(?:member|subscriber|recip|policy|ins|insurance|medicaid|medicare|card|insured|plan|pmi|mbi|recipient)(?:'?s)? ?(?:id|number|no\.?|#|i\.d\.|id number|id #)(?: .*)?|id(?: number| #|#)?|policy|mbi|pmi|medicare mbi"),
    ("claim", r"(?:wc |work comp |auto )?claim(?: ?(?:number|no\.?|#|id))?"),
    ("authorization", r"(?:prior |pre-?)?auth(?:orization)?\.?(?: ?(?:number|no\.?|#|status|required\??|needed\??|info.*))?|approval"),
    ("insurance", r"(?:primary |health |your |medical |patient )*(?:insurance|coverage|payer|payor|plan|carrier|seguro|aseguranza|cobertura|health plan)(?: ?(?:company|carrier|plan|provider|name|info\w*|type|m[eé]dico|/.*|\(.*\)))*|payment(?: method| type)?|who (?:is paying|will pay|pays).*|how will you (?:pay|be paying).*|pago|funding(?: source)?|billing|bill to|ins"),
    ("secondary", r"secondary.*|supplement\w*|second insurance"),
    ("referrer", r"(?:referring|ordering|referred|primary care|treating|family|requesting)(?: by)? ?(?:provider|physician|doctor|dr\.?|md|clinician|practitioner|surgeon|therapist|party|person)?(?:'?s)?(?: name)?|referred by|ordering|(?:your |the )?(?:doctor|physician|provider|pcp|surgeon|md|m[eé]dico|doctora?|specialist|pediatrician|neurologist)(?:'?s)?(?: name)?|referral (?:source|from)|who referred.*|provider name|ordered by|referido por|staff|staff member|teacher|case manager|adjuster|social worker|staff contact|referrer"),
    ("organization", r"(?:from facility|submitting (?:office|practice|clinic)|facility|practice|clinic|school|organi[sz]ation|company|agency|office|hospital|business|district|referring (?:facility|practice|clinic|office)|practice name|facility name|escuela|group name|name of (?:practice|facility|organization|school|company))(?: name)?"),
    ("npi", r"(?:provider |physician )?npi(?: ?(?:number|no\.?|#))?"),
    ("codes", r"(?:dx|diagnos[ei]s|diagn[oó]stico|icd(?:-?10)?(?:-?cm)?)(?: ?(?:codes?|/.*|\(.*\)|code\(s\)))*|codes?"),
    ("event", r"(?:date of |doi|dos|d\.o\.i\.?|fecha de )(?:injury|surgery|accident|onset|loss|discharge|operation|cirug[ií]a|lesi[oó]n)?|(?:anticipated |expected |planned )?(?:injury|surgery|accident|onset|discharge|loss|procedure|incident)(?: date)?|iep (?:date|due|meeting).*|deadline|due(?: date)?"),
    ("availability", r"(?:best |preferred |prefer\w* |available )*(?:days?|times?|days? ?(?:/|and|&|or) ?times?|availab\w+|schedul\w+|time of day|appointment times?|slots?|hours|horario|disponibilidad|d[ií]as?)(?: .*)?|when (?:are you|can you|is .*) (?:free|available|come|best|good).*|best days|mejor(?:es)? .*"),
    ("timing", r"when|how soon.*|urgency|urgent\??|priority|timing|timeline|timeframe|time ?frame|needed by|start(?: date| by)?|when (?:do|would) you .*start.*|cu[aá]ndo|desired start.*|requested start.*"),
    ("setting", r"(?:preferred |desired |requested |treatment )?(?:setting|location)(?: preference)?|where|location|setting|place of service|visit type|appointment type|type of visit|d[oó]nde|lugar|in[- ]person or .*|location of .*"),
    ("service", r"(?:type of )?(?:service|services|therapy|therapies|discipline|specialty|interest|interested in|terapia|servicio|servicios|department|program|area|area of concern|needs?|requested services?|therapy type|treatment|discipline needed|services? (?:needed|requested|of interest)|(?:therapy|type of therapy) (?:needed|requested)|therapy requested|evaluate for|specialty needed|discipline\(s\)|select services?|order type|i need|looking for|reason code)"),
    ("frequency", r"dur|freq(?:uency)?(?: ?/ ?duration| and duration)?|duration|visits(?: ordered| approved| requested)?|plan of care|freq.*|# of visits|number of visits"),
    ("documents", r"(?:attachments?|attached|documents?|enclos\w+|files?|uploads?|paperwork|records|has (?:an )?(?:order|referral|prescription|script).*|do you have (?:a|an) (?:order|referral|prescription|script).*|order|orders|order status|script|prescription|rx|referral)(?: .*)?"),
    ("signed", r"(?:order )?signed.*|signature.*"),
    ("written on", r"submitted(?: on| at)?|date|date submitted|timestamp|time|received(?: on| at)?|form submitted|sent|created(?: at| on)?|submission date|fecha|date of referral|referral date|today'?s date|sent at|submit\w*|entry date"),
    ("prose", r".*(?:message|comments?|notes?|reason|concern|details|describe|tell us|bring|help|mensaje|motivo|additional|anything|question|why|symptoms|history|about|need|complaint|goals|request|background|other info|summary|presenting|comentarios|problem|explain|description).*"),
    ("form", r"form(?: name| type| id)?|page|source|utm.*|url|referrer url|ip|user ?agent|consent.*|how did you hear.*|new patient.*|are you a new patient.*|grade|ticket|ref|reference|subject|captcha|site|submission id|entry id|form title|id|privacy.*|sms opt.*|hear about.*"),
)  # fmt: skip
_LABEL: Final = tuple((topic, re.compile(rf"(?:{shape})", re.IGNORECASE)) for topic, shape in _LABELS)

_QUESTIONS: Final = (
    ("patient name", rf"\b(?:{RELATIVE})['’]?s? (?:full |first |last )?name\b|\b(?:and )?your (?:{RELATIVE})\?|" r"\b(?:his|her|their|patient'?s?|student'?s?|child'?s?|baby'?s?|son'?s|daughter'?s|claimant'?s?|client'?s?|the) (?:full |first and last |last )?name\b|name of (?:the )?(?:patient|student|child)|^\W*(?:his|hers|theirs|the patient'?s)\b,? ?(?:please|first)?\W*$|who(?:'s| is| are we| would we be)? (?:the )?(?:patient|student|child|client|we seeing|it for|seeing)|(?:how do you|can you) spell (?:his|her|their)|what(?:'s| is) (?:he|she|the (?:baby|child)) called|who(?:'s| is) the (?:student|patient|therapy)|get (?:his|her|their|the (?:patient|child|student)'?s?) (?:full )?name|how old(?:'s| is) (?:he|she|[A-Z])|nombre (?:de su|del|de la|de él|de ella)|c[oó]mo se llama (?:el|la|su|él|ella|\w+ niñ[oa])|para qui[eé]n (?:es|ser[ií]a)"),
    ("my name", rf"\byours?\b(?! (?:\w+ )?(?:{RELATIVE})['’]?s?\b)[^?.]{{0,12}}\bname\b" r"|\band yours\b|\band you\b\W*$|\byou are\b\??|who(?:'s| is| am| are) (?:calling|this|i speaking|you\b|on the line)|who am i (?:talking|speaking)|who do i have|(?:with )?whom am i|i'm speaking (?:to|with)|may i ask who|you(?:'re| are)(?: the| his| her| their)? (?:mother|mom|father|dad|grandmother|grandfather|daughter|son|wife|husband|parent|guardian|sister|brother)|who am i (?:speaking|talking)|speaking with|su nombre|c[oó]mo se llama usted|y usted\b|con qui[eé]n (?:hablo|tengo)|qui[eé]n (?:habla|llama)|de parte de qui[eé]n|your full name|relationship to|how are you related"),
    ("name", r"(?:^|[.!,] )(?:full |first and last |and the |and a |okay,? |got it[,.]? |sure[,.]? |the )*names?\b[^?]{0,40}\?|\bname(?:,| and|\?)|can i (?:get|have) (?:a|the|your|his|her)? ?(?:full )?name|nombre|c[oó]mo se llama"),
    ("dob", r"date of birth|birth ?date|birth ?day|\bdob\b|d\.o\.b|when (?:was|were) (?:he|she|you|they) born|fecha de nacimiento|cumplea[nñ]os|born"),
    ("age", r"how old|what age|\bage\b|edad"),
    ("phone", r"\b(?:phone|cell|number(?! of)|call ?back|reach you|contact (?:number|info\w*)|tel[eé]fono|your contact|best way to reach|call you|text you|ring you|get (?:a )?hold of|get back to|catch you|reach (?:him|her|them|out)|n[uú]mero|llamar(?:l[eoa])?|llamo si|localizar|encontrar|contactar|comunicar\w*)\b(?! on the card)"),
    ("contact phone", r"(?:parent|mom|mother|dad|father|family|guardian)(?:'?s)? (?:contact|phone|number|cell|name)|who (?:should|do) we (?:call|contact)"),
    ("email", r"e-?mail|correo"),
    ("address", r"\baddress|where (?:do|does) (?:you|he|she|they) live|what (?:city|town|part)|you(?:'re| are) where|where are you (?:located|at|calling)|direcci[oó]n|live\?|zip|postal|\bviven?\b|qu[eé] ciudad|what's your town|which town"),
    ("insurance", r"insurance|coverage|payer|payor|cover(?:ed|ing)|carrier|medicaid\?|medicare\?|seguro|how (?:will|would|are) you .*pay|who(?:'s| is|'ll| will) .*pay|what plan|health plan|which plan|school pay|self[- ]?pay"),
    ("member", r"(?:member|policy|medicare|medicaid|insurance|claim|id|card)(?:'?s)? (?:number|id)|\bid\b|number on (?:the|your) card|on the card"),
    ("authorization", r"auth\w*|approved"),
    ("npi", r"\bn\.?p\.?i\b"),
    ("referrer", r"(?:who(?:'s| is| was| sent)?|which|what|your|the|his|her|their|any|a|name of)\W[^?]{0,30}\b(?:doctor|surgeon|physician|provider|referr\w+|order(?:ing|ed)|pediatrician|neurologist|specialist|sent|send|prescrib\w+|pcp|m[eé]dico)\b|^(?:and )?doctor\?|did (?:a|someone|somebody|your|his|her) (?:doctor )?[^?]{0,15}(?:see|refer|send|order)|was (?:he|she) seen"),
    ("documents", r"\b(?:la orden|receta|papeles|una? referido|order|script|prescription|referral|paperwork|documents?|records|notes|in writing)\b[^?]{0,40}\?"),
    ("signed", r"\bsigned\b"),
    ("codes", r"\bdx\b|diagnos\w+|icd|codes?\b"),
    ("availability", r"\bdays?\b|a qu[eé] hora|cu[aá]ndo (?:puede|pueden|podr[ií]a|le queda)|qu[eé] horas|mornings?|afternoons?|times?\b[^?]{0,25}(?:work|best|good|prefer|week)|available|availability|schedule|preferred time|when (?:could|can|are) you|best time|horario|qué d[ií]as?|preference|when works|when(?:'s| is) (?:good|best)|when suits|time of day"),
    ("timing", r"how soon|urgent|urgency|timeline|when (?:would|do|did) you (?:like|want|need|hope)[^?]*|hoping to (?:start|get in)|start\b|rush|in a hurry|time ?frame|^when\?|when\?|soon"),
    ("setting", r"at (?:home|school|the clinic)|in person|telehealth|come (?:in|to)|where would|location|which office|on ?site|done at|virtual"),
    ("service", r"(?:what|which|ot or|kind of|type of)[^?]{0,20}(?:therapy|service)|evaluat\w+|treat\w*|looking for|how can (?:i|we) help|help you|what can (?:i|we) do"),
    ("frequency", r"how often|how many (?:visits|times)|frequency"),
    ("contact method", r"(?:text|call|e-?mail|best way|prefer)[^?]{0,30}(?:or|text|call|reach|contact|okay|ok)\b"),
    ("event", r"when (?:was|did|is) (?:the|your|his|her|it|that)[^?]*|date of (?:injury|surgery|accident)|what happened|surgery date"),
    ("language", r"language|interpreter|english|spanish"),
    ("symptoms", r"numbness|weakness|balance|chest|breath|fever|dizz|bladder|swell|pain\b|hurting yourself|safe\b|fall(?:s|en)"),
)  # fmt: skip
_QUESTION: Final = tuple((topic, re.compile(shape, re.IGNORECASE)) for topic, shape in _QUESTIONS)


@lru_cache(maxsize=2048)
def of_label(label: str) -> str | None:
    """The topic of a label ("Patient DOB" is "dob"), None for one nobody knows."""
    plain = re.sub(r"[_\s]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label)).replace("-", " ").strip(" *#.?¿:…").lower()
    plain = re.sub(r"^q\d+\s+", "", re.sub(r"[\[\]]+", " ", plain)).strip()
    plain = re.sub(r"^name (first|last)$", r"\1 name", plain)
    plain = re.sub(r"^(?:q?\d+[.)]?|field|input|the|a)\s+", "", plain)
    plain = re.sub(r"\s*\((?:required|optional|if .*|mm.*|cell|home)\)$", "", plain)
    topic = _listed(plain) or next((topic for topic, shape in _LABEL if shape.fullmatch(plain)), None)
    if topic is None:
        topic = next((found for other in _variants(plain) if (found := _listed(other) or next((t for t, shape in _LABEL if shape.fullmatch(other)), None))), None)
    if topic in (None, "prose") and label.rstrip(" *:").endswith("?") and _listed(plain) is None:
        asked = of_question(label)
        return next((each for each in ("patient name", "dob", "my name", "age") if each in asked), topic)
    return topic


@cache
def _words() -> dict[str, str]:
    data: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("topics.toml").read_text("utf-8"))
    return {folded(label): topic for topic, labels in data.items() for label in labels}


def _listed(plain: str) -> str | None:
    """The topic of a label that stands in the list of plain words."""
    return _words().get(folded(plain))


def _variants(plain: str) -> Iterator[str]:
    """The same label without what forms add: brackets, numbers and marks behind it, whose it is, short forms."""
    bare = re.sub(r"\s*\([^)]*\)", "", plain).strip()
    yield bare
    bare = re.sub(r"^(child|kid|patient|student|sibling|twin|dependent|resident|client|pt) ?\d\b *", r"\1 ", bare)
    yield bare
    bare = re.sub(r"[\s.]*(?:#|no\.?|nr\.?|number|\d{1,2}|if known|if any|if you know it|if applicable|\*)$", "", bare).strip(" .:,")
    yield bare
    if bare:
        yield f"{bare} number"
    yield re.sub(r"^ref(?:erral)? ", "referring ", bare)
    yield re.sub(r"^e mail|(?<= )e mail", "email", bare)
    yield re.sub(r"^(?:please (?:enter|provide|list) )?(?:your|my|the|his or her|his|her|su|tu) ", "", bare)
    yield re.sub(r"^(?:lead|form|entry|contact|details?|data|info|request|intake|answers?|fields?|submission|person|demographics) ", "", bare)
    if "/" in bare:
        yield bare.split("/")[0].strip()
    if "," in bare:
        yield bare.split(",")[0].strip()


@lru_cache(maxsize=512)
def of_question(question: str) -> frozenset[str]:
    """Everything the last words of the agent ask for."""
    plain = re.sub(r"(?i)\bgood (?:morning|afternoon|evening|day)\b", " ", question)
    return frozenset(topic for topic, shape in _QUESTION if shape.search(plain))
