"""Twilio: text messages, calls, recordings and transcriptions, all to one address. Pure.

Signed as Twilio describes it ("Webhooks security": HMAC-SHA1 over the full address and the sorted form fields, in
base64; for JSON over the address alone, whose query holds `bodySHA256`). Fields are those of the OpenAPI of api.v2010
and of the TwiML pages for incoming messages, voice, recording and transcription callbacks.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.sax.saxutils import escape, quoteattr

from pydantic import BaseModel, ConfigDict, Field

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.intake.sources.delivery import Delivery, Media, Received, What, WrongSignature

STOP: Final = frozenset("STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT ARRET ALTO PARAR".split())
START: Final = frozenset({"START", "YES", "UNSTOP"})
HELP: Final = frozenset({"HELP", "INFO", "AYUDA"})
_MISSED: Final = {
    "no-answer": "nobody answered", "busy": "the line was busy", "failed": "it failed", "canceled": "they hung up",
}  # fmt: skip
_OUTGOING: Final = frozenset(
    "queued sending sent delivered undelivered failed read accepted scheduled canceled".split()
)


class Settings(BaseModel):
    """An account at Twilio. `greeting` is said to whoever calls, after which a message is recorded; empty: calls are
    only noted. `media_host` is where recordings and pictures are fetched from, `api` where it is asked for counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: Annotated[str, Field(max_length=40)] = ""
    media_host: Annotated[str, Field(max_length=80)] = "api.twilio.com"
    api: Annotated[str, Field(max_length=120)] = "https://api.twilio.com"
    greeting: Annotated[str, Field(max_length=500)] = ""
    longest_seconds: Annotated[int, Field(ge=10, le=600)] = 180


def verify(delivery: Delivery, secrets: Mapping[str, str], settings: Settings) -> None:
    """WrongSignature unless it was signed with the account's auth token."""
    stated, token = delivery.headers.get("x-twilio-signature", ""), secrets.get("auth_token", "")
    if not stated or not token:
        raise WrongSignature("the header X-Twilio-Signature is missing" if token else "no auth token is kept yet")
    signed = delivery.url
    if _kind(delivery) == "application/x-www-form-urlencoded":
        pairs = parse_qsl(delivery.body.decode("utf-8", "replace"), keep_blank_values=True)
        signed += "".join(name + value for name, value in sorted(set(pairs)))
    else:
        digest = parse_qs(urlsplit(delivery.url).query).get("bodySHA256", [""])[0]
        if not hmac.compare_digest(digest.encode(), hashlib.sha256(delivery.body).hexdigest().encode()):
            raise WrongSignature("the body is not the one that was signed")
    made = base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest())
    if not hmac.compare_digest(stated.encode(), made):
        raise WrongSignature("the signature in X-Twilio-Signature does not match")


def parse(delivery: Delivery, settings: Settings, *, today: date, programs: Collection[str]) -> list[Received]:
    """A text, its pictures, a call, a recording or a transcription; the state of one of ours is a notice."""
    said = _fields(delivery)
    if settings.account and said.get("AccountSid") not in (None, settings.account):
        raise BadInput([Problem("AccountSid", "is another account")])
    if sid := said.get("TranscriptionSid"):
        return [_transcribed(sid, said)]
    if sid := said.get("RecordingSid"):
        done = said.get("RecordingStatus", "completed") == "completed"
        return [_recorded(sid, said) if done else _notice(f"{sid}|{said['RecordingStatus']}", said)]
    if sid := said.get("MessageSid") or said.get("SmsSid"):
        state = said.get("MessageStatus") or said.get("SmsStatus", "")
        return [_notice(f"{sid}|{state}", said)] if state in _OUTGOING else _texted(sid, said)
    if sid := said.get("CallSid"):
        return [_called(sid, said)]
    raise BadInput([Problem("body", "is neither a message nor a call nor a recording")])


def answer(delivery: Delivery, settings: Settings) -> tuple[str, str]:
    """What Twilio is told to do: nothing, or to greet whoever calls and record what they say."""
    said = _fields(delivery)
    rings = "CallSid" in said and said.get("CallStatus") in ("ringing", "in-progress") and "RecordingSid" not in said
    words = '<?xml version="1.0" encoding="UTF-8"?><Response>'
    if rings and settings.greeting and said.get("Direction", "inbound") == "inbound":
        call = f"recordingStatusCallback={quoteattr(delivery.url)} transcribeCallback={quoteattr(delivery.url)}"
        words += f"<Say>{escape(settings.greeting)}</Say>"
        words += f'<Record maxLength="{settings.longest_seconds}" playBeep="true" transcribe="true" {call}/>'
    return "text/xml", f"{words}</Response>"


