"""The folders of the data, read whole: every entry with its place, and every mistake reported on its document."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from services.tagger.data.check_entries import LocatedEntries, check
from services.tagger.data.entries import Entries, Guards
from services.tagger.data.parse_entries import (
    ACTOR_SECTIONS,
    KEYWORD_SECTIONS,
    check_sections,
    parse_guards,
    parse_section,
)
from shared.files.yaml_document import YamlDocument, load, raise_if_bad


@dataclass(frozen=True, slots=True)
class DataFolders:
    """What stands in the folders; ``documents`` hold the problems."""

    located: LocatedEntries
    guards: Guards
    documents: list[YamlDocument]

    def entries(self) -> Entries:
        """The good entries without their places."""
        return Entries(
            **{
                field.name: tuple(placed.entry for placed in getattr(self.located, field.name))
                for field in fields(self.located)
            },
            guards=self.guards,
        )


def load_folders(actors: Path, keywords: Path) -> DataFolders:
    """Read and check seeds/actors and seeds/keywords, or folders like them."""
    actor_files, keyword_files = _documents(actors), _documents(keywords)
    for document in actor_files:
        check_sections(document, ACTOR_SECTIONS)
    for document in keyword_files:
        check_sections(document, KEYWORD_SECTIONS)
    read = LocatedEntries(
        actors=_all(actor_files, "actors"),
        offices=_all(actor_files, "offices"),
        organisations=_all(actor_files, "organisations"),
        countries=_all(actor_files, "countries"),
        country_names=_all(actor_files, "country_names"),
        groups=_all(actor_files, "groups"),
        keywords=_all(keyword_files, "keywords"),
        events=_all(keyword_files, "events"),
    )
    guards = _joined(parse_guards(document) for document in actor_files)
    check(read)
    return DataFolders(read, guards, [*actor_files, *keyword_files])


def load_entries(actors: Path, keywords: Path) -> Entries:
    """The entries of two folders. DocumentError lists every mistake in them with file, line and column."""
    folders = load_folders(actors, keywords)
    raise_if_bad(folders.documents)
    return folders.entries()


def _documents(folder: Path) -> list[YamlDocument]:
    paths = sorted(path for path in folder.glob("*.y*ml") if not path.name.startswith("."))
    if paths:
        return [load(path) for path in paths]
    empty = YamlDocument(str(folder), None, [])
    empty.report(
        (), "no YAML files here", code="empty", suggestion="name the folder that holds them"
    )
    return [empty]


def _all(documents: list[YamlDocument], section: str) -> list[Any]:
    return [placed for document in documents for placed in parse_section(document, section)]


def _joined(guards: Iterable[Guards]) -> Guards:
    lists = [asdict(one) for one in guards]
    return Guards(
        **{
            field.name: tuple(word for one in lists for word in one[field.name])
            for field in fields(Guards)
        }
    )
