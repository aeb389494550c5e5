"""Half days in which somebody can come, in as many ways as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstvisit.steps.intake.understanding.values.half_days import DAYS, coming, half_days

WEEK = "mon tue wed thu fri"


def halves(text: str, *, asked: bool = True) -> list[str]:
    return list(half_days(coming(text, asked=asked)))


def written(short: str) -> list[str]:
    """"tue pm, fri" as half days: a day without a half is whole, a half without a day every weekday's."""
    out = []
    for part in filter(None, (part.split() for part in short.split(","))):
        half = [word for word in part if word in ("am", "pm")] or ["am", "pm"]
        days = [word for word in part if word in DAYS] or WEEK.split()
        out += [f"{day}_{each}" for day in days for each in half]
    return sorted(set(out), key=lambda key: (DAYS.index(key[:3]), key[4:]))


@pytest.mark.parametrize(
    ("said", "free"),
    [
        ("So Tuesdays or Thursdays in the afternoon", "tue thu pm"),
        ("any weekday except Wednesday, mornings", "mon tue thu fri am"),
        ("After school only", "pm"),
        ("Los martes y jueves por la mañana.", "tue thu am"),
        ("Saturday, or Friday in the afternoon.", "fri pm, sat"),
        ("Mondays through Thursdays, before lunch.", "mon tue wed thu am"),
        ("M-W-F mornings", "mon wed fri am"),
        ("MWF after 2", "mon wed fri pm"),
        ("T/Th, 9 to 11:30 am", "tue thu am"),
        ("Noon or after, Tuesday Thursday.", "tue thu pm"),
        ("Tues AM, Thurs PM", "tue am, thu pm"),
        ("weekday mornings", "am"),
        ("weekends only", "sat sun"),
        ("Mon-Fri between 1 and 4", "pm"),
        ("between 10 and 2 on Wednesdays", "wed"),
        ("Saturdays... we do Saturday mornings only", "sat am"),
        ("Mornings, they're useless after lunch.", "am"),
        ("Any day after 3:30, but never on a Friday", "mon tue wed thu pm"),
        ("Wednesdays or Fridays, he gets out of school at 2:45", "wed fri pm"),
        ("Not Thursdays. Mornings are better, he's sleepy after lunch.", "mon tue wed fri am"),
        ("Ten to noon is my sweet spot. And not Fridays, that's guild.", "mon tue wed thu am"),
        ("Lunes o miércoles, ya después de las tres.", "mon wed pm"),
        ("entre semana por la tarde", "pm"),
        ("cualquier día menos el martes, por la mañana", "mon wed thu fri am"),
        ("Not before noon, any weekday", "pm"),
        ("nothing after 11 please, Mondays", "mon am"),
        ("Mondays are out, Tuesday afternoons work", "tue pm"),
        ("I can't do mornings. Tuesdays and Wednesdays.", "tue wed pm"),
        ("I work Mondays and Tuesdays", ""),
        ("I can't do Mondays.", ""),
        ("Good morning", ""),
        ("Morning, this is Ida from the county.", ""),
        ("Good afternoon everyone.", ""),
        ("Trabajo en la tarde.", ""),
        ("Mornings are good.", "am"),
        ("weeknights after six", "pm"),
        ("lunch hour, Monday or Tuesday", "mon tue pm"),
        ("Thursday", "thu"),
        ("sat morning or sun", "sat am, sun"),
        ("Tuesday is the one afternoon I am off", "tue pm"),
        ("Mondays and Tuesdays, before noon. Thursday is her mother's day and Friday the van comes.", "mon tue am"),
        ("Wednesdays, he's out by one. Wednesday afternoon.", "wed pm"),
        ("Between shifts, ten to one or so. Not Mondays.", "tue wed thu fri am"),
        ("tuesdays and fridays after five shes at daycare in salem", "tue fri pm"),
        ("Tue 9-11, Thu 1-3", "tue am, thu pm"),
        ("martes y jueves por la tarde. El lunes no.", "tue thu pm"),
        ("Mondays he visits his grandma and Thursdays is play therapy. Tuesday or Wednesday, in the morning.", "tue wed am"),
        ("Wednesday is Bible study. So a Monday or a Friday, and he doesn't get out of school till 2:15.", "mon fri pm"),
        ("Monday and Thursday. I teach until two o'clock, so after that.", "mon thu pm"),
        ("I don't work Tuesdays, so Tuesdays.", "tue"),
        ("Tuesdays don't work. Friday is my only day off.", "fri"),
        ("Wednesday mornings are wide open", "wed am"),
        ("Tuesdays he has soccer, any other day after 3", "mon wed thu fri pm"),
        ("Descanso los viernes, o entre semana ya después de las 5 de la tarde.", "fri, mon tue wed thu pm"),
        ("He can't be there before ten, any weekday", "mon tue wed thu fri"),
        ("Thursday I get off at noon", "thu pm"),
    ],
)  # fmt: skip
def test_asked_when_somebody_can_come(said: str, free: str) -> None:
    assert halves(said) == written(free) if free else halves(said) == []


