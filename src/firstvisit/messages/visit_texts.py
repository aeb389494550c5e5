"""What a family is written about its visits, in English and Spanish: when and where, nothing of what they are for."""

from __future__ import annotations

from typing import Final

from firstvisit.messages.wording import HABLAR, TALK, Template

_PAGE: Final = "The page asks for the patient's birth date first. Or call {phone} and give the reference {code}.\n\n"
_VISIT_LINK: Final = "Say that you come, choose another time or cancel here: {link}\n\n" + _PAGE
_CHANGE_LINK: Final = "Choose another time or cancel here: {link}\n\n" + _PAGE
"""Before they are asked to say that they come, which the page does from the first reminder on."""
_PAGINA: Final = (
    "La página pide primero la fecha de nacimiento del paciente. O llame al {phone} y diga la referencia {code}.\n\n"
)
_VISITA_ENLACE: Final = "Diga que viene, elija otra hora o cancele aquí: {link}\n\n" + _PAGINA
_CAMBIO_ENLACE: Final = "Elija otra hora o cancele aquí: {link}\n\n" + _PAGINA

VISITS: Final[dict[tuple[str, str], Template]] = {
    ("visit_booked", "English"): Template(
        "{practice}: your visit on {visit_day} ({code})",
        "Hello{greeting},\n\n"
        "your visit is booked:\n\n{visit_at}\n{visit_place}\n\n{then}"
        + _CHANGE_LINK + TALK,
    ),
    ("visit_booked", "Spanish"): Template(
        "{practice}: su visita del {visit_day} ({code})",
        "Hola{greeting}:\n\n"
        "su visita está reservada:\n\n{visit_at}\n{visit_place}\n\n{then}"
        + _CAMBIO_ENLACE + HABLAR,
    ),
    ("visit_reminder", "English"): Template(
        "{practice}: do you come on {visit_day}? ({code})",
        "Hello{greeting},\n\n"
        "you have a visit with us:\n\n{visit_at}\n{visit_place}\n\n"
        "If you cannot come, tell us as soon as you know: somebody else may need the time.\n\n"
        + _VISIT_LINK + TALK,
    ),
    ("visit_reminder", "Spanish"): Template(
        "{practice}: ¿viene el {visit_day}? ({code})",
        "Hola{greeting}:\n\n"
        "tiene una visita con nosotros:\n\n{visit_at}\n{visit_place}\n\n"
        "Si no puede venir, díganoslo en cuanto lo sepa: otra persona puede necesitar la hora.\n\n"
        + _VISITA_ENLACE + HABLAR,
    ),
    ("visit_moved", "English"): Template(
        "{practice}: your visit is now on {visit_day} ({code})",
        "Hello{greeting},\n\n"
        "your visit is now:\n\n{visit_at}\n{visit_place}\n\n"
        "If we told you another time before, it is no longer yours.\n\n{then}"
        + _CHANGE_LINK + TALK,
    ),
    ("visit_moved", "Spanish"): Template(
        "{practice}: su visita es ahora el {visit_day} ({code})",
        "Hola{greeting}:\n\n"
        "su visita es ahora:\n\n{visit_at}\n{visit_place}\n\n"
        "Si antes le dijimos otra hora, ya no es suya.\n\n{then}"
        + _CAMBIO_ENLACE + HABLAR,
    ),
    ("visit_cancelled", "English"): Template(
        "{practice}: your visit on {visit_day} is cancelled ({code})",
        "Hello{greeting},\n\n"
        "your visit is cancelled:\n\n{visit_at}\n\n{with_it}"
        "{again}"
        + _PAGE + TALK,
    ),
    ("visit_cancelled", "Spanish"): Template(
        "{practice}: su visita del {visit_day} está cancelada ({code})",
        "Hola{greeting}:\n\n"
        "su visita está cancelada:\n\n{visit_at}\n\n{with_it}"
        "{again}"
        + _PAGINA + HABLAR,
    ),
    ("visit_called_off", "English"): Template(
        "{practice}: we must cancel your visit on {visit_day} ({code})",
        "Hello{greeting},\n\n"
        "we are sorry: your visit is cancelled, and it is our doing.\n\n{visit_at}\n\n{with_it}"
        "We call you to find what comes next. Or call {phone} and give the reference {code}.\n\n" + TALK,
    ),
    ("visit_called_off", "Spanish"): Template(
        "{practice}: tenemos que cancelar su visita del {visit_day} ({code})",
        "Hola{greeting}:\n\n"
        "lo sentimos: su visita está cancelada, y es por causa nuestra.\n\n{visit_at}\n\n{with_it}"
        "Le llamamos para ver cómo seguimos. O llame al {phone} y diga la referencia {code}.\n\n" + HABLAR,
    ),
    ("visit_closed", "English"): Template(
        "{practice}: cancelled, beginning on {visit_day} ({code})",
        "Hello{greeting},\n\n"
        "your request with us is closed, and what was booked with it is cancelled:\n\n{visits_at}\n\n"
        "If you want to come all the same, call {phone} and give the reference {code}.\n\n" + TALK,
    ),
    ("visit_closed", "Spanish"): Template(
        "{practice}: cancelado, a partir del {visit_day} ({code})",
        "Hola{greeting}:\n\n"
        "su solicitud está cerrada y queda cancelado lo que estaba reservado con ella:\n\n{visits_at}\n\n"
        "Si aun así quiere venir, llame al {phone} y diga la referencia {code}.\n\n" + HABLAR,
    ),
    ("treatment_booked", "English"): Template(
        "{practice}: your visits from {visit_day} ({code})",
        "Hello{greeting},\n\n"
        "these visits are booked for you:\n\n{visits_at}\n{visit_place}\n\n"
        "See them, or move or cancel one, here: {link}\n\n"
        + _PAGE + TALK,
    ),
    ("treatment_booked", "Spanish"): Template(
        "{practice}: sus visitas a partir del {visit_day} ({code})",
        "Hola{greeting}:\n\n"
        "estas visitas están reservadas para usted:\n\n{visits_at}\n{visit_place}\n\n"
        "Véalas, o cambie o cancele una, aquí: {link}\n\n"
        + _PAGINA + HABLAR,
    ),
    ("treatment_reminder", "English"): Template(
        "{practice}: do you come on {visit_day}? ({code})",
        "Hello{greeting},\n\n"
        "you have with us in the next days:\n\n{visits_at}\n{visit_place}\n\n"
        "If you cannot come, tell us as soon as you know: somebody else may need the time.\n\n"
        + _VISIT_LINK + TALK,
    ),
    ("treatment_reminder", "Spanish"): Template(
        "{practice}: ¿viene el {visit_day}? ({code})",
        "Hola{greeting}:\n\n"
        "en los próximos días tiene con nosotros:\n\n{visits_at}\n{visit_place}\n\n"
        "Si no puede venir, díganoslo en cuanto lo sepa: otra persona puede necesitar la hora.\n\n"
        + _VISITA_ENLACE + HABLAR,
    ),
    ("treatment_moved", "English"): Template(
        "{practice}: your visit is now on {visit_day} ({code})",
        "Hello{greeting},\n\n"
        "a visit of yours is now:\n\n{visit_at}\n{visit_place}\n\n"
        "If we told you another time before, it is no longer yours.\n\n" + _CHANGE_LINK + TALK,
    ),
    ("treatment_moved", "Spanish"): Template(
        "{practice}: su visita es ahora el {visit_day} ({code})",
        "Hola{greeting}:\n\n"
        "una visita suya es ahora:\n\n{visit_at}\n{visit_place}\n\n"
        "Si antes le dijimos otra hora, ya no es suya.\n\n" + _CAMBIO_ENLACE + HABLAR,
    ),
    ("treatment_cancelled", "English"): Template(
        "{practice}: cancelled, beginning on {visit_day} ({code})",
        "Hello{greeting},\n\n"
        "cancelled is:\n\n{visits_at}\n\n"
        "To find other times, call {phone} and give the reference {code}.\n\n" + TALK,
    ),
    ("treatment_cancelled", "Spanish"): Template(
        "{practice}: cancelado, a partir del {visit_day} ({code})",
        "Hola{greeting}:\n\n"
        "queda cancelado:\n\n{visits_at}\n\n"
        "Para encontrar otras horas, llame al {phone} y diga la referencia {code}.\n\n" + HABLAR,
    ),
    ("visit_twice", "English"): Template(
        "{practice}: one of your two visits is cancelled ({code})",
        "Hello{greeting},\n\n"
        "two visits were booked for you. This one is cancelled:\n\n{visit_at}\n\n"
        "This one stays:\n\n{stays_at}\n\n"
        + _CHANGE_LINK + TALK,
    ),
    ("visit_twice", "Spanish"): Template(
        "{practice}: una de sus dos visitas está cancelada ({code})",
        "Hola{greeting}:\n\n"
        "se reservaron dos visitas para usted. Esta queda cancelada:\n\n{visit_at}\n\n"
        "Esta sigue en pie:\n\n{stays_at}\n\n"
        + _CAMBIO_ENLACE + HABLAR,
    ),
    ("visit_missed", "English"): Template(
        "{practice}: we missed you ({code})",
        "Hello{greeting},\n\n"
        "we expected you and hope that you are well. We call you, too; the time was:\n\n{visit_at}\n\n"
        "{again}"
        "The page asks for the patient's birth date first. Or call {phone} and give the reference {code}. If getting "
        "here is the difficulty, say so: we look for a way together.\n\n" + TALK,
    ),
    ("visit_missed", "Spanish"): Template(
        "{practice}: le esperábamos ({code})",
        "Hola{greeting}:\n\n"
        "le esperábamos y deseamos que esté bien. También le llamamos; la hora era:\n\n{visit_at}\n\n"
        "{again}"
        "La página pide primero la fecha de nacimiento del paciente. O llame al {phone} y diga la referencia {code}. "
        "Si lo difícil es llegar, díganoslo: buscamos juntos una manera.\n\n" + HABLAR,
    ),
}
"""Templates by name and language."""

