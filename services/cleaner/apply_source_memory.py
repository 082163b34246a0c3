"""Apply source memory: drop or mark repeated lines, then assign the version.

Runs in the order of the source's partition, with the partition's state: the memory of a source
under its name, the history of each of its articles under ``<source>/<article id>`` for as long as
versions/retention.py says. Work that a text could make slow runs in a child process. A text that
comes again gets the decision that it got before.

The revision is that of the text before memory removes lines. So ids (of revision, alert,
notification) depend on the raw article alone: whatever memory has learnt or forgotten since, an
article that comes again has the id that it had, and nobody is notified twice.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from services.cleaner.candidate import Candidate, differences, rebuild_candidate
from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.memory.boilerplate import LineClassification, classify
from services.cleaner.memory.line_counts import count_article
from services.cleaner.versions.history import (
    VersionText,
    add_version,
    assign_version,
    find_by_plain,
    find_twin,
    insert_version,
    latest,
)
from services.cleaner.versions.retention import clock_after, history_key, store_history
from shared.base.outcomes import Drop, InvalidMessage
from shared.messages import codec
from shared.messages.schemas import (
    ArticleHistory,
    ArticleVersion,
    Change,
    CleanArticle,
    SourceMemory,
    Span,
)
from shared.stream.state_store import StateStore

T = TypeVar("T")
Call = Callable[..., Awaitable[Any]]
"""Runs a function with these arguments in a limited child process, and returns or raises what the
function does."""


@dataclass(frozen=True, slots=True)
class FinishedArticle:
    """The final message, and what the metrics count.

    ``kind`` is new, version or again; ``lines_removed`` and ``lines_marked`` are numbers of lines;
    ``histories_dropped``: histories of the source that were dropped before their time.
    """

    value: bytes
    article_id: str
    kind: str
    lines_removed: int
    lines_marked: int
    histories_dropped: int = 0


async def apply_source_memory(
    value: bytes, candidate: Candidate, state: StateStore, call: Call
) -> FinishedArticle | Drop:
    """Return the message of a candidate, or a Drop if an earlier message already says the same.

    ``value`` is the encoded raw article. Raises InvalidMessage if the state cannot be decoded or
    the message is too large.
    """
    history = history_of(candidate, state)
    earlier = find_by_plain(history, _plain(candidate))
    if earlier:
        return await _repeat_version(value, candidate, earlier, call)
    memory = memory_of(candidate.source, state)
    classification = classify(
        memory,
        candidate.lines,
        may_remove=candidate.is_plain_text,
        own=min(1, len(history.versions)),
    )
    final = await _remove_lines(value, candidate, sorted(classification.removed_lines), call)
    memory = _update_memory(memory, candidate, history, classification.counted_lines)
    version = _build_version(candidate, final, classification, memory.clock_ms)
    twin = find_twin(history, version)
    if twin:
        version = replace(
            version, revision=twin.revision, version=twin.version, replaces=twin.replaces
        )
        store_history(insert_version(history, version), memory, state, is_new=False)
        return Drop(CleanDrop.SAME_TEXT)
    version = assign_version(history, version, candidate.wire_version)
    version = await _add_changes(history, version, final, call)
    updated = add_version(history, version, final.text)
    dropped = store_history(updated, memory, state, is_new=not history.versions)
    kind = "version" if history.versions else "new"
    return replace(_finish(kind, candidate, final, version), histories_dropped=dropped)


async def _repeat_version(
    value: bytes, candidate: Candidate, earlier: ArticleVersion, call: Call
) -> FinishedArticle | Drop:
    """Return what the same text gave when it came before.

    Histories from before ``content`` was kept have other revisions.
    """
    if earlier.content and earlier.revision != candidate.revision:
        return Drop(CleanDrop.SAME_TEXT)
    final = await _remove_lines(value, candidate, earlier.cut, call)
    return _finish("again", candidate, final, earlier)


def _build_version(
    candidate: Candidate, final: Candidate, classification: LineClassification, clock_ms: int
) -> ArticleVersion:
    """Return the version as memory leaves it, not numbered yet.

    Its time of fetching is no later than its source's time, whatever a wrong clock says.
    """
    removed = classification.removed_lines if final is not candidate else frozenset()
    repeated = (classification.marked_lines | classification.removed_lines) - removed
    return ArticleVersion(
        plain=_plain(candidate),
        revision=candidate.revision,
        version=1,
        cut=tuple(sorted(removed)),
        repeated=tuple(sorted(repeated)),
        content=final.revision,
        fetched_ms=min(candidate.fetched_ms, clock_ms),
    )


def memory_of(source: str, state: StateStore) -> SourceMemory:
    """Return the memory of a source. Raises InvalidMessage if it cannot be decoded."""
    memory = _load(source.encode(), state, SourceMemory)
    return memory or SourceMemory(source=source, articles=0, lines={})


def history_of(candidate: Candidate, state: StateStore) -> ArticleHistory:
    """Return the history of an article. Raises InvalidMessage if it cannot be decoded."""
    source, article_id = candidate.source, candidate.article_id
    history = _load(history_key(source, article_id), state, ArticleHistory)
    return history or ArticleHistory(source=source, article_id=article_id)


def _plain(candidate: Candidate) -> str:
    """Return what identifies a version: its text, and the number that its wire gave it."""
    if candidate.wire_version is None:
        return candidate.revision
    return f"{candidate.revision} {candidate.wire_version}"


async def _remove_lines(
    value: bytes, candidate: Candidate, removed_lines: Any, call: Call
) -> Candidate:
    """Return the article without these lines.

    If nothing would be left of it, it stays as it was: memory never removes a whole article.
    """
    if not removed_lines:
        return candidate
    final = await call(rebuild_candidate, value, tuple(removed_lines))
    return candidate if isinstance(final, Drop) else final


async def _add_changes(
    history: ArticleHistory, version: ArticleVersion, final: Candidate, call: Call
) -> ArticleVersion:
    """Return the version with its changes, if it replaces the version whose text is kept."""
    newest = latest(history)
    if not (history.headline or history.body):  # the text was not kept that long
        return version
    if newest is None or version.replaces != newest.revision:
        return version
    if version.changes or version.revision == newest.revision:
        return version
    kept = VersionText(history.headline, history.body, history.deck)
    changes: tuple[Change, ...] = await call(differences, kept, final.text)
    return replace(version, changes=changes)


def _update_memory(
    memory: SourceMemory,
    candidate: Candidate,
    history: ArticleHistory,
    counted_lines: tuple[str, ...],
) -> SourceMemory:
    """Return the memory with these lines counted, once for all versions, and its clock advanced."""
    updated = memory if history.versions else count_article(memory, counted_lines)
    return replace(updated, clock_ms=clock_after(memory, candidate.fetched_ms))


def _finish(
    kind: str, candidate: Candidate, final: Candidate, version: ArticleVersion
) -> FinishedArticle:
    """Return the message with what memory and history add, under the candidate's revision."""
    repeated = tuple(
        Span(start=line.start, end=line.end)
        for line in final.lines
        if line.fingerprint in version.repeated
    )
    value = final.value
    is_first = (version.version, version.replaces) == (1, None)
    if repeated or not is_first or final.revision != candidate.revision:
        article = replace(
            codec.decode(value, CleanArticle),
            revision=candidate.revision,
            repeated=repeated,
            version=version.version,
            replaces=version.replaces,
            changes=version.changes,
        )
        value = codec.encode(article)
    return FinishedArticle(value, final.article_id, kind, len(version.cut), len(repeated))


def _load(key: bytes, state: StateStore, message: type[T]) -> T | None:
    value = state.get(key)
    if value is None:
        return None
    try:
        return codec.decode(value, message)
    except InvalidMessage as error:
        name = key.decode("utf-8", "replace")
        raise InvalidMessage(f"sources.v1 holds an invalid entry under {name}: {error}") from error
