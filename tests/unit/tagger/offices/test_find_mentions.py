"""An office refers to its holder on the article's date."""

from collections.abc import Callable
from datetime import date

import pytest

from shared.messages.schemas import Mention, TaggedArticle

Tagging = Callable[..., TaggedArticle]


def offices(article: TaggedArticle) -> list[Mention]:
    return [mention for mention in article.mentions if mention.kind == "office"]


@pytest.mark.parametrize(
    ("day", "holder"),
    [
        (date(2017, 1, 20), "thomas-shannon"),
        (date(2018, 3, 20), "rex-tillerson"),
        (date(2018, 4, 10), "john-sullivan"),
        (date(2018, 4, 25), "john-sullivan"),
        (date(2018, 4, 26), "mike-pompeo"),
        (date(2018, 9, 12), "mike-pompeo"),
    ],
)
def test_the_holder_of_the_day(day: date, holder: str, tagged: Tagging) -> None:
    """The secretary of state is the holder of that day, on a handover day the successor."""
    (mention,) = offices(tagged("U.S. officials said the secretary of state would come.", day=day))
    assert (mention.surface, mention.actor, mention.office) == (
        "secretary of state",
        holder,
        "us-secretary-of-state",
    )


@pytest.mark.parametrize(
    ("phrase", "surface", "office", "actor"),
    [
        (
            "the U.S. Secretary of State",
            "U.S. Secretary of State",
            "us-secretary-of-state",
            "mike-pompeo",
        ),
        (
            "the South Korean national security adviser",
            "South Korean national security adviser",
            "kor-national-security-director",
            "chung-eui-yong",
        ),
        (
            "Japan's foreign minister",
            "Japan's foreign minister",
            "jpn-foreign-minister",
            "taro-kono",
        ),
        (
            "the South Korean chief of staff",
            "South Korean chief of staff",
            "kor-presidential-chief-of-staff",
            "im-jong-seok",
        ),
        (
            "the prime minister of Vietnam",
            "prime minister of Vietnam",
            "vnm-prime-minister",
            "nguyen-xuan-phuc",
        ),
        ("the premier of China", "premier of China", "chn-premier", "li-keqiang"),
        ("the North Korean leader", "North Korean leader", "prk-supreme-leader", "kim-jong-un"),
        (
            "the U.N. secretary-general",
            "U.N. secretary-general",
            "un-secretary-general",
            "antonio-guterres",
        ),
    ],
)
def test_a_phrase_with_its_country(
    phrase: str, surface: str, office: str, actor: str, tagged: Tagging
) -> None:
    """The country may come before, with or without 's, or after "of"; it is part of the mention."""
    (mention,) = offices(tagged(f"Yesterday {phrase} spoke."))
    assert (mention.surface, mention.office, mention.actor) == (surface, office, actor)


def test_a_person_in_office_gives_the_country(tagged: Tagging) -> None:
    """Trump's national security adviser is the American one; Trump stays a mention of his own."""
    article = tagged("Trump's national security adviser spoke.")
    assert [(mention.surface, mention.actor) for mention in article.mentions] == [
        ("Trump", "donald-trump"),
        ("national security adviser", "john-bolton"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The president spoke.",
        "The national security adviser spoke.",
        "The former U.S. secretary of state spoke.",
        "The then-secretary of state spoke.",
        "The ex-secretary of state spoke.",
        "The assistant secretary of state spoke.",
        "The Georgia secretary of state spoke.",
        "The British secretary of state spoke.",
        "The secretary of state nominee spoke.",
        "The secretary of state for Scotland spoke.",
        "Secretary of State Mike Pompeo spoke.",
    ],
)
def test_what_is_no_mention_of_an_office(text: str, tagged: Tagging) -> None:
    """No country, another office, another time, another body, or only a title."""
    assert offices(tagged(text)) == []


