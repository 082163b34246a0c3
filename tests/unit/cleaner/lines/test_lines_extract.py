import pytest

from services.cleaner.article_draft import Extraction
from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.lines.extract import extract_from_text
from shared.base.outcomes import Drop

LEAD = (
    "The two delegations met for three hours on Tuesday and agreed to meet again before the end "
    "of the month."
)
SECOND = (
    "A spokeswoman for the ministry said that both sides had been frank, and that differences "
    "remained over inspections."
)
THIRD = (
    '"We are not there yet," she told reporters, "but we are closer than we were in the spring."'
)
TITLE = "Delegations agree to meet again over inspections"

CLEAN = {
    "English": [TITLE, LEAD, SECOND, THIRD],
    "German": [
        "Unterhändler vertagen sich auf Oktober",
        (
            "Die Unterhändler beider Seiten haben sich am Dienstag in Wien getroffen und wollen "
            "im Oktober weiter verhandeln."
        ),
        "Man sei, so ein Sprecher, noch nicht am Ziel. Am 12. Oktober gehe es weiter.",
    ],
    "Korean": [
        "두 나라 대표단, 다음 달 다시 만나기로",
        (
            "두 나라 대표단은 화요일 세 시간 동안 회담을 열고 다음 달에 다시 만나기로 합의했다고 "
            "외교부가 밝혔다."
        ),
        "대변인은 사찰 문제를 두고 아직 이견이 남아 있다고 말했다.",
    ],
    "Chinese": [
        "两国代表团同意下月再次会晤",
        "两国代表团星期二举行了三个小时的会谈，并同意在下个月再次会晤。",
        "发言人说，双方在核查问题上仍有分歧。",
    ],
    "Arabic": [
        "الوفدان يتفقان على لقاء جديد الشهر المقبل",
        "اجتمع الوفدان يوم الثلاثاء ثلاث ساعات واتفقا على عقد لقاء جديد قبل نهاية الشهر المقبل.",
        "وقالت المتحدثة باسم الوزارة إن الخلافات ما زالت قائمة بشأن عمليات التفتيش.",
    ],
}


def extract(text: str, stated: str | None = None) -> Extraction:
    extraction = extract_from_text(text, stated)
    assert isinstance(extraction, Extraction)
    return extraction


@pytest.mark.parametrize("language", CLEAN)
@pytest.mark.parametrize("between", ["\n", "\n\n", "\r\n\r\n"])
def test_a_clean_article_keeps_every_paragraph(language: str, between: str) -> None:
    """If nothing speaks for a page around the text, all of it stays, in any script."""
    title, *body = CLEAN[language]
    extraction = extract(between.join((title, *body)))
    assert extraction.headline == title
    assert extraction.paragraphs == tuple(body)
    assert extraction.dropped == ()


@pytest.mark.parametrize(
    "inside",
    [
        "What happens next",
        "- Inspections resume in May",
        "1. A list of sites",
        "“Nobody won,” he said.",
        "Why now?",
        "She said no.",
        (
            "Subscription revenue at the paper rose by a tenth over the year, said the chief "
            "executive, and newsletters brought in most readers."
        ),
        (
            "He said: Photo-sharing sites should sign up for the code of conduct that the "
            "ministry drafted with publishers from eleven countries."
        ),
    ],
)
def test_subheads_lists_quotes_and_talk_of_subscriptions_stay(inside: str) -> None:
    """What belongs to a story stays, even if it is short or uses a page's vocabulary."""
    assert extract("\n\n".join((TITLE, LEAD, inside, SECOND))).paragraphs == (LEAD, inside, SECOND)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{{count}} stories left for {{user}}", "template"),
        ("Hello ${name}, welcome back", "template"),
        ("Shape 4Created with Sketch.Icon CloseIcon MenuArrow Left", "icon titles"),
        ("icon-search icon-menu logo arrow", "icon titles"),
        ("Home › World › Asia › Talks", "navigation"),
        ("News | Sport | Weather | Video", "navigation"),
        ("The delegations arrive in Vienna on Tuesday. © Example Pictures", "caption"),
        ("Photo: Jane Doe", "caption"),
        ("Delegates at the table. Alex Doe/Getty Images", "caption"),
        ("© 2018 Example Media. All rights reserved.", "copyright"),
        ("Subscribe now for full access.", "subscription"),
        ("Jetzt abonnieren und weiterlesen", "subscription"),
        ("이 기사는 유료 회원 전용입니다", "subscription"),
        ("You need a subscription to read on", "subscription"),
        ("Advertisement", "page furniture"),
        ("Read more: Ministers gather for the spring session", "page furniture"),
    ],
)
@pytest.mark.parametrize("place", [1, 2, 3])
def test_each_kind_of_line_is_dropped_and_says_why(line: str, why: str, place: int) -> None:
    """A line is dropped above, between and below the paragraphs.

    It is reported unchanged, with its number and the reason.
    """
    lines = [TITLE, LEAD, SECOND]
    lines.insert(place, line)
    extraction = extract("\n".join(lines))
    assert extraction.paragraphs == (LEAD, SECOND)
    assert [(line.line, line.text, line.why) for line in extraction.dropped] == [(place, line, why)]
    assert place not in extraction.body_lines


