"""Which files of a drop folder are taken, and when."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.drop_box.intake import (
    EMPTY_S,
    STABLE_S,
    FileKind,
    FileVersion,
    Intake,
    ListedFile,
    choose_files,
)


def a_file(name: str, size: int = 10, modified_ns: int = 5, inode: int = 1) -> ListedFile:
    return ListedFile(name, FileKind.FILE, FileVersion(inode, size, modified_ns))


def look(*looks: tuple[float, list[ListedFile]], trigger: str = "") -> Intake:
    """Look several times, and return the last intake."""
    intake = Intake(complete=(), sightings={}, ignored={})
    for now_s, listed in looks:
        intake = choose_files(listed, intake.sightings, now_s, trigger)
    return intake


def test_a_file_is_complete_once_it_has_not_changed() -> None:
    """Neither in size nor in time, nor for another file of the same name."""
    file = a_file("a.xml")
    assert look((0.0, [file])).complete == ()
    assert look((0.0, [file]), (STABLE_S, [file])).complete == ("a.xml",)
    for changed in (
        a_file("a.xml", size=11),
        a_file("a.xml", modified_ns=6),
        a_file("a.xml", inode=2),
    ):
        assert look((0.0, [file]), (STABLE_S, [changed])).complete == ()
        later = look((0.0, [file]), (STABLE_S, [changed]), (2 * STABLE_S, [changed]))
        assert later.complete == ("a.xml",)


def test_a_clock_that_goes_back_only_delays() -> None:
    """Nothing is complete because of a wrong clock."""
    file = a_file("a.xml")
    assert look((100.0, [file]), (1.0, [file])).complete == ()
    assert look((100.0, [file]), (1.0, [file]), (1.5, [file])).complete == ("a.xml",)


def test_an_empty_file_is_about_to_be_written() -> None:
    """Until it has been empty for a minute."""
    file = a_file("a.xml", size=0)
    assert look((0.0, [file]), (EMPTY_S - 1, [file])).complete == ()
    assert look((0.0, [file]), (EMPTY_S, [file])).complete == ("a.xml",)


@pytest.mark.parametrize(
    "name",
    [".a.xml", "a.xml.tmp", "a.TMP", "a.part", "a.filepart", "a.xml~", "a.crdownload", ".nfs0001"],
)
def test_names_of_unfinished_files(name: str) -> None:
    """Hidden and temporary names are of files that will be renamed."""
    assert look((0.0, [a_file(name)]), (9.0, [a_file(name)])).complete == ()


@pytest.mark.parametrize("kind", [FileKind.FOLDER, FileKind.LINK, FileKind.SPECIAL])
def test_what_is_no_file_is_never_read(kind: FileKind) -> None:
    """A link may lead anywhere, a pipe may block for ever."""
    listed = [replace(a_file("a.xml"), kind=kind)]
    intake = look((0.0, listed), (9.0, listed))
    assert (intake.complete, intake.ignored) == ((), {"a.xml": f"it is {kind}"})


def test_with_a_trigger_only_triggered_files_are_complete() -> None:
    """The trigger itself is no article, and a name that ends like one is none."""
    files = [a_file("a.xml"), a_file("a.xml.ok", size=1), a_file("b.xml"), a_file("c.ok")]
    assert look((0.0, files), (1.0, files), trigger=".ok").complete == ("a.xml",)


def test_the_oldest_comes_first() -> None:
    """By time, then by name: so versions of an item are written in their order."""
    files = [a_file("b", modified_ns=2), a_file("a", modified_ns=2), a_file("z", modified_ns=1)]
    assert look((0.0, files), (1.0, files)).complete == ("z", "a", "b")


@given(
    st.lists(
        st.lists(st.builds(a_file, st.sampled_from(["a", "b", ".c", "d.tmp"]), st.integers(0, 2)))
    )
)
def test_only_what_was_listed_twice_is_complete(listings: list[list[ListedFile]]) -> None:
    """Whatever comes and goes, at any pace of looks."""
    before: Intake | None = None
    for number, listed in enumerate(listings):
        intake = choose_files(listed, before.sightings if before else {}, float(number))
        for name in intake.complete:
            assert before is not None
            assert intake.sightings[name].version == before.sightings[name].version
        before = intake
