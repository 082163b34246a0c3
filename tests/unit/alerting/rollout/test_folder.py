"""The folder of rule files: every change is seen, and no half-written file is loaded."""

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.alerting.language.check import Vocabulary
from services.alerting.rollout.folder import RulesFolder
from services.alerting.rules.rule_set import RuleSet, load_rules
from shared.files.file_watcher import LOOK_EVERY_S
from shared.files.yaml_document import DocumentError

RULE = "{id: one, title: T, severity: low, when: trump}\n"


class Watched:
    """A folder that is checked as time goes by."""

    def __init__(self, path: Path) -> None:
        self.folder, self.now = RulesFolder(path, lambda: None), 0.0
        self.folder.load()

    def looks(self, times: int = 2) -> list[bool]:
        """Return what so many checks say, each after the usual interval."""
        found = []
        for _ in range(times):
            self.now += LOOK_EVERY_S
            found.append(self.folder.has_changed(self.now))
        return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "one.yaml").write_text(RULE, "utf-8")
    return tmp_path


def test_files_as_they_were_read_have_not_changed(path: Path) -> None:
    """A file that is not a rule file does not count."""
    watched = Watched(path)
    (path / "notes.txt").write_text("x", "utf-8")
    assert watched.looks(3) == [False, False, False]


def test_a_change_counts_once_the_folder_looks_the_same_twice(path: Path) -> None:
    """It counts until the folder is loaded; an editor that goes on writing postpones it."""
    watched = Watched(path)
    (path / "two.yaml").write_text("{id: tw", "utf-8")
    assert watched.looks(1) == [False]
    (path / "two.yaml").write_text(RULE.replace("one", "two"), "utf-8")
    assert watched.looks(2) == [False, True]
    assert len(watched.folder.load().rules) == 2
    assert watched.looks(2) == [False, False]


def test_it_looks_no_more_often_than_it_should(path: Path) -> None:
    """It does not however often it is asked."""
    watched = Watched(path)
    watched.looks(1)
    (path / "one.yaml").unlink()
    assert [watched.folder.has_changed(watched.now + LOOK_EVERY_S / 2) for _ in range(3)] == [
        False
    ] * 3


@pytest.mark.parametrize("change", ["unlink", "replace", "same size"])
def test_every_kind_of_change_is_seen(path: Path, change: str) -> None:
    """Files are deleted, replaced by a rename, and overwritten with as many bytes."""
    watched, file = Watched(path), path / "one.yaml"
    if change == "unlink":
        file.unlink()
    elif change == "replace":
        (path / "new").write_text(RULE, "utf-8")
        os.utime(path / "new", ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
        (path / "new").replace(file)
    else:
        file.write_text(RULE.replace("low", "LOW").replace("LOW", "low"), "utf-8")
        os.utime(file, ns=(0, 1))
    assert watched.looks(2) == [False, True]


def test_kubernetes_swaps_a_folder_behind_links(tmp_path: Path) -> None:
    """A ConfigMap links to ..data, which links to a dated folder; an update renames ..data."""
    mount = tmp_path / "mount"
    for version, when in (("..2026_1", "trump"), ("..2026_2", "kim")):
        (mount / version).mkdir(parents=True)
        (mount / version / "one.yaml").write_text(RULE.replace("trump", when), "utf-8")
    (mount / "..data").symlink_to("..2026_1")
    (mount / "one.yaml").symlink_to("..data/one.yaml")
    watched = Watched(mount)
    assert watched.looks(2) == [False, False]
    (mount / "..data_tmp").symlink_to("..2026_2")
    (mount / "..data_tmp").rename(mount / "..data")
    assert watched.looks(2) == [False, True]
    assert watched.folder.load().rules[0].rule.when == "kim"


def test_a_folder_that_goes_is_a_change_and_a_mistake(path: Path) -> None:
    """It is not a crash: the last valid set stays in force."""
    watched = Watched(path)
    (path / "one.yaml").unlink()
    path.rmdir()
    assert watched.looks(2) == [False, True]
    with pytest.raises(DocumentError, match="no rule file"):
        watched.folder.load()


def test_a_link_to_nowhere_is_a_mistake_with_its_name(path: Path) -> None:
    """It is reported like every other mistake in a file."""
    watched = Watched(path)
    (path / "two.yaml").symlink_to("nowhere")
    assert watched.looks(2) == [False, True]
    with pytest.raises(DocumentError, match=r"two.yaml:1:1: error: cannot be read"):
        watched.folder.load()


def test_ids_that_change_are_a_change_of_the_rules(
    path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A rule and the actor that it names arrive in any order.

    A rule whose actor is removed is refused, although its own file is as it was.
    """
    data = tmp_path_factory.mktemp("actors")
    known = [Vocabulary()]
    folder = RulesFolder(path, lambda: known[0], (data,))
    (path / "one.yaml").write_text(RULE.replace("trump", "actor(moon-jae-in)"), "utf-8")
    with pytest.raises(DocumentError, match="moon-jae-in"):
        folder.load()
    (data / "kor.yaml").write_text("x", "utf-8")
    assert [folder.has_changed(now) for now in (1.0, 2.0)] == [False, True]
    known[0] = Vocabulary(actors=frozenset({"moon-jae-in"}))
    assert len(folder.load().rules) == 1
    known[0] = Vocabulary()
    with pytest.raises(DocumentError, match="moon-jae-in"):
        folder.load()


FILES = ("a.yaml", "b.yaml", "c.yaml")
CONTENTS = (
    RULE,
    RULE.replace("one", "two"),
    RULE.replace("trump", "who"),
    RULE.replace("trump", "kim AND"),
    "- " + RULE.replace("one", "three") + "- " + RULE.replace("one", "four"),
)


@given(
    st.lists(
        st.tuples(st.sampled_from(FILES), st.one_of(st.none(), st.sampled_from(CONTENTS))),
        min_size=1,
        max_size=12,
    )
)
@settings(deadline=None)
def test_reading_what_changed_gives_what_reading_everything_gives(
    steps: list[tuple[str, str | None]],
) -> None:
    """Rules, warnings and mistakes are the same, whatever was written, corrected or removed."""
    with TemporaryDirectory() as name:
        folder = RulesFolder(Path(name), lambda: None)
        for number, (file, text) in enumerate(steps):
            path = Path(name) / file
            if text is None:
                path.unlink(missing_ok=True)
            else:
                path.write_text(text, "utf-8")
                os.utime(path, ns=(0, number + 1))
            assert outcome(folder.load) == outcome(lambda: load_rules(Path(name)))


def outcome(read: Callable[[], RuleSet]) -> object:
    try:
        return read()
    except DocumentError as error:
        return error.problems


def test_an_unchanged_file_is_not_read_again(path: Path) -> None:
    """So a change of one small file among many rules is fast."""
    watched = Watched(path)
    (path / "two.yaml").write_text(RULE.replace("one", "two"), "utf-8")
    before = watched.folder.load().rules
    (path / "two.yaml").write_text(RULE.replace("one", "two").replace("trump", "kim"), "utf-8")
    after = watched.folder.load().rules
    assert [one is other for one, other in zip(before, after, strict=True)] == [True, False]
