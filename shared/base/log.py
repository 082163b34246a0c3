"""Structured logs: readable on a terminal, one JSON object a line otherwise. The standard library's loggers go the same way.

All lines pass a gate that limits them by kind (shared/base/log_gate.py).
"""

import logging
import sys
from typing import Any, Literal

import structlog

from shared.base import log_gate

_SHARED: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(
    service: str,
    *,
    level: str = "info",
    style: Literal["auto", "console", "json"] = "auto",
    broker: str = "",
) -> None:
    """Send all logs of this process to standard error, marked with the service's name; ``broker`` is its address, for the lines of an outage."""
    plain = style == "console" or (style == "auto" and sys.stderr.isatty())
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=_last(plain))
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler.addFilter(log_gate.open_gate(broker))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for noisy in (
        "aiokafka",
        "faust",
        "mode",
        "httpx",
        "httpcore",
        "asyncio",
        "shared.service.worker",
        "shared.service.web_server",
    ):
        logging.getLogger(noisy).setLevel(
            max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()])
        )
    for silent in ("trafilatura", "htmldate"):
        logging.getLogger(silent).setLevel(
            logging.CRITICAL
        )  # they warn of every page that is none; the step's reason says it


def get(name: str) -> Any:
    """A logger; call it with an event and fields: ``log.info("batch committed", records=3)``."""
    return structlog.stdlib.get_logger(name)


def broker_lost(seconds: float, cause: str) -> None:
    """Tell the log that a probe has had no answer from the broker for so long: one line says so, and the clients' own are held back."""
    for gate in log_gate.gates():
        gate.on_broker_lost(seconds, cause)


def broker_back() -> None:
    """Tell the log that a probe got an answer from the broker: after an outage one line says how long it was."""
    for gate in log_gate.gates():
        gate.on_broker_back()


def flush() -> None:
    """Write the counts of lines that were held back, because this process is about to end without ceremony."""
    for gate in log_gate.gates():
        gate.flush()


def _last(plain: bool) -> list[structlog.types.Processor]:
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if plain:
        return [strip, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    return [strip, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
