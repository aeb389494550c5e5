"""Where an agreed first visit is to be and with whom, as the desk says it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from firstvisit.kernel.errors import Problem
from firstvisit.practice.shape import Practice, Resource


@dataclass(frozen=True, slots=True)
class Visit:
    """A site and a clinician of the practice by their slugs; "" where nobody said."""

    site: str = ""
    clinician: str = ""


NOT_SAID: Final = Visit()


def clinicians(shape: Practice, disciplines: Collection[str] = ()) -> dict[str, Resource]:
    """Who may treat, by name: therapists and assistants, of these disciplines where any is known."""
    people = [one for one in shape.resources.values() if one.kind == "clinician"]
    fit = [one for one in people if not disciplines or set(one.disciplines) & set(disciplines)]
    return {one.slug: one for one in sorted(fit, key=lambda one: one.name)}


def evaluators(shape: Practice, disciplines: Collection[str] = ()) -> dict[str, Resource]:
    """Who may do a first visit: the same without assistants."""
    return {slug: one for slug, one in clinicians(shape, disciplines).items() if not one.assistant}


def labels(people: Mapping[str, Resource], shape: Practice) -> dict[str, str]:
    """Each as a list offers them: name, discipline, and where they work if there are several sites."""
    return {slug: _label(one, shape) for slug, one in people.items()}


def _label(one: Resource, shape: Practice) -> str:
    works = [shape.sites[slug].name for slug in one.sites if slug in shape.sites] if len(shape.sites) > 1 else []
    return ", ".join(part for part in (one.name, " and ".join(one.disciplines), " and ".join(works)) if part)


def problems(visit: Visit, shape: Practice) -> list[Problem]:
    """What cannot be: a site or somebody we do not have, an assistant, or somebody who does not work there."""
    found = []
    if visit.site and visit.site not in shape.sites:
        found.append(Problem("visit_site", "Choose one of our sites."))
    who = evaluators(shape).get(visit.clinician)
    if visit.clinician and who is None:
        found.append(Problem("visit_with", "Choose one of our therapists."))
    elif who is not None and visit.site in shape.sites and visit.site not in who.sites:
        where = shape.sites[visit.site].name
        found.append(Problem("visit_with", f"{who.name} does not work at {where}: choose another site or therapist."))
    return found


def in_words(visit: Visit, shape: Practice) -> str:
    """"at Madison, with Anna Berg", as far as it is known; whoever has left since is not named."""
    site, who = shape.sites.get(visit.site), shape.resources.get(visit.clinician)
    parts = (f"at {site.name}" if site else "", f"with {who.name}" if who else "")
    return ", ".join(part for part in parts if part)
