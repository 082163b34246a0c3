"""Texts without blanks between words are compared by pairs of signs."""

import pytest

from services.alerting.stories.memory import StoryMemory
from services.alerting.stories.reading.read_article import read_article
from tests.story_articles import story_article

QUAKE = (
    "宮崎県で震度5弱、津波注意報",
    "気象庁によると、月曜日に宮崎県で震度5弱の地震があった。高知と宮崎に1メートルの津波注意報が出された。",
)
FIRE = ("北京发生火灾 三人受伤", "北京市朝阳区一家餐厅周一发生火灾，三人受伤，消防部门说。")


def test_a_run_of_signs_is_its_pairs() -> None:
    """The last sign is in the pair before it; one that stands alone is a word."""
    words = read_article(story_article("a", "地下鉄 x 火", "A. B.")).headline.words
    assert words == ("地下", "下鉄", "x", "火")


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (
            QUAKE,
            ("イオン銀行社長解任", "イオン銀行は社長を解任したと発表した。金融庁の処分を受けた。"),
        ),
        (
            QUAKE,
            ("大阪で新しい図書館が開館", "大阪市で新しい図書館が開館した。市長は期待を話した。"),
        ),
        (FIRE, ("上海地铁新线路开通", "上海地铁新线路周一开通，全长三十公里，市政府说。")),
        (FIRE, ("广州车展开幕", "广州车展周一开幕，二十个国家的企业参加，主办方说。")),
    ],
)
def test_two_subjects_are_two_stories(first: tuple[str, str], other: tuple[str, str]) -> None:
    """Although they have many signs in common."""
    memory = StoryMemory()
    memory.take(story_article("a", *first))
    assert memory.take(story_article("b", *other, hours=1)).story_id == "b"


@pytest.mark.parametrize(
    ("first", "later"),
    [
        (QUAKE, QUAKE),
        (
            QUAKE,
            (
                "宮崎の地震でけが人3人",
                "宮崎県の地震で3人がけがをしたと県警が発表した。津波注意報は解除された。",
            ),
        ),
        (FIRE, ("北京餐厅火灾原因公布", "北京市朝阳区餐厅火灾由燃气泄漏引起，消防部门周二说。")),
    ],
)
def test_what_follows_belongs_to_the_story(first: tuple[str, str], later: tuple[str, str]) -> None:
    """A reprint and reports in other words."""
    memory = StoryMemory()
    memory.take(story_article("a", *first))
    assert memory.take(story_article("b", *later, source="other", hours=3)).story_id == "a"
