"""One section of a draft as a form: saved whole or not at all, with every problem at its field.

`at` is the path of the part that is edited; long entries of a list (a factor, a question) have a page of their own.
What was typed stays whatever is wrong with it, also when somebody else changed the draft in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from pydantic import BaseModel, ValidationError

from firstvisit.journey.signing import with_tasks
from firstvisit.kernel import audit
from firstvisit.kernel.errors import ConfigurationError, Conflict, NotAllowed
from firstvisit.practice import drafting, policy, problems, queries
from firstvisit.practice.drafting import Overtaken
from firstvisit.practice.models import PolicyVersion, User
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.rules import choosing, versions
from firstvisit.web.staff.rules.difference import Difference, differences
from firstvisit.web.staff.rules.tree import Node, blank, find, node, read, section
from firstvisit.web.staff.screen import screen, staff

LIST_VERBS: Final = ("add", "drop", "up", "look")


@require_http_methods(["GET", "POST"])
@screen("practice.see")
def edit(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Show one section of a version; of a draft, take what was typed."""
    version = PolicyVersion.objects.filter(number=number).first()
    model = policy.registered().get(name)
    if version is None or model is None:
        raise NotAllowed("practice.see")
    at = request.POST.get("at", request.GET.get("at", ""))
    value = policy.read(version.sections, number).as_json()[name]
    editor = Editor(request, version, name, model, at, value)
    if at:
        editor.inner()  # refuses a path that is not there
    if request.method == "GET":
        return editor.page()
    if not staff(request).may("practice.edit") or version.status != PolicyVersion.Status.DRAFT:
        raise NotAllowed("practice.edit")
    return editor.posted()


