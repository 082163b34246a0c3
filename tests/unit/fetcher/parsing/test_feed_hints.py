"""What feeds say about their next reading: ttl, skipHours, skipDays, sy: periods."""

import pytest

from services.fetcher.parsing.feed_parser import parse
from shared.messages.schemas import FeedHints

ITEM = "<item><title>a</title><link>https://n.example/a</link>{}</item>"


def hints(channel: str, item: str = "", after: str = "") -> FeedHints:
    """Return the hints of an RSS feed with these elements."""
    sy = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    text = f'<rss version="2.0" {sy}><channel>{channel}{ITEM.format(item)}{after}</channel></rss>'
    return parse(text.encode(), None, "https://n.example/rss").hints


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("", FeedHints()),
        ("<ttl>60</ttl>", FeedHints(wait_s=3_600)),
        ("<ttl> 5 </ttl>", FeedHints(wait_s=300)),
        ("<ttl>soon</ttl>", FeedHints()),
        ("<ttl>-5</ttl>", FeedHints()),
        ("<ttl>999999999</ttl>", FeedHints(wait_s=604_800)),
        ("<ttl>PT1H</ttl>", FeedHints()),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", FeedHints(wait_s=3_600)),
        (
            "<sy:updatePeriod>\n daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            FeedHints(wait_s=21_600),
        ),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            FeedHints(wait_s=3_600),
        ),
        ("<sy:updatePeriod>yearly</sy:updatePeriod>", FeedHints(wait_s=604_800)),
        (
            "<ttl>120</ttl><sy:updatePeriod>hourly</sy:updatePeriod>",
            FeedHints(wait_s=7_200),
        ),
        (
            "<skipHours><hour>0</hour><hour> 23 </hour><hour>24</hour><hour>77</hour></skipHours>",
            FeedHints(skip_hours=(0, 23)),
        ),
        (
            "<skipDays><day>Saturday</day>\n<day>sunday</day><day>Funday</day></skipDays>",
            FeedHints(skip_weekdays=(5, 6)),
        ),
        (
            "<skipHours>" + "".join(f"<hour>{hour}</hour>" for hour in range(24)) + "</skipHours>",
            FeedHints(),
        ),
        ("<skipHours/>", FeedHints()),
    ],
)
def test_the_hints_of_a_channel(channel: str, expected: FeedHints) -> None:
    """Minutes, periods and lists as their specifications have them; nonsense is no hint."""
    assert hints(channel) == expected


def test_hints_may_come_after_the_items_and_not_in_them() -> None:
    """An article about RSS does not steer its feed."""
    skip = "<skipHours><hour>3</hour></skipHours>"
    assert hints("", after=skip).skip_hours == (3,)
    assert hints("", item=f"<description><![CDATA[{skip}]]></description>").skip_hours == ()


def test_atom_and_json_have_none() -> None:
    """Neither format has an element for it."""
    json = b'{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": []}'
    assert parse(json, None, "https://n.example/feed.json").hints == FeedHints()


def test_hostile_hints_take_no_time() -> None:
    """Unclosed lists and numbers without end are cut off."""
    assert hints("<skipHours>" + "<hour>1" * 20_000) == FeedHints()
    assert hints("<ttl>" + "9" * 100_000 + "</ttl>") == FeedHints()
