"""Texts as wires, newsrooms and readers send them, each with what a person would keep."""

import textwrap
from dataclasses import dataclass

import pytest

from services.cleaner.article_draft import Extraction
from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.lines.extract import extract_from_text
from shared.base.outcomes import Drop


@dataclass(frozen=True)
class Text:
    """A text: lines above the body, the body, and lines behind it.

    ``headline`` is among the lines above.
    """

    headline: str
    above: tuple[str, ...]
    body: tuple[str, ...]
    behind: tuple[str, ...] = ()

    def joined(self, between: str = "\n\n") -> str:
        return between.join((*self.above, *self.body, *self.behind))


WIRE = (
    (
        "VIENNA, Oct. 11 (Agency) -- Negotiators from eleven countries agreed on Thursday to open "
        "the disputed reactor to inspectors before winter."
    ),
    (
        "The agreement came after a night of talks in which both delegations twice left the "
        "table, diplomats said."
    ),
    (
        "Under the text the first team is to arrive within six weeks, and to be given the plans "
        "of the building a fortnight before."
    ),
    (
        '"It is a first step, and it is a late one," said the chief negotiator, who has led the '
        "talks since the spring."
    ),
    (
        "The opposition called the deal a surrender and said that it would bring it before "
        "parliament next week."
    ),
)
TEXTS = {
    "wire copy with a dateline": Text(
        "Negotiators agree to open reactor to inspectors",
        ("Negotiators agree to open reactor to inspectors",),
        WIRE,
    ),
    "a page with byline, caption and read more": Text(
        "Negotiators agree to open reactor to inspectors",
        (
            "Home",
            "World",
            "Negotiators agree to open reactor to inspectors",
            "By ANN LEE and BO KIM",
            "Delegates leave the talks in Vienna early on Thursday. (AP Photo/Jo Doe)",
        ),
        WIRE,
        (
            "Read more: Why the winter matters to the reactor",
            "Advertisement",
            "Most read",
            "Subscribe to our newsletter",
            "© 2018 Example Media. All rights reserved.",
        ),
    ),
    "quotes, subheads and a list": Text(
        "What the reactor deal says and what it leaves open",
        ("What the reactor deal says and what it leaves open",),
        (
            WIRE[0],
            "What was agreed",
            (
                "The text, of which a draft was seen by this paper, has three parts that enter "
                "into force one after the other:"
            ),
            "- Inspectors arrive within six weeks.",
            "- The plans of the building are handed over before.",
            "- A commission of five settles disputes.",
            WIRE[2],
            "“Nobody won,” he said.",
            WIRE[4],
        ),
    ),
    "German": Text(
        "Unterhändler einigen sich auf Inspektionen im Reaktor",
        ("Unterhändler einigen sich auf Inspektionen im Reaktor",),
        (
            (
                "WIEN (Agentur) – Die Unterhändler aus elf Ländern wollen den Reaktor noch vor "
                "dem Winter öffnen, teilten sie am Donnerstag mit."
            ),
            (
                "Zuvor hatten beide Delegationen den Tisch zweimal verlassen, wie Diplomaten am "
                "Rande der Gespräche berichteten."
            ),
            (
                "„Es ist ein erster Schritt“, sagte der Verhandlungsführer. Am 12. November soll "
                "die erste Gruppe eintreffen."
            ),
        ),
    ),
    "French": Text(
        "Accord sur l’inspection du réacteur avant l’hiver",
        ("Accord sur l’inspection du réacteur avant l’hiver",),
        (
            (
                "Les négociateurs de onze pays se sont entendus jeudi à Vienne pour ouvrir le "
                "réacteur aux inspecteurs avant l’hiver."
            ),
            (
                "« C’est un premier pas, et il vient tard », a déclaré le chef de la délégation à "
                "l’issue d’une nuit de pourparlers."
            ),
            (
                "L’opposition dénonce une capitulation et veut saisir le parlement la semaine "
                "prochaine."
            ),
        ),
    ),
    "Russian": Text(
        "Переговорщики договорились открыть реактор для инспекторов",
        ("Переговорщики договорились открыть реактор для инспекторов",),
        (
            (
                "Переговорщики из одиннадцати стран договорились в четверг открыть спорный "
                "реактор для инспекторов до начала зимы."
            ),
            "Ночью обе делегации дважды покидали стол переговоров, сообщили дипломаты.",
            (
                "Оппозиция назвала соглашение капитуляцией и обещала вынести его на обсуждение "
                "парламента на следующей неделе."
            ),
        ),
    ),
    "Korean": Text(
        "11개국 협상단, 겨울 전 원자로 사찰 합의",
        ("11개국 협상단, 겨울 전 원자로 사찰 합의",),
        (
            (
                "(빈=통신) 11개국 협상단은 목요일 겨울이 오기 전에 사찰단에 원자로를 공개하기로 "
                "합의했다고 밝혔다."
            ),
            "두 대표단은 밤샘 회담에서 두 차례 자리를 떴다고 외교관들이 전했다.",
            "야당은 이번 합의를 굴복이라고 비판하며 다음 주 의회에서 다루겠다고 말했다.",
        ),
    ),
    "Japanese": Text(
        "11カ国の交渉団、冬までの原子炉査察で合意",
        ("11カ国の交渉団、冬までの原子炉査察で合意",),
        (
            "11カ国の交渉団は木曜日、冬になる前に問題の原子炉を査察団に公開することで合意した。",
            "夜を徹した協議では両代表団が二度にわたって席を立ったと外交筋は話している。",
            (
                "「最初の一歩だ」と首席交渉官は述べた。野党は合意を降伏だと批判し、"
                "来週国会で取り上げるとしている。"
            ),
        ),
    ),
    "Arabic": Text(
        "المفاوضون يتفقون على فتح المفاعل أمام المفتشين",
        ("المفاوضون يتفقون على فتح المفاعل أمام المفتشين",),
        (
            (
                "اتفق مفاوضون من إحدى عشرة دولة يوم الخميس على فتح المفاعل المتنازع عليه أمام "
                "المفتشين قبل حلول الشتاء."
            ),
            (
                "وقال دبلوماسيون إن الوفدين غادرا طاولة المفاوضات مرتين خلال محادثات استمرت طوال "
                "الليل."
            ),
            "ووصفت المعارضة الاتفاق بأنه استسلام وقالت إنها ستعرضه على البرلمان الأسبوع المقبل.",
        ),
    ),
}


