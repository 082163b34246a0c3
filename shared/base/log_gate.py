"""Decide which log lines of this process are written, ours and the libraries'.

Lines about an outage of the broker become two: its start and its end. What the Kafka client retries
by itself is left out unless it goes on. All others are limited by kind (shared/base/log_limit.py), so
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

import structlog

from shared.base.log_limit import HeldBack, LogKind, LogLimit
from shared.base.recurrence import RecurrenceTracker
from shared.kafka.client_log import LineFamily, family
from shared.kafka.outage_log import OutageEnd, OutageLog, OutageStart

TICK_S: Final = 1.0
OWN: Final = "summitwire.log"
"""The logger of the gate's own lines, which are few and always pass."""
EVENT_LINES: Final = 60
"""Lines in a window of all kinds of one event, or of one library's logger: every dead letter may have
a mistake of its own."""
NEWS_LINES: Final = 100
"""The same for information, which is not limited by kind."""
KIND_FIELDS: Final = ("stage", "fingerprint", "where")
"""Fields of our own lines that make two of one event different kinds; each has few values."""
TEXT_CHARACTERS: Final = 200
ANY_TEXT: Final = "any line of this logger"
_VARIABLE: Final = re.compile(r"0x[0-9a-f]+|\d+")


class LogGate(logging.Filter):
    """Decide which records a handler writes, and write what became of the others. Thread-safe."""

    def __init__(self, broker: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._broker, self._clock = broker, clock
        self._kinds, self._events, self._news = self._limits = (
            LogLimit(),
            LogLimit(EVENT_LINES),
            LogLimit(NEWS_LINES),
        )
        self._outage, self._persistence = OutageLog(), RecurrenceTracker()
        self._lock = threading.RLock()
        self._log = structlog.stdlib.get_logger(OWN)

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is written; one that cannot be judged is."""
        if record.name == OWN or record.levelno < logging.INFO:
            return True
        try:
            with self._lock:
                return self._passes(record, self._clock())
        except Exception:  # noqa: BLE001 - a line's odd argument must not stop who logs it
            return True

    def on_broker_lost(self, seconds: float = 0.0, cause: str = "") -> None:
        """Note that a probe has had no answer for so long; write the outage's start, once."""
        with self._lock:
            now = self._clock()
            self._tell(self._outage.on_broker_lost(now, now - seconds), cause)

    def on_broker_back(self) -> None:
        """Note that a probe got an answer; write the outage's end, where there was one."""
        with self._lock:
            self._tell(self._outage.on_broker_back(self._clock()))

    def tick(self) -> None:
        """Write what has become due: the count of lines held back, the end of an outage."""
        with self._lock:
            now = self._clock()
            self._tell(self._outage.tick(now))
            for limit in self._limits:
                self._report(limit.due(now))

    def flush(self) -> None:
        """Write every count that is left, because the process is about to end."""
        with self._lock:
            now = self._clock()
            for limit in self._limits:
                self._report(limit.flush(now))

    def _passes(self, record: logging.LogRecord, now: float) -> bool:
        kind = kind_of(record)
        meaning = family(record.name, str(record.msg), record.args)
        if meaning is LineFamily.OUTAGE:
            self._tell(self._outage.on_error_line(now))
            if self._outage.is_open or not self._outage.is_probed:
                return False
        if meaning is not LineFamily.REAL and self._passes_by_itself(kind, now):
            return _as_debug(record)
        if record.levelno < logging.WARNING:
            return self._news.allow(event_of(record), now)
        return self._kinds.allow(kind, now) and self._events.allow(event_of(record), now)

    def _passes_by_itself(self, kind: LogKind, now: float) -> bool:
        return self._outage.is_open or not self._persistence.is_recurrent(kind, now)

    def _tell(self, change: OutageStart | OutageEnd | None, cause: str = "") -> None:
        fields: dict[str, Any] = {"broker": self._broker} | ({"cause": cause} if cause else {})
        if isinstance(change, OutageStart):
            since = datetime.now(UTC) - timedelta(seconds=change.seconds)
            self._log.error(
                "the broker does not answer", **fields, since=since.isoformat(timespec="seconds")
            )
        elif isinstance(change, OutageEnd):
            fields |= {"after": duration(change.seconds), "lines_held_back": change.lines}
            self._log.warning("the broker answers again", **fields)

    def _report(self, held_back: Iterable[HeldBack]) -> None:
        for held in held_back:
            fields: dict[str, Any] = {"like": held.kind.text, "logger": held.kind.logger}
            fields |= {"lines": held.lines, "within": duration(held.seconds)}
            level = max(held.kind.level, logging.INFO)
            self._log.log(level, "more lines like this were held back", **fields)


def kind_of(record: logging.LogRecord) -> LogKind:
    """Return a record's kind: its text without arguments and numbers; of ours event and KIND_FIELDS."""
    if isinstance(record.msg, dict):
        fields = (f"{name}={record.msg[name]}" for name in KIND_FIELDS if name in record.msg)
        text = " ".join([str(record.msg.get("event")), *fields])[:TEXT_CHARACTERS]
    else:
        text = _VARIABLE.sub("…", str(record.msg)[:TEXT_CHARACTERS])
    return LogKind(record.name, record.levelno, text)


def event_of(record: logging.LogRecord) -> LogKind:
    """Return the event that a record's kind belongs to; for a library, whose texts may vary, its logger."""
    text = ANY_TEXT
    if isinstance(record.msg, dict):
        text = str(record.msg.get("event"))[:TEXT_CHARACTERS]
    return LogKind(record.name, record.levelno, text)


def _as_debug(record: logging.LogRecord) -> bool:
    """Make a record one for who looks at everything; return whether anybody does."""
    record.levelno, record.levelname = logging.DEBUG, "DEBUG"
    return logging.getLogger().isEnabledFor(logging.DEBUG)


def duration(seconds: float) -> str:
    """Write a time as people read it: ``4.2 s``, ``5 min 3 s``, ``2 h 10 min``."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


@dataclass(frozen=True, slots=True)
class _Ticker:
    """The thread that makes a gate look at the clock."""

    gate: LogGate
    stopped: threading.Event

    def run(self) -> None:
        while not self.stopped.wait(TICK_S):
            self.gate.tick()


_running: list[_Ticker] = []


def open_gate(broker: str) -> LogGate:
    """Return this process's gate; a thread makes it look at the clock until ``close_gate``."""
    close_gate()
    ticker = _Ticker(LogGate(broker), threading.Event())
    _running.append(ticker)
    # A new thread's context is empty: its lines would lack the service's name.
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(ticker.run,), name="log gate", daemon=True).start()
    return ticker.gate


def close_gate() -> None:
    """Report what the gate still holds back, and stop its thread."""
    while _running:
        ticker = _running.pop()
        ticker.stopped.set()
        ticker.gate.flush()


def gates() -> list[LogGate]:
    """Return this process's gate, where one is open."""
    return [ticker.gate for ticker in _running]


atexit.register(close_gate)
