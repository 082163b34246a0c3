"""The gate of the log: every line of this process passes here, ours and the libraries', before it is written.

A line of the broker's outage becomes part of two lines, its start and its end; one that the Kafka client retries by itself is left out
unless it goes on; all others are limited by kind (shared/log_limit.py), so that no fault can fill a disk.
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

from shared.kafka_lines import LineFamily, family
from shared.log_limit import HeldBack, LogKind, LogLimit
from shared.outage_log import OutageEnd, OutageLog, OutageStart
from shared.persistence import Persistence

TICK_S: Final = 1.0
OWN: Final = "summitwire.log"
"""The logger of the gate's own lines, which are few and always pass."""
EVENT_LINES: Final = 60
"""Of all kinds of one event, or of one library's logger, a window holds so many: where every dead letter has a mistake of its own."""
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
        self._kinds, self._events, self._news = LogLimit(), LogLimit(EVENT_LINES), LogLimit(NEWS_LINES)
        self._outage, self._persistence = OutageLog(), Persistence()
        self._lock = threading.RLock()
        self._log = structlog.stdlib.get_logger(OWN)

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is written."""
        if record.name == OWN or record.levelno < logging.INFO:
            return True
        with self._lock:
            return self._passes(record, self._clock())

    def lost(self, seconds: float = 0.0, cause: str = "") -> None:
        """Note that a probe has had no answer from the broker for so long; the first time this writes the outage's start."""
        with self._lock:
            now = self._clock()
            self._tell(self._outage.lost(now, now - seconds), cause)

    def back(self) -> None:
        """Note that a probe got an answer from the broker; after an outage this writes its end."""
        with self._lock:
            self._tell(self._outage.back(self._clock()))

    def tick(self) -> None:
        """Write what has become due: the count of lines held back, the end of an outage."""
        with self._lock:
            now = self._clock()
            self._tell(self._outage.tick(now))
            self._report([held for limit in (self._kinds, self._events, self._news) for held in limit.due(now)])

    def flush(self) -> None:
        """Write every count that is left, because the process is about to end."""
        with self._lock:
            now = self._clock()
            self._report([held for limit in (self._kinds, self._events, self._news) for held in limit.flush(now)])

    def _passes(self, record: logging.LogRecord, now: float) -> bool:
        kind = kind_of(record)
        meaning = family(record.name, str(record.msg), record.args)
        if meaning is LineFamily.OUTAGE:
            self._tell(self._outage.held(now))
            if self._outage.is_open or not self._outage.is_probed:
                return False
        if meaning is not LineFamily.REAL and (self._outage.is_open or not self._persistence.goes_on(kind, now)):
            return _as_debug(record)
        if record.levelno < logging.WARNING:
            return self._news.allow(event_of(record), now)
        return self._kinds.allow(kind, now) and self._events.allow(event_of(record), now)

    def _tell(self, change: OutageStart | OutageEnd | None, cause: str = "") -> None:
        if isinstance(change, OutageStart):
            since = datetime.now(UTC) - timedelta(seconds=change.seconds)
            because = {"cause": cause} if cause else {}
            self._log.error("the broker does not answer", broker=self._broker, since=since.isoformat(timespec="seconds"), **because)
        elif isinstance(change, OutageEnd):
            self._log.warning("the broker answers again", broker=self._broker, after=duration(change.seconds), lines_held_back=change.lines)

    def _report(self, held_back: Iterable[HeldBack]) -> None:
        for held in held_back:
            fields: dict[str, Any] = {"like": held.kind.text, "logger": held.kind.logger, "lines": held.lines}
            self._log.log(max(held.kind.level, logging.INFO), "more lines like this were held back", **fields, within=duration(held.seconds))


def kind_of(record: logging.LogRecord) -> LogKind:
    """Return the kind of a record: its text without arguments and numbers; of our own lines the event and KIND_FIELDS."""
    if isinstance(record.msg, dict):
        fields = (f"{name}={record.msg[name]}" for name in KIND_FIELDS if name in record.msg)
        return LogKind(record.name, record.levelno, " ".join([str(record.msg.get("event")), *fields])[:TEXT_CHARACTERS])
    return LogKind(record.name, record.levelno, _VARIABLE.sub("…", str(record.msg)[:TEXT_CHARACTERS]))


def event_of(record: logging.LogRecord) -> LogKind:
    """Return the event that a record's kind belongs to; of a library's lines, whose texts nobody knows, its logger."""
    return LogKind(record.name, record.levelno, str(record.msg.get("event"))[:TEXT_CHARACTERS] if isinstance(record.msg, dict) else ANY_TEXT)


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
    """Return this process's gate, which looks at the clock in a thread of its own and reports what is left at the end."""
    close_gate()
    ticker = _Ticker(LogGate(broker), threading.Event())
    _running.append(ticker)
    # A copy of this context, because a new thread's is empty and its lines would lack the service's name.
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
