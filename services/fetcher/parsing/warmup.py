"""Load the libraries of parsing, for the child processes that are forked from their importer."""

import feedparser  # noqa: F401 - imported late by feed_parser.py: the parent never needs it
import selectolax.lexbor  # noqa: F401 - as late, by full_text/selected_part.py
from lxml import etree  # noqa: F401 - likewise, by wire/newsml.py

from services.fetcher.robots import rules  # noqa: F401 - Protego
