"""Decide which log lines of this process are written, both ours and the libraries'.

An outage of the broker is two lines: its start and its end. What the Kafka client retries by itself
is left out unless it persists. All other lines are limited by kind (shared/base/log_limit.py), so
that no fault can fill a disk.
"""

import atexit
import contextvars
import logging
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.base.lean_structlog import structlog
from shared.base.log_limit import HeldBack, LogKind, LogLimit
from shared.base.recurrence import RecurrenceTracker
from shared.kafka.client_log import LineFamily, family
from shared.kafka.outage_log import OutageEnd, OutageLog, OutageStart

TICK_S: Final = 1.0
GATE_LOGGER: Final = "summitwire.log"
"""The logger of the gate's own lines, which are few and always pass."""
EVENT_LINES: Final = 60
"""Lines per window for all kinds of one event, or for one library's logger: the texts may all
differ, because every dead letter can have an error of its own."""
INFO_LINES: Final = 100
"""The same for lines of level info, which are not limited by kind."""
KIND_FIELDS: Final = ("stage", "fingerprint", "where")
"""Fields that make two lines of the same event different kinds; each has few values."""
TEXT_CHARACTERS: Final = 200
ANY_TEXT: Final = "any line of this logger"
_VARIABLE: Final = re.compile(r"0x[0-9a-f]+|\d+")


class LogGate(logging.Filter):
    """Decides which records a handler writes, and counts the others. Thread-safe."""

    def __init__(self, broker: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._broker, self._clock = broker, clock
        self._kinds, self._events, self._infos = self._limits = (
            LogLimit(),
            LogLimit(EVENT_LINES),
            LogLimit(INFO_LINES),
        )
        self._outage, self._recurrence = OutageLog(), RecurrenceTracker()
        self._lock = threading.RLock()
        self._log = structlog.stdlib.get_logger(GATE_LOGGER)

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is to be written; a record that cannot be judged is."""
        if record.name == GATE_LOGGER or record.levelno < logging.INFO:
            return True
        try:
            with self._lock:
                return self._passes(record, self._clock())
        except Exception:  # noqa: BLE001 - an odd argument of a line must not stop its caller
            return True

    def on_broker_lost(self, seconds: float = 0.0, cause: str = "") -> None:
        """Note that a probe has had no answer for so long; write the start of an outage once."""
        with self._lock:
            now = self._clock()
            self._write_change(self._outage.on_broker_lost(now, now - seconds), cause)

    def on_broker_back(self) -> None:
        """Note that a probe had an answer; write the end of the outage, if there was one."""
        with self._lock:
            self._write_change(self._outage.on_broker_back(self._clock()))

    def tick(self) -> None:
        """Write what is due by now: counts of suppressed lines, the end of an outage."""
        with self._lock:
            now = self._clock()
            self._write_change(self._outage.tick(now))
            for limit in self._limits:
                self._write_counts(limit.due(now))

    def flush(self) -> None:
        """Write all remaining counts, because the process is about to end."""
        with self._lock:
            now = self._clock()
            for limit in self._limits:
                self._write_counts(limit.flush(now))

    def _passes(self, record: logging.LogRecord, now: float) -> bool:
        kind = kind_of(record)
        meaning = family(record.name, str(record.msg), record.args)
        if meaning is LineFamily.OUTAGE:
            self._write_change(self._outage.on_error_line(now))
            if self._outage.is_open or not self._outage.is_probed:
                return False
        is_retried = meaning is not LineFamily.REAL
        if is_retried and (self._outage.is_open or not self._recurrence.is_recurrent(kind, now)):
            return _demote_to_debug(record)
        if record.levelno < logging.WARNING:
            return self._infos.allow(event_of(record), now)
        return self._kinds.allow(kind, now) and self._events.allow(event_of(record), now)

    def _write_change(self, change: OutageStart | OutageEnd | None, cause: str = "") -> None:
        fields: dict[str, Any] = {"broker": self._broker} | ({"cause": cause} if cause else {})
        if isinstance(change, OutageStart):
            since = datetime.now(UTC) - timedelta(seconds=change.seconds)
            self._log.error(
                "the broker does not answer", **fields, since=since.isoformat(timespec="seconds")
            )
        elif isinstance(change, OutageEnd):
            fields |= {"after": format_duration(change.seconds), "lines_held_back": change.lines}
            self._log.warning("the broker answers again", **fields)

    def _write_counts(self, held_back: Iterable[HeldBack]) -> None:
        for entry in held_back:
            fields: dict[str, Any] = {"like": entry.kind.text, "logger": entry.kind.logger}
            fields |= {"lines": entry.lines, "within": format_duration(entry.seconds)}
            level = max(entry.kind.level, logging.INFO)
            self._log.log(level, "more lines like this were held back", **fields)


def kind_of(record: logging.LogRecord) -> LogKind:
    """Return a record's kind: its text without arguments and numbers, or event and KIND_FIELDS."""
    if isinstance(record.msg, dict):
        fields = (f"{name}={record.msg[name]}" for name in KIND_FIELDS if name in record.msg)
        text = " ".join([str(record.msg.get("event")), *fields])[:TEXT_CHARACTERS]
    else:
        text = _VARIABLE.sub("…", str(record.msg)[:TEXT_CHARACTERS])
    return LogKind(record.name, record.levelno, text)


def event_of(record: logging.LogRecord) -> LogKind:
    """Return a record's kind by event alone; for a library, whose texts vary, by its logger."""
    text = ANY_TEXT
    if isinstance(record.msg, dict):
        text = str(record.msg.get("event"))[:TEXT_CHARACTERS]
    return LogKind(record.name, record.levelno, text)


def _demote_to_debug(record: logging.LogRecord) -> bool:
    """Lower a record's level to debug; return whether debug lines are written at all."""
    record.levelno, record.levelname = logging.DEBUG, "DEBUG"
    return logging.getLogger().isEnabledFor(logging.DEBUG)


def format_duration(seconds: float) -> str:
    """Format a time for people: ``4.2 s``, ``5 min 3 s``, ``2 h 10 min``."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes, remainder_s = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {remainder_s} s"
    return f"{minutes // 60} h {minutes % 60} min"


@dataclass(frozen=True, slots=True)
class _Ticker:
    """The thread that calls a gate's ``tick`` once a second."""

    gate: LogGate
    is_stopping: threading.Event

    def run(self) -> None:
        while not self.is_stopping.wait(TICK_S):
            self.gate.tick()


_tickers: list[_Ticker] = []


def open_gate(broker: str) -> LogGate:
    """Open and return this process's gate; a thread ticks it until ``close_gate``."""
    close_gate()
    ticker = _Ticker(LogGate(broker), threading.Event())
    _tickers.append(ticker)
    # A new thread has an empty context: its lines would lack the service's name.
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(ticker.run,), name="log gate", daemon=True).start()
    return ticker.gate


def close_gate() -> None:
    """Write the gate's remaining counts and stop its thread."""
    while _tickers:
        ticker = _tickers.pop()
        ticker.is_stopping.set()
        ticker.gate.flush()


def gates() -> list[LogGate]:
    """Return this process's gate, or nothing if none is open."""
    return [ticker.gate for ticker in _tickers]


atexit.register(close_gate)
