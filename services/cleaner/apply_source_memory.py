"""Apply source memory to a candidate: drop or mark repeated lines, then assign the version; what was decided before is decided again.

Runs in the order of the source's partition, with the partition's state: the memory of a source under its name, the history of each of its
articles under ``<source>/<article id>`` for as long as versions/retention.py says. Whatever a text could make slow is called in a child.

The revision is that of the text before memory cuts it. So ids (of revision, alert, notification) depend on the raw article alone: whatever
memory has learnt or forgotten since, an article that comes again has the id that it had, and is told to nobody twice.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from services.cleaner.candidate import Candidate, build_candidate, differences
from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.memory.boilerplate import LineClassification, classify
from services.cleaner.memory.line_counts import counted
from services.cleaner.versions.history import known, latest, placed, remembered, twin, with_version
from services.cleaner.versions.retention import clock_after, history_key, store_history
from shared.base.outcomes import Drop, InvalidMessage
from shared.messages import codec
from shared.messages.schemas import (
    ArticleHistory,
    ArticleVersion,
    Change,
    CleanArticle,
    RawArticle,
    SourceMemory,
    Span,
)
from shared.stream.state_store import StateStore

T = TypeVar("T")
Call = Callable[..., Awaitable[Any]]
"""Runs a function with these arguments in a child process with limits; gives what it gives and raises what it raises."""


@dataclass(frozen=True, slots=True)
class FinishedArticle:
    """A finished message, and for the metrics what it is: ``kind`` new, version or again; how many of its lines were cut, and are marked.

    ``forgotten_early``: how many histories of its source went before their time.
    """

    value: bytes
    article_id: str
    kind: str
    cut: int
    marked: int
    forgotten_early: int = 0


async def apply_source_memory(
    value: bytes, first: Candidate, state: StateStore, call: Call
) -> FinishedArticle | Drop:
    """The message of a candidate, of which ``value`` is the raw article; Drop where an earlier message says it all.

    InvalidMessage: the state cannot be read, or the message is too large.
    """
    history = history_of(first, state)
    before = known(history, _plain(first))
    if before:
        return await _settled_again(value, first, before, call)
    memory = memory_of(first.source, state)
    judgement = classify(
        memory, first.lines, may_cut=first.from_lines, own=min(1, len(history.versions))
    )
    final = await _cut_again(value, first, sorted(judgement.cut), call)
    grown = _recalled(memory, first, history, judgement.counted)
    made = _version(first, final, judgement, grown.clock_ms)
    same = twin(history, made)
    if same:
        made = replace(made, revision=same.revision, version=same.version, replaces=same.replaces)
        store_history(with_version(history, made), grown, state, is_new=False)
        return Drop(CleanDrop.SAME_TEXT)
    version = await _compared(history, placed(history, made, first.stated), final, call)
    early = store_history(
        remembered(history, version, final.headline, final.body),
        grown,
        state,
        is_new=not history.versions,
    )
    return replace(
        _settled("version" if history.versions else "new", first, final, version),
        forgotten_early=early,
    )


async def _settled_again(
    value: bytes, first: Candidate, before: ArticleVersion, call: Call
) -> FinishedArticle | Drop:
    """What a text that came before gives: what it gave then. Histories of before ``content`` was kept hold other revisions."""
    if before.content and before.revision != first.revision:
        return Drop(CleanDrop.SAME_TEXT)
    return _settled("again", first, await _cut_again(value, first, before.cut, call), before)


def _version(
    first: Candidate, final: Candidate, judgement: LineClassification, clock_ms: int
) -> ArticleVersion:
    """The version as memory leaves it, not yet numbered; fetched no later than its source's time, whatever a wrong clock says."""
    cut = judgement.cut if final is not first else frozenset()
    return ArticleVersion(
        plain=_plain(first),
        revision=first.revision,
        version=1,
        cut=tuple(sorted(cut)),
        repeated=tuple(sorted((judgement.marked | judgement.cut) - cut)),
        content=final.revision,
        fetched_ms=min(first.fetched_ms, clock_ms),
    )


def memory_of(source: str, state: StateStore) -> SourceMemory:
    """What is remembered of the source. InvalidMessage where nobody can read it."""
    return _read(source.encode(), state, SourceMemory) or SourceMemory(
        source=source, articles=0, lines={}
    )


def history_of(first: Candidate, state: StateStore) -> ArticleHistory:
    """What is remembered of the article. InvalidMessage where nobody can read it."""
    return _read(
        history_key(first.source, first.article_id), state, ArticleHistory
    ) or ArticleHistory(source=first.source, article_id=first.article_id)


def reread(value: bytes, cut: tuple[str, ...]) -> Candidate | Drop:
    """In a child: the candidate of a raw article's bytes without these lines."""
    return build_candidate(codec.decode(value, RawArticle), frozenset(cut))


def _plain(first: Candidate) -> str:
    """What a version is known by: its text, and its wire's own number for it."""
    return first.revision if first.stated is None else f"{first.revision} {first.stated}"


async def _cut_again(value: bytes, first: Candidate, cut: Any, call: Call) -> Candidate:
    """The article without these lines; as it was where nothing would be left of it, because memory takes no article away."""
    final = await call(reread, value, tuple(cut)) if cut else first
    return first if isinstance(final, Drop) else final


async def _compared(
    history: ArticleHistory, version: ArticleVersion, final: Candidate, call: Call
) -> ArticleVersion:
    """The version with what has changed, where it replaces the one whose text is kept."""
    newest = latest(history)
    if not (history.headline or history.body):  # the text was not kept so long
        return version
    if (
        newest is None
        or version.changes
        or version.replaces != newest.revision
        or version.revision == newest.revision
    ):
        return version
    found: tuple[Change, ...] = await call(
        differences, history.headline, history.body, final.headline, final.body
    )
    return replace(version, changes=found)


def _recalled(
    memory: SourceMemory, first: Candidate, history: ArticleHistory, fingerprints: tuple[str, ...]
) -> SourceMemory:
    """The memory with the article's lines counted, once for all its versions, and its time moved on."""
    grown = memory if history.versions else counted(memory, fingerprints)
    return replace(grown, clock_ms=clock_after(memory, first.fetched_ms))


def _settled(
    kind: str, first: Candidate, final: Candidate, version: ArticleVersion
) -> FinishedArticle:
    """The message with what memory and history say of it, under the revision of the text before memory."""
    marked = tuple(
        Span(start=line.start, end=line.end)
        for line in final.lines
        if line.fingerprint in version.repeated
    )
    value = final.value
    if (
        marked
        or (version.version, version.replaces) != (1, None)
        or final.revision != first.revision
    ):
        article = codec.decode(value, CleanArticle)
        told = replace(
            article,
            revision=first.revision,
            repeated=marked,
            version=version.version,
            replaces=version.replaces,
            changes=version.changes,
        )
        value = codec.encode(told)
    return FinishedArticle(value, final.article_id, kind, len(version.cut), len(marked))


def _read(key: bytes, state: StateStore, message: type[T]) -> T | None:
    value = state.get(key)
    if value is None:
        return None
    try:
        return codec.decode(value, message)
    except InvalidMessage as error:
        raise InvalidMessage(
            f"sources.v1 holds nonsense under {key.decode('utf-8', 'replace')}: {error}"
        ) from error
