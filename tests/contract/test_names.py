"""Names say what they name, in the words of docs/glossary.md."""

from collections import Counter

from tests.naming import class_names, is_participle, names_in, python_files, retired_names

SAME_NAME: dict[str, str] = {}
"""Class names that more than one file may define, each with why."""
KEEP: dict[str, str] = {
    "services/console/actors/who.py who": "the command `summitwire actors who`",
    "services/tagger/data/parse_entries.py known": "as above, as it is written",
    "services/tagger/data/entries.py known": "a field of the files in seeds/actors",
    "shared/messages/schemas/articles.py said": "a field of articles.clean.v1",
    "shared/messages/schemas/feeds.py seen": "a field of feeds.v1",
    "shared/messages/schemas/sources.py kept": "a field of sources.v1",
    "shared/messages/schemas/hits.py told": "a field of hits.v1",
    "shared/messages/schemas/tags.py who": "a field of articles.tagged.v1, the word of the rule language",
    "shared/service/readiness.py what": "a key of /readyz",
}
"""``file name`` → why a retired word stays there, for instance as the key of a published JSON."""
PARTICIPLES: float = 0.04
"""The most functions that may open with a participle: a few, like ``parsed``, read best so."""
LARGEST_FOLDER = 16


def test_a_class_name_stands_in_one_file() -> None:
    """Whoever searches for a class finds one."""
    twice = {
        name: sorted({str(path) for path in paths})
        for name, paths in class_names(python_files()).items()
        if len(set(paths)) > 1
    }
    assert {name: paths for name, paths in twice.items() if name not in SAME_NAME} == {}
    assert sorted(SAME_NAME) == sorted(twice), "an exception that is not needed any more"


def test_no_name_is_a_retired_word() -> None:
    """A function, parameter or attribute called ``told`` or ``found`` says nothing."""
    found = {f"{name.path} {name.text}": str(name) for name in retired_names(python_files())}
    assert [where for key, where in found.items() if key not in KEEP] == []
    assert sorted(KEEP) == sorted(key for key in found if key in KEEP), "a stray exception"


def test_functions_are_called_by_verbs_and_nouns() -> None:
    """``settled`` and ``shown`` tell of a state; a function does something or returns something."""
    functions = [
        name for path in python_files() for name in names_in(path) if name.kind == "function"
    ]
    bad = [str(name) for name in functions if is_participle(name.text)]
    assert len(bad) <= PARTICIPLES * len(functions), bad


def test_no_folder_is_a_heap() -> None:
    """Folders are concepts: a newcomer reads the names of one at a glance."""
    sizes = Counter(path.parent for path in python_files())
    assert {str(folder): size for folder, size in sizes.items() if size > LARGEST_FOLDER} == {}
