"""Who did what to whom, where the words are plain."""

from collections.abc import Callable

import pytest

from shared.schemas import TaggedArticle

Tagging = Callable[..., TaggedArticle]


def told(article: TaggedArticle) -> list[tuple[str, str, str | None]]:
    return [(event.source, event.event, event.target) for event in article.events]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Donald Trump met Kim Jong Un.", ("donald-trump", "meet", "kim-jong-un")),
        ("Donald Trump will meet North Korean leader Kim Jong Un.", ("donald-trump", "meet", "kim-jong-un")),
        ("Donald Trump and Kim Jong Un met in June.", ("donald-trump", "meet", "kim-jong-un")),
        ("Kim Jong Un was praised by Trump.", ("donald-trump", "praise", "kim-jong-un")),
        ("Pyongyang has repeatedly threatened Seoul.", ("PRK", "threaten", "KOR")),
        ("North Korea tested a missile on Friday.", ("PRK", "test", None)),
        ("The U.S. imposed new sanctions on Russia.", ("USA", "sanction", "RUS")),
        ("China rejected the United States.", ("CHN", "reject", "USA")),
        ("Mike Pompeo, who visited North Korea, was tired.", ("mike-pompeo", "visit", "PRK")),
        ("The U.S. secretary of state thanked Japan.", ("mike-pompeo", "praise", "JPN")),
    ],
)
def test_plain_events(text: str, event: tuple[str, str, str | None], tagged: Tagging) -> None:
    """Subject, verb, object; passive; both subjects of meeting; a seat that acts; an office that stands for its holder."""
    assert told(tagged(text)) == [event]


@pytest.mark.parametrize(
    "text",
    [
        "Donald Trump said he met someone. Kim Jong Un left.",
        "The aide of Kim Jong Un whom the press had met praised the weather in Japan.",
        "Trump's lawyer met Kim Jong Un.",
        "China's ambassador to Britain accused Japan.",
        "The lawyer of President Donald Trump met Kim Jong Un.",
        "Kim Jong Un was praised.",
        "The meeting that Donald Trump wants. Met Kim Jong Un.",
        "Officials met in Singapore.",
    ],
)
def test_what_is_not_plain_is_no_event(text: str, tagged: Tagging) -> None:
    """Another subject, another sentence, no object: nothing."""
    assert told(tagged(text)) == []


@pytest.mark.parametrize(
    ("text", "tense", "negated", "quoted"),
    [
        ("Donald Trump met Kim Jong Un.", "past", False, False),
        ("Donald Trump meets Kim Jong Un.", "present", False, False),
        ("Donald Trump will not meet Kim Jong Un.", "future", True, False),
        ("Donald Trump has never met Kim Jong Un.", "past", True, False),
        ("Donald Trump refused to meet Kim Jong Un.", "future", True, False),
        ("Donald Trump didn't visit North Korea.", "past", True, False),
        ('"Donald Trump praised Kim Jong Un," she said.', "past", False, True),
        ("She said: “Donald Trump praised Kim Jong Un.”", "past", False, True),
        ("“Well,” she said. Donald Trump praised Kim Jong Un.", "past", False, False),
    ],
)
def test_how_it_is_said(text: str, tense: str, negated: bool, quoted: bool, tagged: Tagging) -> None:
    """Tense by the verb and what stands before it; negation; within quotation marks."""
    (event,) = tagged(text).events
    assert (event.tense, event.negated, event.quoted) == (tense, negated, quoted)
