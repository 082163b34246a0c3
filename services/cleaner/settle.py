"""What becomes of a candidate: its source's memory is asked and told, its version is found, and what was decided before is decided again.

Runs in the order of the source's partition, with the partition's state: the memory of a source under its name, the history of each of its
last articles under ``<source>/<article id>``. Whatever a text could make slow is called in a child.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from services.cleaner.candidate import Candidate, candidate, differences
from services.cleaner.memory.count import counted
from services.cleaner.memory.judge import judge
from services.cleaner.versions.history import known, latest, placed, remembered
from shared import codec
from shared.outcomes import Drop, InvalidMessage
from shared.schemas import ArticleHistory, ArticleVersion, Change, CleanArticle, RawArticle, SourceMemory, Span
from shared.store import State

KEPT_ARTICLES: Final = 500
"""Of a source; an article that comes again after so many others is a new one."""

T = TypeVar("T")
Call = Callable[..., Awaitable[Any]]
"""Runs a function with these arguments in a child process with limits; gives what it gives and raises what it raises."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A finished message, and for the metrics what it is: ``kind`` new, version or again; how many of its lines were cut, and are marked."""

    value: bytes
    article_id: str
    kind: str
    cut: int
    marked: int


async def settle(value: bytes, first: Candidate, state: State, call: Call) -> Settled:
    """The message of a candidate, of which ``value`` is the raw article. InvalidMessage: the state cannot be read, or the message is too large."""
    history = history_of(first, state)
    before = known(history, _plain(first))
    if before:
        return _settled("again", await _cut_again(value, first, before.cut, call), before)
    memory = memory_of(first.source, state)
    judgement = judge(memory, first.lines, may_cut=first.from_lines, own=min(1, len(history.versions)))
    final = await _cut_again(value, first, sorted(judgement.cut), call)
    made = ArticleVersion(
        plain=_plain(first),
        revision=final.revision,
        version=1,
        cut=tuple(sorted(judgement.cut)) if final is not first else (),
        repeated=tuple(sorted(judgement.marked if final is not first else judgement.marked | judgement.cut)),
    )
    version = await _compared(history, placed(history, made, first.stated), final, call)
    _remember(remembered(history, version, final.headline, final.body), _recalled(memory, first, history, judgement.counted), state)
    return _settled("version" if history.versions else "new", final, version)


def memory_of(source: str, state: State) -> SourceMemory:
    """What is remembered of the source. InvalidMessage where nobody can read it."""
    return _read(source.encode(), state, SourceMemory) or SourceMemory(source=source, articles=0, lines={})


def history_of(first: Candidate, state: State) -> ArticleHistory:
    """What is remembered of the article. InvalidMessage where nobody can read it."""
    return _read(_key(first.source, first.article_id), state, ArticleHistory) or ArticleHistory(source=first.source, article_id=first.article_id)


def reread(value: bytes, cut: tuple[str, ...]) -> Candidate | Drop:
    """In a child: the candidate of a raw article's bytes without these lines."""
    return candidate(codec.decode(value, RawArticle), frozenset(cut))


def _plain(first: Candidate) -> str:
    """What a version is known by: its text, and its wire's own number for it."""
    return first.revision if first.stated is None else f"{first.revision} {first.stated}"


async def _cut_again(value: bytes, first: Candidate, cut: Any, call: Call) -> Candidate:
    """The article without these lines; as it was where nothing would be left of it, because memory takes no article away."""
    final = await call(reread, value, tuple(cut)) if cut else first
    return first if isinstance(final, Drop) else final


async def _compared(history: ArticleHistory, version: ArticleVersion, final: Candidate, call: Call) -> ArticleVersion:
    """The version with what has changed, where it replaces the one whose text is kept."""
    newest = latest(history)
    if newest is None or version.changes or version.replaces != newest.revision or version.revision == newest.revision:
        return version
    found: tuple[Change, ...] = await call(differences, history.headline, history.body, final.headline, final.body)
    return replace(version, changes=found)


def _recalled(memory: SourceMemory, first: Candidate, history: ArticleHistory, fingerprints: tuple[str, ...]) -> SourceMemory:
    """The memory with the article's lines counted, once for all its versions, and the article as the one that came last."""
    grown = memory if history.versions else counted(memory, fingerprints)
    return replace(grown, recent=(*(one for one in memory.recent if one != first.article_id), first.article_id))


def _remember(history: ArticleHistory, memory: SourceMemory, state: State) -> None:
    forgotten, kept = memory.recent[:-KEPT_ARTICLES], memory.recent[-KEPT_ARTICLES:]
    for article_id in forgotten:
        state.set(_key(memory.source, article_id), None)
    state.set(_key(history.source, history.article_id), codec.encode(history))
    state.set(memory.source.encode(), codec.encode(replace(memory, recent=kept)))


def _settled(kind: str, final: Candidate, version: ArticleVersion) -> Settled:
    """The message with what memory and history say of it."""
    marked = tuple(Span(start=line.start, end=line.end) for line in final.lines if line.fingerprint in version.repeated)
    value = final.value
    if marked or (version.version, version.replaces) != (1, None):
        article = codec.decode(value, CleanArticle)
        told = replace(article, repeated=marked, version=version.version, replaces=version.replaces, changes=version.changes)
        value = codec.encode(told)
    return Settled(value, final.article_id, kind, len(version.cut), len(marked))


def _key(source: str, article_id: str) -> bytes:
    return f"{source}/{article_id}".encode()


def _read(key: bytes, state: State, message: type[T]) -> T | None:
    value = state.get(key)
    if value is None:
        return None
    try:
        return codec.decode(value, message)
    except InvalidMessage as error:
        raise InvalidMessage(f"sources.v1 holds nonsense under {key.decode('utf-8', 'replace')}: {error}") from error