OF_A_VISIT: Final = ("visit_booked", "visit_reminder", "visit_moved", "visit_cancelled", "visit_twice", "visit_missed")
"""What is written to a family about a visit: when and where, and nothing of what it is for."""
OF_TREATMENT: Final = ("treatment_booked", "treatment_reminder", "treatment_moved", "treatment_cancelled")
"""What is written of the visits after the first one; no word says what they are for either."""
TOLD_AT_ONCE: Final = (
    *("visit_booked", "visit_moved", "visit_cancelled", "visit_called_off", "visit_closed", "visit_twice"),
    *("treatment_booked", "treatment_moved", "treatment_cancelled"),
)
"""Of it what answers something that was just done with them; what reminds waits for the day."""
WITH_IT: Final[dict[str, str]] = {
    "English": "Cancelled as well is what was to follow it:\n\n{visits}\n\n",
    "Spanish": "También queda cancelado lo que le seguía:\n\n{visits}\n\n",
}
"""What fell together with a cancelled visit."""
THEN: Final[dict[str, str]] = {
    "English": "Afterwards:\n\n{visits}\n\n",
    "Spanish": "Después:\n\n{visits}\n\n",
}
"""What was booked together with a visit and follows it."""
AGAIN: Final[dict[str, dict[str, str]]] = {
    "English": {
        "times": "Choose another time here: {link}\n\n",
        "no_times": "We looked for another time, and none that fits is free just now. We call you about it. "
        "Should one become free, it stands here, and there you can tell us when you can come: {link}\n\n",
        "closed": "The request it belonged to is closed, so no other time is offered in it. Your page: {link}\n\n",
    },
    "Spanish": {
        "times": "Elija otra hora aquí: {link}\n\n",
        "no_times": "Buscamos otra hora y ahora mismo no hay ninguna libre que convenga. Le llamaremos sobre "
        "esto. Si alguna queda libre, estará aquí, y ahí puede decirnos cuándo puede venir: {link}\n\n",
        "closed": "La solicitud a la que pertenecía está cerrada, así que en ella no se ofrece otra hora. Su página: "
        "{link}\n\n",
    },
}
"""What leads to another time after a visit fell through: where one is free, where none is as the letter leaves, and
where the request is closed."""
VISIT_PLACE: Final[dict[str, dict[str, str]]] = {
    "English": {"clinic": "{name}, {street}, {city}", "home": "At your home", "telehealth": "By video"},
    "Spanish": {"clinic": "{name}, {street}, {city}", "home": "En su casa", "telehealth": "Por video"},
}
"""Where a visit is, by its setting."""