def extract(text: str) -> Extraction:
    extraction = extract_from_text(text, None)
    assert isinstance(extraction, Extraction)
    return extraction


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("between", ["\n\n", "\n", "\r\n", "\r\n\r\n"])
def test_headline_and_body_are_told_from_what_surrounds_them(name: str, between: str) -> None:
    """The body is complete and has nothing else, whatever ends the lines.

    Every other line says why it was dropped.
    """
    text = TEXTS[name]
    extraction = extract(text.joined(between))
    assert extraction.headline == text.headline
    assert extraction.paragraphs == text.body
    gone = {line.text: line.why for line in extraction.dropped if line.text.strip()}
    assert set(gone) == {*text.above, *text.behind} - {text.headline}
    assert all(gone.values())


def test_a_page_around_a_text_says_what_each_line_was() -> None:
    """Dropped lines name their type, or say that they are outside the article."""
    extraction = extract(TEXTS["a page with byline, caption and read more"].joined())
    assert [line.why for line in extraction.dropped] == [
        *("page furniture", "kicker", "byline", "caption"),
        *("page furniture", "page furniture", "page furniture", "subscription", "copyright"),
    ]
    assert extraction.authors == ("ANN LEE", "BO KIM")


@pytest.mark.parametrize(
    "name", [name for name, text in TEXTS.items() if text.body == WIRE and not text.behind]
)
def test_lines_wrapped_at_72_columns_are_paragraphs_again(name: str) -> None:
    """Wrapped lines with Windows line ends, as in mail, are joined."""
    text = TEXTS[name]
    wrapped = "\r\n\r\n".join(
        "\r\n".join(textwrap.wrap(line, 72)) for line in (*text.above, *text.body)
    )
    extraction = extract(wrapped)
    assert extraction.headline == text.headline
    assert extraction.paragraphs == text.body
    assert extraction.dropped == ()


@pytest.mark.parametrize(
    "name",
    ["wire copy with a dateline", "German", "French", "Russian", "Korean", "Japanese", "Arabic"],
)
def test_a_body_given_alone_loses_nothing(name: str) -> None:
    """Without a headline above it every line stays."""
    body = TEXTS[name].body
    extraction = extract("\n".join(body))
    assert extraction.paragraphs == body
    assert extraction.dropped == ()


@pytest.mark.parametrize(
    ("text", "headline", "body"),
    [
        (
            "FLASH: Talks on reactor collapse",
            "FLASH: Talks on reactor collapse",
            ("FLASH: Talks on reactor collapse",),
        ),
        (
            "URGENT Talks on reactor collapse\nDelegations leave Vienna without a statement",
            "URGENT Talks on reactor collapse",
            ("Delegations leave Vienna without a statement",),
        ),
        (
            (
                "Talks on reactor collapse\nVIENNA (Agency) - Talks on the reactor collapsed on "
                "Friday, two diplomats said."
            ),
            "Talks on reactor collapse",
            ("VIENNA (Agency) - Talks on the reactor collapsed on Friday, two diplomats said.",),
        ),
        ("속보: 원자로 회담 결렬", "속보: 원자로 회담 결렬", ("속보: 원자로 회담 결렬",)),
    ],
)
def test_a_flash_and_an_urgent_of_two_lines_are_kept(
    text: str, headline: str, body: tuple[str, ...]
) -> None:
    """The shortest items must not be lost."""
    extraction = extract(text)
    assert (extraction.headline, extraction.paragraphs) == (headline, body)


@pytest.mark.parametrize("text", ["", "\r\n \r\n", "\x00\x00", "…", "— —\n* * *"])
def test_a_text_without_words_is_no_article(text: str) -> None:
    """It is dropped without an error."""
    assert isinstance(extract_from_text(text, None), Drop)
    assert extract_from_text("", None) == Drop(CleanDrop.EMPTY_BODY)
