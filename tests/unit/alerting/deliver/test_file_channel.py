"""The channel file: one line of JSON each, appended."""

from collections.abc import Callable
from pathlib import Path

import orjson

from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.channels.json_lines import JsonLinesFiles, append_line
from shared.messages.schemas import Notification

Make = Callable[..., Notification]


async def test_lines_are_appended(make_notification: Make, tmp_path: Path) -> None:
    """Each name has a file; a headline with line breaks is still one line."""
    channel = JsonLinesFiles(tmp_path)
    for headline in ("One", "Two\nlines\u2028here"):
        post = Post(notification=make_notification(headline=headline))
        assert (await channel.send("desk", channel.render(post), "id")).verdict == "accepted"
    lines = (tmp_path / "desk.jsonl").read_bytes().splitlines()
    shown = [orjson.loads(line)["data"]["alerts"][0]["headline"] for line in lines]
    assert shown == ["One", "Two\nlines\u2028here"]
    assert channel.rate_limit_key("desk") == "desk"


async def test_a_folder_that_is_missing_is_an_address_that_takes_nothing(
    make_notification: Make, tmp_path: Path
) -> None:
    """It is probed; once it exists, what waits is written."""
    channel = JsonLinesFiles(tmp_path / "later")
    body = channel.render(Post(notification=make_notification()))
    answer = await channel.send("desk", body, "id")
    assert (answer.verdict, answer.detail) == (
        "gone",
        "cannot be opened: No such file or directory",
    )
    (tmp_path / "later").mkdir()
    assert (await channel.send("desk", body, "id")).verdict == "accepted"
    assert JsonLinesFiles(None).rate_limit_key("desk") is None


def test_a_full_disk_leaves_no_doubt() -> None:
    """Nothing was written, so it is tried again."""
    answer = append_line(Path("/dev/full"), b"{}\n")
    assert (answer.verdict, answer.detail) == (
        "unsent",
        "cannot be written: No space left on device",
    )
