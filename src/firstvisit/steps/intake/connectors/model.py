"""A language model behind an OpenAI-compatible address: POST {address}/chat/completions, one answer, no stream.

The shape is that of OpenAI's API reference (platform.openai.com/docs/api-reference/chat), which llama.cpp, Ollama, vLLM
and LM Studio serve as well. Never called inside a transaction.
"""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings

from firstvisit.kernel import addresses
from firstvisit.kernel.errors import ConnectorError

LARGEST: Final = 256 * 1024
"""Bytes of an answer that are read."""
MOST_TOKENS: Final = 1200
BOTH_WAYS: Final = 2
"""What ends a socket in both directions (SHUT_RDWR), so that a reader that waits at it returns."""
_LATER: Final = frozenset({408, 409, 425, 429})


def name() -> str:
    """How the model is called that is asked, "" where none is named."""
    return settings.ENVIRONMENT.model_name if settings.ENVIRONMENT.model_url else ""


def host() -> str:
    """Whose machine it runs on."""
    return urlsplit(settings.ENVIRONMENT.model_url).hostname or ""


def is_ours() -> bool:
    """Whether nothing leaves our own machines and network; then no vendor's agreement is needed."""
    return addresses.is_ours(host())


def ask(messages: list[dict[str, str]], *, seconds: float) -> str:
    """What the model answers, whole, within `seconds` from first to last byte. ConnectorError, temporary where a later
    try may succeed; its words hold nothing of question or answer."""
    environment = settings.ENVIRONMENT
    parts = urlsplit(environment.model_url)
    if parts.scheme != "https" and not is_ours():
        raise ConnectorError("the model is asked over TLS only", temporary=False)
    body = {
        "model": environment.model_name,
        "messages": messages,
        "temperature": 0,
        "max_tokens": MOST_TOKENS,
        "response_format": {"type": "json_object"},
        "stream": False,
    }
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if environment.model_key:
        headers["Authorization"] = f"Bearer {environment.model_key}"
    status, answer = _posted(environment.model_url, json.dumps(body).encode(), headers, seconds)
    if status != 200:
        raise ConnectorError(f"the model answers {status}", temporary=status >= 500 or status in _LATER)
    return _content(answer)


def _posted(url: str, body: bytes, headers: dict[str, str], seconds: float) -> tuple[int, bytes]:
    """Status and body of one POST, within `seconds` all in all."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=seconds)
    late = threading.Event()
    too_long = f"the model took longer than {seconds:g} seconds"

    def end() -> None:
        late.set()
        if line.sock is not None:
            line.sock.shutdown(BOTH_WAYS)

    try:
        line.connect()
        bell = threading.Timer(seconds, end)  # a server that drips byte after byte never meets the socket's own timeout
        bell.start()
        try:
            line.request("POST", f"{parts.path}/chat/completions", body, headers)
            answer = line.getresponse()
            content = answer.read(LARGEST + 1)
        finally:
            bell.cancel()
    except ssl.SSLError:
        raise ConnectorError("the model’s certificate is not one we trust", temporary=False) from None
    except (OSError, http.client.HTTPException) as error:
        slow = late.is_set() or isinstance(error, TimeoutError)
        words = too_long if slow else f"the model does not answer ({type(error).__name__})"
        raise ConnectorError(words, temporary=True) from None
    finally:
        line.close()
    if late.is_set():
        raise ConnectorError(too_long, temporary=True)
    if len(content) > LARGEST:
        raise ConnectorError("the model’s answer is too large", temporary=False)
    return answer.status, content


def _content(answer: bytes) -> str:
    """The words of the first choice."""
    try:
        said: Any = json.loads(answer)
        words = said["choices"][0]["message"]["content"]
    except (ValueError, RecursionError, KeyError, IndexError, TypeError):
        raise ConnectorError("the model’s answer is not of the shape that was agreed", temporary=True) from None
    if not isinstance(words, str):
        raise ConnectorError("the model’s answer holds no words", temporary=True)
    return words
