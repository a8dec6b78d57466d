"""Where a broker is, and what a run is called there: checked before anything is opened."""

from __future__ import annotations

import logging
import re
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from actors.errors import UsageError

if TYPE_CHECKING:
    from pika import URLParameters

__all__ = ["check_run", "new_run", "parameters_of", "unreachable", "where"]

HEARTBEAT_S: Final = 5  # a silent peer is given up after three of them
BLOCKED_S: Final = 300  # the longest memory or disk alarm that a connection sits out
CONNECT_S: Final = 5
MAX_RUN: Final = 64
_RUN: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.-]{{0,{MAX_RUN - 1}}}")
_NOT_IN_RUN: Final = re.compile(r"[^A-Za-z0-9_.-]+")


def parameters_of(url: str) -> URLParameters:
    """What the client library connects with.

    Raises:
        UsageError: the URL is none of a broker's, or the extra `rabbitmq` is not installed.
    """
    try:
        from pika import URLParameters  # noqa: PLC0415 — the extra may be missing
    except ImportError as error:
        raise UsageError("RabbitMQ needs its extra: pip install 'stocksim[rabbitmq]'") from error
    # Every loss would be an error of the library's, with a traceback; we tell of them ourselves.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    if not url.startswith(("amqp://", "amqps://")):
        raise UsageError("--broker is not an AMQP URL: write amqp://USER:PASSWORD@HOST:5672/")
    try:
        parameters = URLParameters(url)
    except (ValueError, TypeError, KeyError, SyntaxError) as error:
        raise UsageError(
            "--broker cannot be read: write amqp://USER:PASSWORD@HOST:5672/VHOST"
        ) from error
    if parameters.heartbeat is None:
        parameters.heartbeat = HEARTBEAT_S
    parameters.blocked_connection_timeout = BLOCKED_S
    parameters.socket_timeout = parameters.stack_timeout = CONNECT_S
    parameters.connection_attempts = 1  # trying again is ours: it is told, and can be ended
    return parameters


def where(parameters: URLParameters) -> str:
    """Host, port and virtual host, fit for a log: no user, no password."""
    return f"{parameters.host}:{parameters.port}, virtual host {parameters.virtual_host!r}"


def unreachable(place: str, why: str, tried: str) -> str:
    """What to say of a broker that cannot be reached."""
    return (
        f"no RabbitMQ at {place}: {why}; {tried}. Is it running, and are host, port, user, "
        "password and virtual host in --broker right?"
    )


def check_run(run: str) -> str:
    """The run id, if it can be one.

    Raises:
        UsageError: it is empty, too long, or would not do in a queue's name.
    """
    if not _RUN.fullmatch(run):
        raise UsageError(
            f"{run!r} cannot name a run: up to {MAX_RUN} letters, digits, '_', '-' and '.', "
            "beginning with a letter or digit"
        )
    return run


def new_run(scenario: str) -> str:
    """A run id that nobody has had before, which says what ran and when."""
    name = _NOT_IN_RUN.sub("-", scenario).strip("-._")[:30] or "run"
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return f"{name}-{moment}-{secrets.token_hex(2)}"
