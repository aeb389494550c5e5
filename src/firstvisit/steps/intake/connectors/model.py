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
from firstvisit.kernel.deadlines import within
from firstvisit.kernel.errors import ConnectorError

LARGEST: Final = 256 * 1024
"""Bytes of an answer that are read."""
MOST_TOKENS: Final = 1200
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
    too_long = ConnectorError(f"the model took longer than {seconds:g} seconds", temporary=True)
    late = threading.Event()
    try:
        with within(seconds, line) as late:
            line.request("POST", f"{parts.path}/chat/completions", body, headers)
            with line.getresponse() as answer:
                content = answer.read(LARGEST + 1)
    except ssl.SSLError:
        raise ConnectorError("the model’s certificate is not one we trust", temporary=False) from None
    except (OSError, http.client.HTTPException) as error:
        if late.is_set() or isinstance(error, TimeoutError):
            raise too_long from None
        raise ConnectorError(f"the model does not answer ({type(error).__name__})", temporary=True) from None
    finally:
        line.close()
    if late.is_set():
        raise too_long
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