class Editor:
    """One request for one section."""

    def __init__(
        self,
        request: HttpRequest,
        version: PolicyVersion,
        name: str,
        model: type[BaseModel],
        at: str,
        value: dict[str, Any],
    ) -> None:
        self.request, self.version, self.name, self.model, self.at = request, version, name, model, at
        self.value = value
        self.errors: dict[str, str] = {}
        self.general: list[str] = []
        self.unsaved = self.overtaken = ""
        self.edits = version.edits

    @property
    def user(self) -> User:
        return staff(self.request)

    def inner(self) -> Any:
        """The type at `at`. NotAllowed when there is none, or the entry is neither there nor the next one."""
        try:
            annotation, _ = find(self.model, self.at)
            parent, _, last = self.at.rpartition(".")
            entries = _get(self.value, parent)
            if last.isdecimal() and int(last) == len(entries):
                entries.append(blank(annotation))
            _get(self.value, self.at)
        except (LookupError, TypeError, ValueError):
            raise NotAllowed("practice.see") from None
        return annotation

    def posted(self) -> HttpResponse:
        """Put what was typed into the section; then change a list, or save."""
        typed = {name: self.request.POST.getlist(name) for name in self.request.POST}
        self._take(typed)
        verb, _, path = self.request.POST.get("do", "save").partition(":")
        if verb in LIST_VERBS:
            self._change_list(verb, path)
            if self.request.POST.get("whole") != "1":
                self.unsaved = "Not saved yet."
                return self.page()
        text = self.request.POST.get("edits", "")
        seen = int(text) if text.isdecimal() and len(text) < 9 else self.version.edits
        return self._save(seen)

    def _take(self, typed: dict[str, list[str]]) -> None:
        if self.at:
            annotation, _ = find(self.model, self.at)
            parent, _, last = self.at.rpartition(".")
            holder = _get(self.value, parent)
            key = int(last) if last.isdecimal() else last
            holder[key] = read(annotation, self.at, holder[key], typed)
        else:
            self.value = read(self.model, "", self.value, typed)

    def _change_list(self, verb: str, path: str) -> None:
        if verb == "look":  # the answers of a fact just chosen
            return
        try:
            if verb == "add":
                annotation, _ = find(self.model, f"{path}.0")
                _get(self.value, path).append(blank(annotation))
                return
            parent, _, last = path.rpartition(".")
            entries, place = _get(self.value, parent), int(last)
            entry = entries.pop(place)
            if verb == "up":
                entries.insert(max(place - 1, 0), entry)
        except (LookupError, TypeError, ValueError):
            self.general.append("This entry is not there any more.")

    def _save(self, seen: int) -> HttpResponse:
        if not self._valid():
            return self.page(422)
        try:
            number, changes = self.version.number, {self.name: self.value}
            saved = with_tasks(
                lambda: drafting.change_draft(number, by=self.user, edits=seen, changes=changes)
            )
        except Overtaken as error:
            self.overtaken = str(error)
            return self.page(409)
        except (Conflict, ConfigurationError) as error:
            self.general.append(str(error))
            return self.page(409)
        why = f"version {saved.number}, {self.name}"
        audit.note(actor_of(self.request), "rules_changed", "rules", [], why=why)
        where = reverse("rules_section", args=[saved.number, self.name])
        whole = self.request.POST.get("whole") == "1" or not self.at
        query = "?" + urlencode({"saved": 1} | ({} if whole else {"at": self.at}))
        return HttpResponseRedirect(where + query, status=303)

    def _valid(self) -> bool:
        try:
            model = self.model.model_validate(self.value)
        except ValidationError as error:
            self._errors(problems.located(error))
            return False
        rules = policy.Policy(0, {self.name: model})
        found = policy.unmet(rules, drafting.ground(), self.name)
        prefix = f"{self.name}, "
        self._errors([(problems.path_of(p.field.removeprefix(prefix)), p.message) for p in found])
        return not found

    def _errors(self, found: list[tuple[str, str]]) -> None:
        """At the field where it stands on this page; everything else at the top."""
        shown = {one.path for one in _all(self.nodes())}
        for path, message in found:
            near = path
            while near and near not in shown:
                near = near.rpartition(".")[0]
            sentence = f"{message[:1].upper()}{message[1:]}"
            if near:
                self.errors[near] = sentence
            else:
                self.general.append(sentence)

    def nodes(self) -> list[Node]:
        live = queries.live_policy().as_json().get(self.name)
        chosen = choosing.choices(queries.practice(), self.value)
        if not self.at:
            return section(self.model, self.value, live, self.errors, chosen)
        annotation, info = find(self.model, self.at)
        try:
            was = _get(live, self.at)
        except (LookupError, TypeError, ValueError):
            was = None
        return [node(annotation, info, self.at, _get(self.value, self.at), was, self.errors, chosen)]

    def _points(self, nodes: list[Node]) -> dict[str, Any]:
        """The scorecard as one table of points, and its thresholds; they leave the list of fields below."""
        by_path = {one.path: one for one in _all(nodes)}
        factors = [
            {
                "label": by_path[f"{factor.path}.label"].value,
                "at": factor.path,
                "bands": [
                    {"text": by_path[f"{band.path}.text"].value, "points": by_path[f"{band.path}.points"]}
                    for band in by_path[f"{factor.path}.bands"].children
                ],
            }
            for factor in by_path["factors"].children
        ]
        nodes[:] = [one for one in nodes if one.path not in ("low", "high")]
        return {"factors": factors, "low": by_path["low"], "high": by_path["high"]}

    def page(self, status: int = 200) -> HttpResponse:
        draft = self.version.status == PolicyVersion.Status.DRAFT
        stored = PolicyVersion.objects.get(number=self.version.number)
        nodes = self.nodes()
        wrong = list(_wrong(nodes))
        title, sentence = versions.titled(self.name)
        context = {
            "version": self.version,
            "edits": stored.edits if self.overtaken else self.request.POST.get("edits", stored.edits),
            "name": self.name,
            "title": title,
            "sentence": sentence,
            "at": self.at,
            "nodes": nodes,
            "points": self._points(nodes) if self.name == "qualify" and not self.at else None,
            "may": draft and self.user.may("practice.edit"),
            "draft": draft,
            "wrong": wrong,
            "general": self.general,
            "unsaved": self.unsaved,
            "overtaken": self.overtaken,
            "between": self._between(stored) if self.overtaken else [],
            "saved": "saved" in self.request.GET and not wrong,
        }
        return render(self.request, "staff/rules/section.html", context, status=status)

    def _between(self, stored: PolicyVersion) -> list[Difference]:
        """What differs between what is stored now and what was typed, both as the section reads them."""
        sections = (stored.sections, {**stored.sections, self.name: self.value})
        was, now = (policy.read(each, stored.number).as_json()[self.name] for each in sections)
        return differences(self.model, was, now, choosing.choices(queries.practice(), now))


def _get(value: Any, path: str) -> Any:
    for step in path.split(".") if path else ():
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _wrong(nodes: list[Node], inside: tuple[str, ...] = ()) -> Iterator[dict[str, str]]:
    """What is wrong, each with where it stands ("Factors, Distance, Bands, 2, Points") and the address of its field."""
    for one in nodes:
        here = (*inside, one.called or one.label)
        if one.error:
            yield {"id": one.id, "label": ", ".join(here), "error": one.error}
        yield from _wrong(one.children, here)


def _all(nodes: list[Node]) -> list[Node]:
    return [one for top in nodes for one in (top, *_all(top.children))]
