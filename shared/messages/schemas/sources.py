"""The cleaner's state of a source."""

from dataclasses import dataclass

from shared.messages.schemas.articles import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMemory:
    """The lines that a source repeats from article to article.

    ``lines`` maps a line's hash to how many of the source's ``articles`` had it; the counts decay
    with every hundred articles. ``recent`` are the ids of its last articles, oldest first. The same
    topic has ``kept`` article histories with keys ``<source>/<article id>``; those of ``recent``
    include the newest text. ``clock_ms`` is the source's own time (Unix ms), by which they expire.
    """

    source: str
    articles: int
    lines: dict[str, float]
    recent: tuple[str, ...] = ()
    kept: int = 0
    clock_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleVersion:
    """One version of an article, and what was decided about it.

    ``plain`` is the hash of its text. ``content`` is the hash of the text after source memory was
    applied; if that equals an earlier version's, the version has the earlier ``revision`` and there
    was no message. ``fetched_ms`` is when the text was fetched (Unix ms). ``cut`` and ``repeated``
    are hashes of lines that other articles of the source contain: removed ones and marked ones.
    """

    plain: str
    revision: str
    version: int
    replaces: str | None = None
    cut: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    content: str = ""
    fetched_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleHistory:
    """What the cleaner remembers of an article: its versions by number and the text of the last.

    ``body`` is compressed with zlib and empty if too long. Headline, deck and body of older
    articles are not kept. ``seen_ms`` is the source's own time (Unix ms) of the last version.
    """

    source: str
    article_id: str
    headline: str = ""
    body: bytes = b""
    versions: tuple[ArticleVersion, ...] = ()
    seen_ms: int = 0
    deck: str = ""
