"""Who did what to whom, where the words are plain."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tagger import events
from services.tagger.scan.normalise import NormalisedText
from shared.messages.schemas import TaggedArticle

Tagging = Callable[..., TaggedArticle]


def triples(article: TaggedArticle) -> list[tuple[str, str, str | None]]:
    return [(event.source, event.event, event.target) for event in article.events]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Donald Trump met Kim Jong Un.", ("donald-trump", "meet", "kim-jong-un")),
        (
            "Donald Trump will meet North Korean leader Kim Jong Un.",
            ("donald-trump", "meet", "kim-jong-un"),
        ),
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
    """Subject, verb, object; passive; both subjects of meeting; a metonym; an office."""
    assert triples(tagged(text)) == [event]


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
    assert triples(tagged(text)) == []


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
def test_tense_negation_and_quotation(
    text: str, tense: str, negated: bool, quoted: bool, tagged: Tagging
) -> None:
    """Tense by the verb and its helper words; negation; whether it is in quotation marks."""
    (event,) = tagged(text).events
    assert (event.tense, event.negated, event.quoted) == (tense, negated, quoted)


DAY = r"(?:on|last|this|next|late|early) \w+day"
HELPERS = re.compile(
    r",?(?: (?:who|which|has|have|had|is|are|was|were|been|be|will|would|may|might|could|can"
    r"|should|must|does|do|did|not|never|also|again|later|then|first|once|already|repeatedly"
    r"|publicly|reportedly|no|longer|to|going|plans|wants|expected|due|ready|refused|refuses"
    rf"|{DAY}|\w+n['’]t),?)* ",
    re.IGNORECASE,
)
"""All words from a name to its verb in one pattern; reading word by word must agree with it."""
BEGINS = re.compile(r"(?:\A|[.?!\n:;—] ?|[“\"])(?:(?:the|[A-Z][\w.’'-]*) )*\Z")
WORDS = st.sampled_from(
    [
        "Kim",
        "has",
        "no",
        "not",
        "on Monday",
        "last day",
        "this",
        "to",
        "didn't",
        "n't",
        "met",
        "Had,",
        "who",
        ",",
        "",
        "dayday",
        "on",
    ]
)
BEFORE = st.lists(
    st.sampled_from(
        [
            "the",
            "The",
            "Aa",
            "b",
            "x.Aa",
            "A.",
            '"A',
            "“",
            "A-b",
            "!",
            ": ",
            "\n",
            " ",
            "A:b",
            "it;Aa",
            "A—the",
            "",
        ]
    ),
    max_size=8,
)


@given(words=st.lists(WORDS, max_size=8), comma=st.sampled_from(["", ","]))
def test_reading_helper_words_one_by_one_agrees_with_one_pattern(
    words: list[str], comma: str
) -> None:
    """From a name to each position after it, in order, in any text."""
    plain = "Kim" + comma + " " + " ".join(words) + " "
    helpers = events._HelperWords(plain)
    for verb in range(4, len(plain) + 1):
        assert helpers.lead(3, verb) == (HELPERS.fullmatch(plain, 3, verb) is not None), (
            plain,
            verb,
        )


@given(parts=BEFORE, between=st.sampled_from([" ", ""]))
def test_the_start_of_a_sentence_agrees_with_one_pattern(parts: list[str], between: str) -> None:
    """Walking back over capitals agrees with a pattern over the line before the name."""
    plain = between.join(parts) + between + "Kim"
    start = len(plain) - 3
    line = plain[plain.rfind("\n", 0, start) + 1 : start]
    assert events._is_at_sentence_start(NormalisedText(plain, plain), start) == (
        BEGINS.search(line) is not None
    ), plain
