"""Values are shared as long as they are in use and their files are the same."""

from pathlib import Path

import pytest

from shared.files.shared_values import SharedValues


class Text:
    def __init__(self, text: str) -> None:
        self.text = text


def build(*paths: Path) -> Text:
    return Text("".join(path.read_text("utf-8") for path in paths))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.yaml"
    path.write_text("one", "utf-8")
    return path


def test_the_same_content_is_built_once_for_as_long_as_it_is_in_use(file: Path) -> None:
    """A copy of the folder is the same content; a value that nobody holds is built again."""
    values, built = SharedValues[Text](), []

    def build_counted() -> Text:
        built.append(1)
        return build(file)

    first = values.get([file.parent], build_counted)
    copy = file.parent / "copy"
    copy.mkdir()
    (copy / "a.yaml").write_text("one", "utf-8")
    assert values.get([file.parent], build_counted) is first
    assert values.get([copy], build_counted) is first
    assert len(built) == 1
    del first
    values.get([file.parent], build_counted)
    assert len(built) == 2


@pytest.mark.parametrize("change", ["content", "name", "another", "folders", "removed"])
def test_a_change_is_noticed(file: Path, change: str) -> None:
    """What the value was built from has changed, however short ago the file was written."""
    values = SharedValues[Text]()
    first = values.get([file.parent], lambda: Text("before"))
    folders = [file.parent]
    if change == "content":
        file.write_text("two", "utf-8")
    elif change == "name":
        file.rename(file.with_name("b.yml"))
    elif change == "another":
        file.with_name("b.yaml").write_text("", "utf-8")
    elif change == "removed":
        file.unlink()
    else:
        folders = [file.parent, file.parent]
    assert values.get(folders, lambda: Text("after")).text == "after"
    assert first.text == "before"


def test_a_file_written_while_it_is_read_is_read_again(file: Path) -> None:
    """Nobody knows which of the two contents the value has."""
    values = SharedValues[Text]()

    def build_and_write() -> Text:
        text = build(file)
        file.write_text("two", "utf-8")
        return text

    first = values.get([file.parent], build_and_write)
    assert first.text == "one"
    file.write_text("one", "utf-8")
    assert values.get([file.parent], lambda: build(file)) is not first


def test_nothing_is_shared_that_cannot_be_read(tmp_path: Path) -> None:
    """A folder that is not there is an error of its own each time."""
    values = SharedValues[Text]()
    missing = [tmp_path / "missing"]
    first = values.get(missing, lambda: Text("a"))
    assert values.get(missing, lambda: Text("b")) is not first


def test_a_failure_is_not_remembered(file: Path) -> None:
    """The next attempt builds again."""
    values = SharedValues[Text]()

    def fail() -> Text:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        values.get([file.parent], fail)
    assert values.get([file.parent], lambda: build(file)).text == "one"
