"""Reports of who takes or leaves an office; plans, denials and the past are none."""

from collections.abc import Callable
from datetime import date

import pytest

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.pipeline import tag
from services.tagger.propose.handovers import Handover, find_handovers
from shared.messages.schemas import CleanArticle

TUESDAY = date(2026, 11, 17)
Find = Callable[..., tuple[Handover, ...]]


@pytest.fixture
def find(gazetteer: Gazetteer, make_article: Callable[..., CleanArticle]) -> Find:
    def find_in(body: str, headline: str = "", language: str = "en") -> tuple[Handover, ...]:
        article = make_article(body, headline, day=TUESDAY, language=language)
        return find_handovers(tag(article, gazetteer), gazetteer)

    return find_in


def described(handovers: tuple[Handover, ...]) -> list[str]:
    return [
        f"{handover.kind} {handover.office} {handover.actor or handover.name or '-'}"
        for handover in handovers
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Jane Roe was sworn in as British prime minister on Monday.",
            "start gbr-prime-minister Jane Roe",
        ),
        (
            "Jane Roe, 56, was sworn in on Monday as Britain's new prime minister.",
            "start gbr-prime-minister Jane Roe",
        ),
        (
            "Japan's lower house elected Ichiro Tanaka as prime minister.",
            "start jpn-prime-minister Ichiro Tanaka",
        ),
        (
            "President Lee Jae-myung appointed Hong Gil-dong as foreign minister.",
            "start kor-foreign-minister Hong Gil-dong",
        ),
        ("Jane Roe became British prime minister.", "start gbr-prime-minister Jane Roe"),
        (
            "Jane Roe took office as prime minister of Canada.",
            "start can-prime-minister Jane Roe",
        ),
        (
            "Emmanuel Macron named Jean Dupont prime minister.",
            "start fra-prime-minister Jean Dupont",
        ),
        (
            "Rishi Raman, a former banker, was appointed chancellor of the exchequer.",
            "start gbr-chancellor-of-the-exchequer Rishi Raman",
        ),
        (
            "A new Thai prime minister, Somchai Jaidee, was sworn in before the king.",
            "start tha-prime-minister Somchai Jaidee",
        ),
        (
            "Kim Tae Song was promoted to foreign minister, North Korean state media said.",
            "start prk-foreign-minister Kim Tae Song",
        ),
        ("South Korean Foreign Minister Cho Hyun resigned.", "end kor-foreign-minister cho-hyun"),
        ("The German defence minister resigned on Sunday.", "end deu-defence-minister -"),
        (
            "Boris Pistorius, the defense minister, resigned after a row.",
            "end deu-defence-minister boris-pistorius",
        ),
        ("Trump fired his defense secretary on Friday.", "end us-secretary-of-defense -"),
        ("Pete Hegseth was fired on Friday.", "end us-secretary-of-defense pete-hegseth"),
        ("Iran's supreme leader died on Saturday.", "end irn-supreme-leader -"),
        (
            "Dutch Prime Minister Piet de Boer tendered his resignation to the king.",
            "end nld-prime-minister Piet de Boer",
        ),
        (
            "Prime Minister Jane Roe was ousted in a no-confidence vote in Britain.",
            "end gbr-prime-minister Jane Roe",
        ),
    ],
)
def test_a_report(text: str, expected: str, find: Find) -> None:
    """Who, which office, and whether it is taken or left."""
    assert described(find(text)) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Marco Rubio was replaced by John Roe as U.S. secretary of state.",
        "Marco Rubio was replaced as U.S. secretary of state by John Roe.",
        "John Roe replaced Marco Rubio on Monday.",
        "John Roe succeeds Marco Rubio as U.S. secretary of state.",
    ],
)
def test_a_successor_and_a_predecessor(text: str, find: Find) -> None:
    """One takes the office and another one leaves it."""
    assert described(find(text)) == [
        "start us-secretary-of-state John Roe",
        "end us-secretary-of-state marco-rubio",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Jane Roe will be sworn in as British prime minister on Monday.",
        "Jane Roe is to become British prime minister next week.",
        "Jane Roe could be appointed British foreign secretary.",
        "Jane Roe refused to be appointed British foreign secretary.",
        "Jane Roe was nominated as U.S. secretary of state.",
        "The British prime minister should resign, Jane Roe said.",
        "Opposition leaders called for Andy Burnham to resign as prime minister.",
        "Andy Burnham denied that he had resigned. Andy Burnham did not resign.",
        "If Andy Burnham resigned as prime minister, a vote would follow.",
        "There were rumours that the British prime minister resigned.",
        "Liz Truss resigned as British prime minister in October 2022.",
        "Liz Truss, who became British prime minister in 2022, wrote a book.",
        "Ten years ago David Cameron resigned as British prime minister.",
        "The Chinese foreign minister, removed after a month in 2023, has not been seen.",
        "Trump fired at reporters. North Korea fired missiles.",
        "The British prime minister resigned himself to a long night.",
        "Protesters want the Israeli prime minister removed.",
        "Macron may fire his prime minister, aides said.",
        "Keir Starmer quit smoking. Rubio replaced his phone.",
        "The former British prime minister Liz Truss resigned from the party.",
        "Jane Roe was elected president of the football association.",
        "Jane Roe was named the British prime minister's spokeswoman.",
        "Jane Roe was named deputy foreign minister of Japan.",
        "Jane Roe was sworn in as mayor.",
    ],
)
def test_no_report(text: str, find: Find) -> None:
    """Plans, wishes, denials, rumours, the past, other offices and other meanings of the verbs."""
    assert find(text) == ()


def test_the_day_and_the_sentence(find: Find) -> None:
    """The day that the sentence states, else the article's; the sentence is quoted whole."""
    (handover,) = find("It rained. Jane Roe became acting British prime minister on Nov. 10. Ho.")
    assert (handover.day, handover.is_stated, handover.acting) == (date(2026, 11, 10), True, True)
    assert handover.sentence == "Jane Roe became acting British prime minister on Nov. 10."
    (handover,) = find("", "British foreign secretary sacked after row")
    assert (handover.day, handover.is_stated, handover.kind) == (TUESDAY, False, "end")


def test_only_english(find: Find) -> None:
    """Articles in other languages have no reports."""
    assert find("Jane Roe was sworn in as British prime minister.", language="de") == ()
