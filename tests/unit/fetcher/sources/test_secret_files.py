"""Headers and tokens of feeds from secret files: what is sent, and that no mistake shows them."""

import os
from pathlib import Path

import pytest

from services.fetcher.sources import feeds_file
from services.fetcher.sources.feeds_file import FeedSpec, parse_feeds
from services.fetcher.sources.secret_files import read_secret
from shared.files import yaml_document
from shared.files.yaml_document import DocumentError, Problem

SECRET = "s3cr3t-t0ken"


def write(folder: Path, text: str, name: str = "feeds.yaml", mode: int = 0o600) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def mistakes(path: Path) -> list[Problem]:
    document = yaml_document.load(path)
    parse_feeds(document)
    return document.problems


def load_one(path: Path) -> FeedSpec:
    (feed,) = feeds_file.load(path)
    return feed


def test_a_header_and_a_token_come_from_files(tmp_path: Path) -> None:
    """Relative to the feeds file's folder; the line's end is not part of the secret."""
    write(tmp_path, f"Basic {SECRET}\n", "secrets/wire")
    write(tmp_path, f"{SECRET}\r\n", "secrets/token")
    path = write(
        tmp_path,
        """feeds:
- url: https://wire.example/1
  source: wire
  headers: {Authorization: {file: secrets/wire}, X-Desk: asia}
- {url: https://wire.example/2, source: wire, token_file: secrets/token}
""",
    )
    first, second = feeds_file.load(path)
    assert first.headers == {"Authorization": f"Basic {SECRET}", "X-Desk": "asia"}
    assert second.headers == {"Authorization": f"Bearer {SECRET}"}
    assert second.secret_files == (str(tmp_path / "secrets/token"),)
    assert SECRET not in repr((first, second))


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        ("", 0o600, "it is empty"),
        (" \n\n", 0o600, "it is empty"),
        (f"{SECRET}\n{SECRET}\n", 0o600, "it has more than one line"),
        (f"{SECRET}é", 0o600, "it is not one line of ASCII text"),
        (f"\ufeff{SECRET}", 0o600, "it is not one line of ASCII text"),
        (f"{SECRET}\x07x", 0o600, "it is not one line of ASCII text"),
        ("x" * 5_000, 0o600, "it is larger than 4096 bytes"),
        (SECRET, 0o666, "everybody may write it"),
    ],
)
def test_a_secret_file_that_cannot_be_used(
    tmp_path: Path, content: str, mode: int, message: str
) -> None:
    """The error says which file, where it is named and what is wrong, and never what it holds."""
    write(tmp_path, content, "token", mode)
    path = write(tmp_path, "feeds:\n- {url: https://w.example/1, source: w, token_file: token}\n")
    with pytest.raises(DocumentError) as raised:
        feeds_file.load(path)
    text = str(raised.value)
    assert f"{path}:2:41: error: the secret file: {message}" in text
    assert "s3cr3t" not in text


def test_a_missing_file_and_other_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """With all the others in the file."""
    (tmp_path / "folder").mkdir()
    path = write(
        tmp_path,
        f"""feeds:
- {{url: https://w.example/1, source: w, token_file: none, text: pages}}
- {{url: https://w.example/2, source: w, headers: {{X-Key: {{file: folder}}}}}}
- {{url: https://w.example/3, source: w, headers: {{X-Key: {{fiel: {SECRET}}}}}}}
- {{url: https://w.example/4, source: w, headers: {{X-Key: {{file: none, mode: {SECRET}}}}}}}
- {{url: https://w.example/5, source: w, token_file: none, headers: {{authorization: {SECRET}}}}}
- {{url: https://w.example/6, source: w, headers: {{User-Agent: {{file: none}}}}}}
""",
    )
    text = "\n".join(map(str, mistakes(path)))
    assert "2:59: error: not one of the possible values: 'pages'; did you mean page?" in text
    assert ":3:" in text
    assert "the secret file: it is no file" in text
    assert ":4:" in text
    assert "missing required field `file`" in text
    assert "5:71: error: unknown field 'mode'" in text
    assert "6:" in text
    assert "the feed has a header Authorization already" in text
    assert "the fetcher sets this header itself; use `user_agent`" in text
    assert text.count("it cannot be read: No such file or directory") == 4
    assert "s3cr3t" not in text


def test_a_secret_that_everybody_may_read_is_a_warning(tmp_path: Path) -> None:
    """Containers mount secrets like that, so it is no error."""
    write(tmp_path, SECRET, "token", 0o644)
    path = write(tmp_path, "feeds:\n- {url: https://w.example/1, source: w, token_file: token}\n")
    assert load_one(path).headers["Authorization"] == f"Bearer {SECRET}"
    (problem,) = mistakes(path)
    assert (problem.level, problem.code) == ("warning", "open-secret-file")
    assert "the secret file: everybody may read it; chmod o-r" in str(problem)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file_says_why(tmp_path: Path) -> None:
    """As the system does."""
    assert "Permission denied" in read_secret(write(tmp_path, SECRET, "token", 0o000)).problem


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Nobody may ever write to it."""
    os.mkfifo(tmp_path / "pipe")
    assert read_secret(tmp_path / "pipe").problem == "it is no file"


def test_a_token_in_place_of_its_file_is_not_shown(tmp_path: Path) -> None:
    """A mistake that people make; its line and column are enough."""
    path = write(
        tmp_path,
        f"""feeds:
- {{url: https://w.example/1, source: w, token_file: {SECRET}}}
- {{url: https://w.example/2, source: w, headers: {{X-Key: {{file: {SECRET * 100}}}}}}}
- {{url: https://w.example/3, source: w, headers: {SECRET}}}
- {{url: https://w.example/4, source: w, token_file: [{SECRET}]}}
- {{url: https://w.example/5, source: w, token_file: "{SECRET}\\0"}}
""",
    )
    problems = mistakes(path)
    assert [problem.line for problem in sorted(problems)] == [2, 3, 4, 5, 6]
    assert "s3cr3t" not in "".join(map(str, problems))
    assert "write the path of a file, relative to the folder of this one" in str(problems[0])