def signs(secrets: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """The account's name and token, as HTTP's basic authorization."""
    pair = f"{settings.account}:{secrets.get('auth_token', '')}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def lists(settings: Settings, day: date) -> list[str]:
    """Where Twilio tells what it brought on a day (UTC): messages, recordings, calls."""
    account = f"{settings.api}/2010-04-01/Accounts/{settings.account}"
    return [
        f"{account}/Messages.json?DateSent={day}&PageSize=1000",
        f"{account}/Recordings.json?DateCreated={day}&PageSize=1000",
        f"{account}/Calls.json?StartTime={day}&PageSize=1000",
    ]


def told(answer: bytes, settings: Settings) -> tuple[list[tuple[What, str]], str]:
    """One page of such a list: what should be here, by our marks, and where the next page is ("" at the end)."""
    page = json.loads(answer)
    found: list[tuple[What, str]] = []
    for each in page.get("messages") or []:
        if each.get("direction") != "inbound":
            continue
        media = int(each["num_media"]) if str(each.get("num_media", "")).isdecimal() else 0
        if str(each.get("body") or "").strip() or not media:
            found.append(("text", each["sid"]))
        found += [("document", f"{each['sid']}|{number}") for number in range(min(media, 10))]
    found += [("call", each["sid"]) for each in page.get("recordings") or [] if each.get("status") == "completed"]
    for each in page.get("calls") or []:
        if each.get("direction") == "inbound" and each.get("status") in _MISSED:
            found.append(("document", f"{each['sid']}|missed"))
    more = page.get("next_page_uri")
    return found, f"{settings.api}{more}" if more else ""


def word_of(text: str, stated: str = "") -> str:
    """"stop", "start", "help" or "": by the carrier's own judgement, else by the one word that was sent."""
    if stated.upper() in ("STOP", "START", "HELP"):
        return stated.lower()
    word = text.strip().strip(".!' ").upper().replace("OPT OUT", "OPTOUT").replace("STOP ALL", "STOPALL")
    return "stop" if word in STOP else "start" if word in START else "help" if word in HELP else ""


def _texted(sid: str, said: Mapping[str, str]) -> list[Received]:
    words = said.get("Body", "")
    about = {"from": said.get("From", ""), "to": said.get("To", ""), "word": word_of(words, said.get("OptOutType", ""))}
    stated = said.get("NumMedia", "")
    count = int(stated) if stated.isdecimal() else 0
    found = []
    for number in range(min(count, 10)):
        url, kind = said.get(f"MediaUrl{number}", ""), said.get(f"MediaContentType{number}", "")
        name = f"{sid}-{number + 1}{_ending(kind)}"
        told = {**about, "with": sid, "text": words}
        found.append(_to_fetch(f"{sid}|{number}", "document", "sms", url, kind, name, told))
    if words.strip() or not found:
        found.insert(0, Received("text", sid, "sms", words.encode(), "text/plain", f"{sid}.txt", about=about))
    return found


def _recorded(sid: str, said: Mapping[str, str]) -> Received:
    about = {name: said.get(field, "") for name, field in _CALL.items()}
    return _to_fetch(sid, "call", "voice", f"{said.get('RecordingUrl', '')}.mp3", "audio/mpeg", f"{sid}.mp3", about)


def _transcribed(sid: str, said: Mapping[str, str]) -> Received:
    about = {name: said.get(field, "") for name, field in _CALL.items()} | {"recording": said.get("RecordingSid", "")}
    if said.get("TranscriptionStatus", "completed") != "completed":
        return _notice(sid, said)
    words = said.get("TranscriptionText", "")
    return Received(
        "document", sid, "voice", f"Caller: {words}\n".encode(), "text/plain", f"{sid}.txt", about=about,
        goes_with=about["recording"],
    )  # fmt: skip


def _called(sid: str, said: Mapping[str, str]) -> Received:
    """A call that nobody took is a document: somebody must call back. Any other state of a call is a notice."""
    state = said.get("CallStatus", "")
    if said.get("Direction", "inbound") != "inbound" or state not in _MISSED:
        return _notice(f"{sid}|{state}", said)
    words = f"Missed call from {said.get('From', 'an unknown number')}: {_MISSED[state]}.\n"
    about = {name: said.get(field, "") for name, field in _CALL.items()}
    return Received("document", f"{sid}|missed", "voice", words.encode(), "text/plain", "missed-call.txt", about=about)


_CALL: Final = {"from": "From", "to": "To", "call": "CallSid", "seconds": "RecordingDuration"}


def _to_fetch(
    mark: str, what: Any, source: str, url: str, kind: str, name: str, about: Mapping[str, str]
) -> Received:
    """Something that lies with Twilio still; until it is here its address is what is kept."""
    body = json.dumps({"url": url}).encode()
    return Received(what, mark, source, body, "application/json", name, media=(Media(url, name, kind),), about=about)


def _notice(mark: str, said: Mapping[str, str]) -> Received:
    return Received("notice", mark, "voice" if "CallSid" in said else "sms")


def _fields(delivery: Delivery) -> dict[str, str]:
    if _kind(delivery) != "application/json":
        return dict(parse_qsl(delivery.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=300))
    try:
        value = json.loads(delivery.body)
    except ValueError:
        raise BadInput([Problem("body", "is not valid JSON")]) from None
    return {str(name): str(each) for name, each in value.items()} if isinstance(value, dict) else {}


def _kind(delivery: Delivery) -> str:
    return delivery.headers.get("content-type", "").partition(";")[0].strip().lower()


def _ending(kind: str) -> str:
    return {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf", "audio/mpeg": ".mp3"}.get(kind, "")