@pytest.mark.parametrize(
    ("text", "day", "ambiguous"),
    [
        (
            "The Russian deputy foreign minister spoke.",
            date(2018, 9, 12),
            ("igor-morgulov", "sergei-ryabkov"),
        ),
        ("The U.S. special representative for North Korea spoke.", date(2018, 5, 10), ()),
        ("Japanese Foreign Minister Jane Doe spoke.", date(2018, 9, 12), ()),
        ("The acting secretary of state spoke.", date(2018, 9, 12), ()),
    ],
)
def test_nobody_is_guessed(
    text: str, day: date, ambiguous: tuple[str, ...], tagged: Tagging
) -> None:
    """Several holders, a vacancy, an unknown name, no acting holder: only the office is named."""
    (mention,) = offices(tagged(text, day=day))
    assert mention.office is not None
    assert (mention.actor, mention.ambiguous) == (None, ambiguous)


def test_the_acting_holder(tagged: Tagging) -> None:
    """Somebody who acts on the day is the holder, and the actor's office says so."""
    article = tagged("The acting secretary of state spoke.", day=date(2018, 4, 10))
    assert [(mention.surface, mention.actor) for mention in offices(article)] == [
        ("acting secretary of state", "john-sullivan")
    ]
    acting = {office.office: office.acting for office in article.actors[0].offices}
    assert acting == {"us-deputy-secretary-of-state": False, "us-secretary-of-state": True}


def test_an_unverified_term_says_so(tagged: Tagging) -> None:
    """The dates of the United Front director are not verified; the actor's office says so."""
    article = tagged("The director of the United Front Department spoke.")
    verified = {office.office: office.verified for office in article.actors[0].offices}
    assert verified["prk-united-front-director"] is False


@pytest.mark.parametrize(
    ("text", "holder"),
    [
        ("The White House said the national security adviser would come.", "john-bolton"),
        ("Kang Kyung-wha left. The foreign minister was silent.", "kang-kyung-wha"),
        ("Japan's defense minister left. The defence minister was silent.", "itsunori-onodera"),
        ("Japan was angry. The foreign minister said so.", "taro-kono"),
        ("Japan and China were angry. The foreign minister said so.", None),
        ("Putin sent his foreign minister.", "sergei-lavrov"),
        ("Putin and Moon sent his foreign minister.", None),
        ("Theresa May sent his foreign secretary.", None),
        ("Japan was angry, and its foreign minister said so.", "taro-kono"),
        ("Japan's new foreign minister spoke.", "taro-kono"),
        ("Japan's caretaker foreign minister spoke.", "taro-kono"),
        ("The foreign minister of the North spoke.", "ri-yong-ho"),
        ("Downing Street said the prime minister would come.", "theresa-may"),
        ("The Kremlin called. Downing Street said the prime minister would come.", "theresa-may"),
        ("The Kremlin told Downing Street that the prime minister would come.", None),
        ("The Japanese PM spoke.", "shinzo-abe"),
        ("Trump met Putin and Moon his foreign minister.", "kang-kyung-wha"),
        ("Trump saw Putin. His secretary of state was there.", "mike-pompeo"),
        ("Moon saw Putin. But his foreign minister was absent.", "kang-kyung-wha"),
        ("Moon left. The actor saw his foreign minister.", None),
        ("The White House was shut. Its press secretary spoke.", "sarah-sanders"),
        ("Japan saw Trump. The defense secretary spoke.", "james-mattis"),
        ("Japan, China and Trump met. The defense minister spoke.", None),
        ("Japan and Austria met. The defense minister spoke.", None),
        ("Kang Kyung-wha left. A foreign minister was silent.", None),
        ("Kang Kyung-wha left. The former foreign minister was silent.", None),
        ("Kang Kyung-wha left. The foreign minister of the company was silent.", None),
        ("Kang Kyung-wha left. The foreign minister Jane Doe was silent.", None),
        ("Kang Kyung-wha left. The Austrian foreign minister was silent.", None),
        ("Trump spoke. The president was loud.", None),
    ],
)
def test_the_article_says_whose_office_it_is(
    text: str, holder: str | None, tagged: Tagging
) -> None:
    """A body in the sentence, the holder or the office with its country, one country, a pronoun."""
    last = [mention.actor for mention in offices(tagged(text))[-1:]]
    assert last == ([holder] if holder else [])


