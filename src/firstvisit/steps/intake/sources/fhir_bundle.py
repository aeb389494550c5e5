"""The resources of a FHIR delivery, and what a reference in one of them points at. Pure.

References are resolved as hl7.org/fhir/R4/bundle.html#references and references.html#contained have it: "#x" within the
resource that holds it, a relative one under the address of its own entry, any other by the whole address. Where two
resources could be meant none is: whose something is, is never guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from firstvisit.kernel.errors import BadInput, Problem

MOST_RESOURCES: Final = 500
Resource = Mapping[str, Any]
NOTHING: Final[Resource] = {}


class Bundle:
    """The resources of a delivery, found by every name under which another may point at them."""

    def __init__(self, body: bytes) -> None:
        self.whole = _json(body)
        self.all: list[Resource] = []
        self._named: dict[str, list[Resource]] = {}
        self._base: dict[int, str] = {}
        self._holder: dict[int, Resource] = {}
        for full_url, resource in _resources(self.whole):
            self._add(full_url, resource)

    def _add(self, full_url: str, resource: Resource) -> None:
        held = list(every(resource, "contained"))
        if len(self.all) + len(held) >= MOST_RESOURCES:
            raise BadInput([Problem("entry", f"has more than {MOST_RESOURCES} resources")])
        number, kind = str(resource.get("id", "")), str(resource.get("resourceType", ""))
        short = f"{kind}/{number}" if number else ""
        full_url = full_url.split("/_history/")[0]
        for mark in {full_url, short} - {""}:
            self._named.setdefault(mark, []).append(resource)
        base = full_url.removesuffix(short) if short and full_url.endswith(f"/{short}") else ""
        for each in (resource, *held):
            self.all.append(each)
            self._base[id(each)] = base
        for each in held:
            self._holder[id(each)] = resource

    def of(self, kind: str) -> list[Resource]:
        """Every resource of a kind, in the order sent."""
        return [resource for resource in self.all if resource.get("resourceType") == kind]

    def holder_of(self, resource: Resource) -> Resource:
        """The resource that contains this one; {} for one that stands by itself."""
        return self._holder.get(id(resource), NOTHING)

    def at(self, reference: object, inside: Resource) -> Resource:
        """What a reference that stands in `inside` points at; {} where it is not in the delivery, or could be two."""
        if not isinstance(reference, Mapping):
            return NOTHING
        stated = reference.get("reference")
        mark = stated.split("/_history/")[0] if isinstance(stated, str) else ""
        if mark.startswith("#"):
            holder = self.holder_of(inside) or inside
            held = [each for each in every(holder, "contained") if each.get("id") in (mark[1:], mark)]
            return holder if mark == "#" else _only(held)
        if not mark:
            return self._known_as(reference)
        base, relative = self._base.get(id(inside), ""), not mark.startswith(("urn:", "http:", "https:"))
        if relative and not base:
            return _only(self._named.get(mark, []))
        whole = self._named.get(f"{base}{mark}" if relative else mark)
        if whole:
            return _only(whole)
        # An entry without an address of its own is known by type and id alone.
        short = self._named.get("/".join(mark.split("/")[-2:]), ())
        return _only([each for each in short if not self._base.get(id(each))])

    def _known_as(self, reference: Resource) -> Resource:
        """What a reference names by its business identifier alone."""
        named = reference.get("identifier")
        value, system = (named.get("value"), named.get("system")) if isinstance(named, Mapping) else (None, None)
        if not value:
            return NOTHING
        return _only(
            [
                each
                for each in self.all
                if reference.get("type") in (None, each.get("resourceType"))
                and any(own.get("value") == value and own.get("system") == system for own in every(each, "identifier"))
            ]
        )


def every(resource: object, name: str) -> list[Resource]:
    """The members of a list that are objects; none where it is no list."""
    value = resource.get(name) if isinstance(resource, Mapping) else None
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def points(reference: object) -> bool:
    """Whether a reference points at something, here or elsewhere; one that has words only does not."""
    return isinstance(reference, Mapping) and bool(reference.get("reference") or reference.get("identifier"))


def _only(found: list[Resource]) -> Resource:
    """The one that is meant: the first where all say the same; {} where they differ, or nothing was found."""
    return found[0] if found and all(each == found[0] for each in found) else NOTHING


def _resources(value: Resource) -> Iterator[tuple[str, Resource]]:
    if value.get("resourceType") != "Bundle":
        yield "", value
        return
    for entry in every(value, "entry"):
        resource = entry.get("resource")
        if not isinstance(resource, Mapping):
            continue
        if resource.get("resourceType") == "Bundle":
            yield from _resources(resource)
        else:
            yield str(entry.get("fullUrl", "")), resource


def _json(body: bytes) -> Resource:
    try:
        value = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadInput([Problem("body", "is not valid JSON")]) from None
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise BadInput([Problem("body", "is no FHIR resource: resourceType is missing")])
    return value