def test_kicker_deck_and_byline_are_not_the_headline() -> None:
    """One line above the first paragraph is the headline; the others get their types."""
    deck = "Inspections remain the hard part as both delegations look for a date"
    extraction = extract(
        "\n\n".join(
            (
                "Talks at crossroads",
                TITLE,
                deck,
                "By Ann Lee and Bo Kim",
                LEAD,
                SECOND,
                "© 2018 Example Media",
            )
        )
    )
    assert extraction.headline == TITLE
    assert extraction.authors == ("Ann Lee", "Bo Kim")
    assert [(line.line, line.why) for line in extraction.dropped] == [
        (0, "kicker"),
        (4, "deck"),
        (6, "byline"),
        (12, "copyright"),
    ]


def test_offers_behind_the_article_go_with_the_sentences_between_them() -> None:
    """A sentence among offers does not make them an article."""
    tail = [
        "Subscribe now",
        "Unlimited access",
        "See what the world reads.",
        "Offer ends Friday",
        "Site on phone and tablet",
    ]
    extraction = extract("\n\n".join((TITLE, LEAD, SECOND, THIRD, *tail)))
    assert extraction.paragraphs == (LEAD, SECOND, THIRD)
    assert {line.why for line in extraction.dropped} == {"subscription", "outside the article"}


def test_short_paragraphs_beside_one_advertisement_stay() -> None:
    """An advertisement cuts off neither a short lead nor a short last paragraph."""
    body = ("Talks ended early on Tuesday.", LEAD, SECOND, "He did not elaborate.")
    extraction = extract(
        "\n\n".join((TITLE, body[0], "Advertisement", *body[1:3], "Advertisement", body[3]))
    )
    assert extraction.paragraphs == body


def test_what_a_page_repeats_goes_and_a_refrain_stays() -> None:
    """A label that comes three times and a repeated paragraph are dropped.

    A short sentence may be repeated.
    """
    refrain = "We will not wait."
    extraction = extract(
        "\n\n".join(
            (
                TITLE,
                LEAD,
                "Live updates",
                refrain,
                SECOND,
                "Live updates",
                refrain,
                LEAD,
                THIRD,
                "Live updates",
            )
        )
    )
    assert extraction.paragraphs == (LEAD, refrain, SECOND, refrain, THIRD)
    assert {line.why for line in extraction.dropped} == {"repeated line"}


def test_a_wrapped_text_is_joined() -> None:
    """Lines wrapped at a column become their paragraphs again; all their numbers are kept."""
    text = (
        "Talks to resume\n\nThe two delegations met for three hours on Tuesday and agreed\n"
        "to meet again before the end of the month, officials said, though\ndifferences remained "
        "over inspections.\n\n"
        "A spokeswoman said that both sides had been frank and that they\nwould name a date for "
        "the next round of the talks within the\n"
        "week to come.\n"
    )
    extraction = extract(text)
    assert extraction.headline == "Talks to resume"
    assert [paragraph.split()[-1] for paragraph in extraction.paragraphs] == [
        "inspections.",
        "come.",
    ]
    assert extraction.body_lines == (2, 3, 4, 6, 7, 8)


def test_the_stated_headline_wins() -> None:
    """The headline of feed or manifest is taken, and its line is not part of the body."""
    extraction = extract("\n\n".join((TITLE, LEAD)), stated=TITLE.upper())
    assert extraction.headline == TITLE.upper()
    assert extraction.paragraphs == (LEAD,)


def test_a_flash_is_not_lost() -> None:
    """A headline alone is an article whose body is the headline."""
    extraction = extract("BREAKING: Delegations walk out of talks")
    assert extraction.headline == extraction.paragraphs[0]


def test_a_list_of_links_is_not_an_article() -> None:
    """Lines without a sentence among them are dropped with a reason."""
    assert extract_from_text("Home\nWorld\nAsia\nSport\nWeather\n", None) == Drop(
        CleanDrop.NOT_AN_ARTICLE
    )
