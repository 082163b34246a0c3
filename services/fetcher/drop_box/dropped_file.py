"""The content of a dropped file → entries, like those of a feed. Pure.

The shell runs this in a child process with limits.
"""

import re
from pathlib import PurePath
from typing import Final
from urllib.parse import quote

from services.fetcher.drop_box.mail_message import is_mail, read_mail
from services.fetcher.parsing import feed_parser, sitemap
from services.fetcher.parsing.feed_entry import EntryDocument, FeedEntry, ParsedFeed
from services.fetcher.parsing.feed_text import decode_feed
from services.fetcher.parsing.json_feed import is_json
from services.fetcher.parsing.wire import newsml, nitf
from services.fetcher.parsing.xml_prolog import read_prolog
from services.fetcher.seeds.seed_articles import content_type_of
from shared.base.outcomes import InvalidMessage
from shared.messages.ids import content_id

_PLAIN: Final = frozenset((".txt", ".text"))
_PAGES: Final = frozenset((".html", ".htm", ".xhtml"))
_PAGE_ROOTS: Final = frozenset(("", "html", "head", "body"))
_LIST_ROOTS: Final = frozenset(("rss", "feed", "rdf", nitf.ROOT, *newsml.ROOTS, *sitemap.ROOTS))
_ENDING: Final = 4_096
_END_OF_PAGE: Final = re.compile(rb"</html\s*>", re.IGNORECASE)
_READ_IN_PART: Final = "read as far as possible"


def read_dropped_file(data: bytes, name: str, source: str) -> ParsedFeed:
    """Read a file by its content; InvalidMessage if it holds no article and no list of them.

    A page or a plain text is one article, whose identity is the file's name: the same name again is
    a new version of it.
    """
    if not data.strip():
        raise InvalidMessage("it is empty")
    content_type = content_type_of(name, data)
    if content_type is None and not data.startswith(b"\x1f\x8b"):
        raise InvalidMessage("it is neither text nor XML nor JSON; save documents as plain text")
    if is_mail(data):
        return read_mail(data, source)
    if _is_list(data, name):
        return feed_parser.parse(data, None, f"https://{source}.invalid/")
    document = EntryDocument(data=data, content_type=content_type or "text/plain")
    uri = f"urn:summitwire:drop:{source}/{quote(name, errors='surrogateescape')}"
    entry = FeedEntry(key=content_id("entry", uri, data), url=uri, uri=uri, document=document)
    return ParsedFeed(entries=(entry,), format_name=content_type or "text")


def may_be_cut_off(data: bytes, parsed: ParsedFeed) -> bool:
    """Return whether a file that could be read looks as if its end were still to come."""
    if any(problem.startswith(_READ_IN_PART) for problem in parsed.problems):
        return True
    is_page = len(parsed.entries) == 1 and parsed.format_name == "text/html"
    return (
        is_page and b"<html" in data[:_ENDING].lower() and not _END_OF_PAGE.search(data[-_ENDING:])
    )


def _is_list(data: bytes, name: str) -> bool:
    """Return whether a file is of a format with entries: XML that is no page, or JSON.

    What is named like a text or a page is one, unless its root element says otherwise.
    """
    text, suffix = decode_feed(data, None), PurePath(name).suffix.lower()
    if is_json(text):
        return suffix not in _PLAIN
    if not text.lstrip("\ufeff \t\r\n").startswith("<"):
        return False
    root = read_prolog(text).root.lower()
    return root in _LIST_ROOTS or (root not in _PAGE_ROOTS and suffix not in _PLAIN | _PAGES)
