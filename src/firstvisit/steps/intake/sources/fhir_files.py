"""The files that a FHIR delivery brings or points at: DocumentReference, Binary, presented forms, attachments. Pure.

Attachment and Binary are as hl7.org/fhir/R4/datatypes.html#Attachment and /binary.html have them. A file stands in its
`data`, or in a Binary of the same delivery that its `url` names, or elsewhere; whether that is fetched, others decide.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.intake.sources.fhir_bundle import NOTHING, Bundle, Resource, every, points
from firstvisit.steps.intake.sources.fhir_record import patient_of

MOST_FILES: Final = 20
ABOUT: Final = ("subject", "for", "securityContext")
"""Where resources that bring files say whose they are."""
GIVEN: Final = ("supportingInfo", "reasonReference", "relevantHistory")
LARGEST: Final = 8 * 1024 * 1024
"""Bytes of one file that stands in a delivery."""


@dataclass(frozen=True, slots=True)
class Attached:
    """One file. `body` is there, or `url` says where it lies; `request` is the number of the ServiceRequest it belongs
    to, in the order sent, None where it does not say to which, or is about somebody else."""

    name: str
    media_type: str
    request: int | None = 0
    body: bytes = b""
    url: str = ""

    @property
    def mark(self) -> str:
        """What tells it from the others of its delivery; the same letter for two patients is two."""
        number = hashlib.sha256(self.body or self.url.encode()).hexdigest()
        return f"{number}|{self.request}" if self.request != 0 else number


def files_of(body: bytes) -> list[Attached]:
    """Every file of a delivery once, in the order met. BadInput where one cannot be decoded or there are too many."""
    bundle = Bundle(body)
    found: dict[str, Attached] = {}
    met: set[int] = set()
    for resource, attachment in _attachments(bundle):
        file = _file(bundle, resource, attachment, met)
        if file is not None:
            found.setdefault(file.mark, file)
    for binary in bundle.of("Binary"):
        if id(binary) not in met and (content := _decoded(binary.get("data"), "Binary.data")):
            file = Attached(_name(binary, binary), _text(binary, "contentType"), _request_of(bundle, binary), content)
            found.setdefault(file.mark, file)
    if len(found) > MOST_FILES:
        raise BadInput([Problem("entry", f"has more than {MOST_FILES} files")])
    return list(found.values())


def fetched(body: bytes, media_type: str) -> tuple[bytes, str]:
    """What was fetched as a file: itself, or what a FHIR server wraps into a Binary. BadInput where that is damaged."""
    if "json" not in media_type:
        return body, media_type
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return body, media_type
    if not isinstance(said, dict) or said.get("resourceType") != "Binary":
        return body, media_type
    content = _decoded(said.get("data"), "Binary.data")
    return content, _text(said, "contentType") or "application/octet-stream"


def _attachments(bundle: Bundle) -> Iterator[tuple[Resource, Resource]]:
    """Each attachment with the resource that has it."""
    for resource in bundle.all:
        kind = resource.get("resourceType")
        if kind == "DocumentReference" and resource.get("status") != "entered-in-error":
            yield from ((resource, _part(each, "attachment")) for each in every(resource, "content"))
        elif kind == "DiagnosticReport":
            yield from ((resource, each) for each in every(resource, "presentedForm"))
        elif kind == "Communication":
            yield from ((resource, _part(each, "contentAttachment")) for each in every(resource, "payload"))
        elif kind == "Task":
            yield from ((resource, _part(each, "valueAttachment")) for each in every(resource, "input"))
        elif kind == "Media":
            yield resource, _part(resource, "content")


def _file(bundle: Bundle, resource: Resource, attachment: Resource, met: set[int]) -> Attached | None:
    """The file of an attachment; None where it says nothing. `met` gathers the Binaries that one was found in."""
    url, kind = _text(attachment, "url"), _text(attachment, "contentType")
    content = _decoded(attachment.get("data"), f"{resource.get('resourceType')}.attachment.data")
    binary = bundle.at({"reference": url}, resource) if url else NOTHING
    if binary.get("resourceType") == "Binary":
        met.add(id(binary))
        content = content or _decoded(binary.get("data"), "Binary.data")
        kind, url = kind or _text(binary, "contentType"), ""
    if not content and not url:
        return None
    return Attached(
        _name(resource, attachment), kind or "application/octet-stream", _request_of(bundle, resource), content,
        "" if content else url,
    )  # fmt: skip


def _request_of(bundle: Bundle, resource: Resource) -> int | None:
    """The number of the request that a file's resource belongs to: about whose patient it says it is, whose it is
    given as (contained, supporting information, basis, focus), or the only patient's of the delivery. None where it is
    about somebody else, or could be more than one's."""
    requests = bundle.of("ServiceRequest")
    patients = [patient_of(bundle, each) for each in requests]
    about = next((ref for name in ABOUT if points(ref := resource.get(name))), None)
    own = [n for n, each in enumerate(requests) if _is_given(bundle, each, resource)]
    if about is not None:
        whose = bundle.at(about, resource)
        theirs = [n for n, each in enumerate(patients) if whose and (each == whose or requests[n] is whose)]
        own = [n for n in own if n in theirs] or theirs
        return own[0] if own else None
    if own:
        return own[0] if all(patients[n] == patients[own[0]] for n in own) else None
    return 0 if all(each == patients[0] for each in patients) else None


def _is_given(bundle: Bundle, request: Resource, resource: Resource) -> bool:
    """Whether a resource is given with a request: either points at the other, or contains it."""
    if bundle.holder_of(resource) is request or bundle.holder_of(request) is resource:
        return True
    if any(bundle.at(each, request) is resource for name in GIVEN for each in every(request, name)):
        return True
    ours = [resource.get("focus"), *every(resource, "basedOn"), *every(_part(resource, "context"), "related")]
    ours += every(resource, "about")
    return any(points(each) and bundle.at(each, resource) is request for each in ours)


def _decoded(data: object, where: str) -> bytes:
    if not isinstance(data, str) or not data:
        return b""
    try:
        content = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        raise BadInput([Problem(where, "is not base64")]) from None
    if len(content) > LARGEST:
        raise BadInput([Problem(where, f"is larger than {LARGEST // 1024 // 1024} MB")])
    return content


def _name(resource: Resource, attachment: Resource) -> str:
    """What a file is called: its title, else what its resource says of it."""
    stated = _text(attachment, "title") or _text(resource, "description") or _text(_part(resource, "type"), "text")
    return (stated or str(resource.get("resourceType", "file")))[:120]


def _text(resource: Resource, name: str) -> str:
    value = resource.get(name)
    return value if isinstance(value, str) else ""


def _part(resource: Resource, name: str) -> Resource:
    value = resource.get(name)
    return value if isinstance(value, Mapping) else {}
