"""Structured logs: readable on a terminal, otherwise one JSON object per line.

The standard library's loggers take the same way. Every line passes a gate that limits the number
of lines of each kind (shared/base/log_gate.py).
"""

import importlib
import logging
import sys
from typing import Any, Final, Literal

from shared.base import log_gate
from shared.base.lean_structlog import structlog

_SHARED_PROCESSORS: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_NOISY_LOGGERS: Final = (
    "aiokafka",
    "faust",
    "mode",
    "httpx",
    "httpcore",
    "asyncio",
    "shared.service.worker",
    "shared.service.web_server",
)
"""Their information is about their own inner workings; warnings and errors pass."""
_SILENT_LOGGERS: Final = ("trafilatura",)
"""It warns about every page that is not an article; the step's drop reason already says so."""


def configure(
    service: str,
    *,
    level: str = "info",
    style: Literal["auto", "console", "json"] = "auto",
    broker: str = "",
) -> None:
    """Send all logs of this process to standard error, marked with the service's name.

    ``broker`` is the broker's address, which the lines about an outage name.
    """
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*_SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    is_for_people = style == "console" or (style == "auto" and sys.stderr.isatty())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED_PROCESSORS, processors=_build_renderers(is_for_people)
        )
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler.addFilter(log_gate.open_gate(broker))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for noisy in _NOISY_LOGGERS:
        logging.getLogger(noisy).setLevel(max(logging.WARNING, threshold))
    for silent in _SILENT_LOGGERS:
        logging.getLogger(silent).setLevel(logging.CRITICAL)


def get(name: str) -> Any:
    """Return a logger; call it like ``log.info("batch committed", records=3)``."""
    return structlog.stdlib.get_logger(name)


def broker_lost(seconds: float, cause: str) -> None:
    """Report that a probe has had no answer from the broker for so many seconds.

    The log then says so once and holds back the Kafka client's own lines.
    """
    for gate in log_gate.gates():
        gate.on_broker_lost(seconds, cause)


def broker_back() -> None:
    """Report that a probe had an answer: after an outage the log says once how long it was."""
    for gate in log_gate.gates():
        gate.on_broker_back()


def flush() -> None:
    """Write the counts of suppressed lines, because the process is about to end abruptly."""
    for gate in log_gate.gates():
        gate.flush()


def _build_renderers(is_for_people: bool) -> list[structlog.types.Processor]:
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if is_for_people:
        importlib.reload(structlog.dev)  # with rich this time (lean_structlog.py), for tracebacks
        # Without local variables, which may be tokens, addresses that are secrets, or whole pages.
        tracebacks = structlog.dev.RichTracebackFormatter(show_locals=False)
        colors = sys.stderr.isatty()
        return [strip, structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=tracebacks)]
    return [strip, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