@pytest.mark.parametrize(
    "text",
    [
        "The deposed Japanese prime minister spoke.",
        "A former two-term U.S. president spoke.",
        "A new U.S. president would change that.",
        "The former secretary of state and secretary of defense spoke.",
        "The U.S. secretary of state at the time spoke.",
        "The U.S. secretary of state in 2015 spoke.",
        "The U.S. secretary of state from 2009 to 2013 spoke.",
        "The U.S. secretary of state under Obama spoke.",
        "She ran for U.S. president twice.",
        "She was U.S. secretary of state for four years.",
        "The frontrunner for Japanese prime minister spoke.",
        "The Japanese president spoke.",
        "The U.S. prime minister spoke.",
        "The Japanese president bowed to the Chinese king.",
        "He was the U.S. president when the accord was signed.",
        "Bill Clinton, who was then the U.S. president, signed it.",
        "Bush's secretary of state said so.",
        "John Roe, secretary of state in the 1980s, disagreed.",
        "The secretary of state in the Bush administration disagreed.",
        "The U.S. secretary of state from 2005 wrote a book.",
        "The prime minister-in-waiting of Japan spoke.",
        "The South Korean president-to-be spoke.",
        "The would-be South Korean president spoke.",
        "The one-time Japanese defence minister spoke.",
        "The then-Japanese foreign minister and the ex-South Korean president spoke.",
        "The late Japanese prime minister was praised.",
        "The nominee for U.S. secretary of state spoke.",
        "In June 2000 the South Korean president flew to Pyongyang.",
        "In the 1990s the South Korean president promised aid.",
        "Ten years ago, the South Korean president sent rice.",
        "Kim Jong Il, the North Korean leader, met nobody.",
        "The North Korean leader who died in 2011 never met him.",
        "The South Korean president, Kim Dae-jung, flew to Pyongyang.",
        "The Japanese prime minister, Ichiro Tanaka, smiled.",
        "The 39th U.S. president flew to Pyongyang.",
        "The first U.S. president to do so was a general.",
    ],
)
def test_another_time_or_no_office(text: str, tagged: Tagging) -> None:
    """Who held, will hold or wants the office is not the holder; some countries have no such one."""
    assert offices(tagged(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. secretary of state in 2018 speaks for Trump.",
        "The U.S. secretary of state under Trump spoke.",
        "Mike Pompeo was U.S. secretary of state when they met.",
        "The embattled U.S. secretary of state spoke.",
        "In 2018 the U.S. secretary of state spoke.",
        "In a call with Kim Jong Un, the U.S. secretary of state spoke.",
        "The U.S. secretary of state, Mike Pompeo, spoke.",
        "The newly appointed U.S. secretary of state spoke.",
        "The U.S. secretary of state in the Trump administration spoke.",
        "Mike Pompeo was the first U.S. secretary of state to say so.",
    ],
)
def test_the_same_time(text: str, tagged: Tagging) -> None:
    """A year or a ruler of the article's own time does not make it another person."""
    assert [mention.actor for mention in offices(tagged(text))] == ["mike-pompeo"]


@pytest.mark.parametrize(
    "phrase", ["acting South Korean president", "South Korean acting president"]
)
def test_an_acting_president_has_an_office_of_its_own(phrase: str, tagged: Tagging) -> None:
    """Wherever the country stands, it is the office of those who act for the president."""
    (mention,) = offices(tagged(f"The {phrase} spoke.", day=date(2024, 12, 20)))
    assert (mention.office, mention.actor) == ("kor-acting-president", "han-duck-soo")
