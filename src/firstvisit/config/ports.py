"""The ports of 127.0.0.1 that a run listens on; asked before it makes or changes anything. Needs no settings."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from firstvisit.config.env import DEMO_EMR, DEMO_HL7, DEMO_MAILBOX, DEMO_PAYER, Environment
from firstvisit.kernel.errors import ConfigurationError


def smtp_port(environment: Environment) -> int:
    """Where mail is handed in; in the demo its own mail server listens there."""
    return urlsplit(environment.smtp_url).port or 25


def beside_the_web(environment: Environment) -> tuple[int, ...]:
    """What the demo serves beside the web: mail handed in, its mailbox, HL7, the sandbox payer and EMR."""
    above = (DEMO_MAILBOX, DEMO_HL7, DEMO_PAYER, DEMO_EMR)
    return smtp_port(environment), *(environment.port + each for each in above)


def refuse_taken(environment: Environment, *more_ports: int) -> None:
    """ConfigurationError when we could not listen on the web's port or one of `more_ports`, whoever has it."""
    web = environment.port
    for port in (web, *more_ports):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                beside = "" if port == web else f"; it lies {port - web} above the web port {web}"
                said = f"Port {port} on 127.0.0.1 cannot be used ({error.strerror}){beside}"
                own = ", ".join(str(each - web) for each in more_ports)
                beside = f" A demo takes its web port and those {own} above it." if more_ports else ""
                raise ConfigurationError([f"{said}; choose another with --port.{beside}"]) from None