@pytest.mark.parametrize(
    ("said", "free"),
    [
        ("We can do Monday afternoons.", "mon pm"),
        ("Any morning but Friday.", "mon tue wed thu am"),
        ("any weekday afternoon works (she is in preschool 8:30-12)", "pm"),
        ("mornings, Tuesday through Friday all work", "tue wed thu fri am"),
        ("I can do 8-10:30 on weekdays", "am"),
        ("dialysis M/W/F, so T Th any time", "tue thu"),
        ("After three on Mondays and Fridays is when I have the truck.", "mon fri pm"),
        ("I'd need after four thirty, any day but Tuesday.", "mon wed thu fri pm"),
        ("three or later monday or friday she cant do tuesdays", "mon fri pm"),
        ("she's in on Mondays and Wednesdays", "mon wed"),
        ("Fridays are the only day I have a ride.", "fri"),
        ("Two weeks ago, a Saturday. It frightened us.", ""),
        ("The splint came off Wednesday.", ""),
        ("They take the pins out Monday", ""),
        ("I am free Tuesdays and Fridays before noon", "tue fri am"),
        ("Our van can bring him Monday - Thursday between 9 and 11:30.", "mon tue wed thu am"),
        ("We have staff to drive any weekday morning.", "am"),
        ("Tuesday and Thursday mornings work with naps", "tue thu am"),
        ("Fridays are best for us", "fri"),
        ("They discharged him Friday.", ""),
        ("they are sending him home friday and want therapy at the house", ""),
        ("He is back in the office Thursday.", ""),
        ("her doctor's office submitted it Monday", ""),
        ("My surgery is Tuesday the 9th.", ""),
        ("was gonna start PT Monday with you guys", ""),
        ("Buenas tardes, terapia física", ""),
        ("She fell on Sunday evening.", ""),
        ("Please call me Monday morning.", ""),
        ("We sat in the sun", ""),
        ("Our office hours are Monday to Friday, 8 to 5.", ""),
        ("I am seen by Dr. Reyes every Tuesday morning since June", ""),
        ("It won't start for me till two years from now", ""),
        ("I want to work on his R sounds", ""),
        ("I teach swimming. Monday Wednesday Friday mornings, they got a girl filling in for me. So let me come Tuesday or Thursday mornings.", "tue thu am"),
    ],
)
def test_told_by_the_way(said: str, free: str) -> None:
    assert halves(said, asked=False) == (written(free) if free else [])


@given(st.text(alphabet="montuewdfriams0129:,.- apmnot", max_size=80), st.booleans())
def test_whatever_is_said_gives_half_days_and_places_in_it(said: str, asked: bool) -> None:
    told = coming(said, asked=asked)
    assert all(0 <= each.start < each.end <= len(said) for each in told)
    assert all(key[:3] in DAYS and key[3:] in ("_am", "_pm") for key in half_days(told))
