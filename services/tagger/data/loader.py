"""Load the data folders: every entry with its location, every mistake on its document."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from services.tagger.data.check_entries import LocatedEntries, check
from services.tagger.data.entries import Entries, Guards
from services.tagger.data.parse_entries import (
    ACTOR_SECTIONS,
    KEYWORD_SECTIONS,
    check_sections,
    parse_guards,
    parse_section,
)
from shared.files.parsed_values import ParsedValues
from shared.files.shared_values import SharedValues
from shared.files.user_cache import CachedBytes, user_cache
from shared.files.yaml_document import YAML_SUFFIXES, YamlDocument, load, raise_if_bad

_SOURCE: Final = Path(__file__).resolve().parents[3]
_IN_USE: Final[SharedValues[Entries]] = SharedValues()
_CACHED: Final = ParsedValues(
    Entries,
    [_SOURCE / "services" / "tagger", _SOURCE / "shared"],
    CachedBytes(user_cache("entries")),
)


@dataclass(frozen=True, slots=True)
class DataFolders:
    """The contents of both data folders; ``documents`` hold the problems."""

    located: LocatedEntries
    guards: Guards
    documents: list[YamlDocument]

    def entries(self) -> Entries:
        """Return the valid entries without their locations."""
        return Entries(
            **{
                field.name: tuple(located.entry for located in getattr(self.located, field.name))
                for field in fields(self.located)
            },
            guards=self.guards,
        )


def load_folders(actors: Path, keywords: Path) -> DataFolders:
    """Load and check seeds/actors and seeds/keywords, or folders like them."""
    actor_files, keyword_files = _load_documents(actors), _load_documents(keywords)
    for document in actor_files:
        check_sections(document, ACTOR_SECTIONS)
    for document in keyword_files:
        check_sections(document, KEYWORD_SECTIONS)
    located = LocatedEntries(
        actors=_parse_all(actor_files, "actors"),
        offices=_parse_all(actor_files, "offices"),
        organisations=_parse_all(actor_files, "organisations"),
        countries=_parse_all(actor_files, "countries"),
        country_names=_parse_all(actor_files, "country_names"),
        groups=_parse_all(actor_files, "groups"),
        keywords=_parse_all(keyword_files, "keywords"),
        events=_parse_all(keyword_files, "events"),
        event_words=_parse_all(keyword_files, "event_words"),
    )
    guards = _merge_guards(parse_guards(document) for document in actor_files)
    check(located)
    return DataFolders(located, guards, [*actor_files, *keyword_files])


def load_entries(actors: Path, keywords: Path) -> Entries:
    """Load the entries of two folders: those in use or in the user's cache, if the files are equal.

    Raises DocumentError with every mistake in them, each with file, line and column.
    """

    def parse() -> Entries:
        folders = load_folders(actors, keywords)
        raise_if_bad(folders.documents)
        return folders.entries()

    both = (actors, keywords)
    return _IN_USE.get(both, lambda: _CACHED.load_or_parse(both, parse))


def _load_documents(folder: Path) -> list[YamlDocument]:
    paths = sorted(path for path in folder.glob("[!.]*") if path.suffix in YAML_SUFFIXES)
    if paths:
        return [load(path) for path in paths]
    empty = YamlDocument(str(folder), None, [])
    empty.report(
        (), "no YAML files here", code="empty", suggestion="name the folder that contains them"
    )
    return [empty]


def _parse_all(documents: list[YamlDocument], section: str) -> list[Any]:
    return [located for document in documents for located in parse_section(document, section)]


def _merge_guards(guards: Iterable[Guards]) -> Guards:
    lists = [asdict(of_file) for of_file in guards]
    return Guards(
        **{
            field.name: tuple(word for words in lists for word in words[field.name])
            for field in fields(Guards)
        }
    )
