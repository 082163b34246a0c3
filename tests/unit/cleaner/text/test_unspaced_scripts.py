"""Chinese, Japanese, Thai, Lao, Khmer and Burmese through the steps of the cleaner."""

from collections.abc import Callable
from dataclasses import dataclass
from unicodedata import category, normalize

import pytest

from services.cleaner.pipeline import clean
from services.cleaner.stories.article_words import article_words
from services.cleaner.stories.compare import compare_articles
from services.cleaner.text.characters import normalise, word_count
from services.cleaner.text.signature import signature
from shared.base.outcomes import Drop
from shared.messages.schemas import RawArticle


@dataclass(frozen=True)
class Sample:
    """A text of two paragraphs under a headline, and its number of sentences."""

    language: str
    headline: str
    body: tuple[str, str]
    sentences: int


SAMPLES = (
    Sample(
        "zh",
        "美朝领导人在新加坡会晤",
        (
            "美国总统星期二在新加坡会见了朝鲜领导人。双方同意继续谈判。",
            "韩国政府对会晤结果表示欢迎，并希望早日恢复对话。",
        ),
        3,
    ),
    Sample(
        "ja",
        "米朝首脳がシンガポールで会談",
        (
            (
                "米国の大統領は火曜日、シンガポールで北朝鮮の指導者と会談した。"
                "双方は協議を続けることで合意した。"
            ),
            "韓国政府は会談の結果を歓迎すると述べた。",
        ),
        3,
    ),
    Sample(
        "th",
        "ผู้นำสหรัฐพบผู้นำเกาหลีเหนือ",
        (
            ("ประธานาธิบดีสหรัฐพบผู้นำเกาหลีเหนือที่สิงคโปร์เมื่อวันอังคาร และทั้งสองฝ่ายตกลงจะเจรจากันต่อไป"),
            "รัฐบาลเกาหลีใต้ยินดีกับผลการประชุม และหวังว่าการเจรจาจะเริ่มขึ้นอีกครั้งในเดือนหน้า",
        ),
        2,
    ),
    Sample(
        "lo",
        "ຜູ້ນຳສະຫະລັດພົບກັບຜູ້ນຳເກົາຫຼີເໜືອ",
        (
            "ປະທານາທິບໍດີສະຫະລັດໄດ້ພົບກັບຜູ້ນຳເກົາຫຼີເໜືອຢູ່ສິງກະໂປໃນວັນອັງຄານ ແລະ ທັງສອງຝ່າຍຕົກລົງຈະເຈລະຈາກັນຕໍ່ໄປ",
            "ລັດຖະບານເກົາຫຼີໃຕ້ຍິນດີກັບຜົນຂອງກອງປະຊຸມ ແລະ ຫວັງວ່າການເຈລະຈາຈະເລີ່ມຂຶ້ນອີກໃນເດືອນໜ້າ",
        ),
        2,
    ),
    Sample(
        "km",
        "មេដឹកនាំអាមេរិកជួបមេដឹកនាំកូរ៉េខាងជើង",
        (
            (
                "ប្រធានាធិបតីអាមេរិកបានជួបជាមួយមេដឹកនាំកូរ៉េខាងជើងនៅប្រទេសសិង្ហបុរីកាលពីថ្ងៃអង្គារ។"
                " ភាគីទាំងពីរបានយល់ព្រមបន្តការចរចា។"
            ),
            "រដ្ឋាភិបាលកូរ៉េខាងត្បូងស្វាគមន៍លទ្ធផលនៃកិច្ចប្រជុំនេះ។",
        ),
        3,
    ),
    Sample(
        "my",
        "အမေရိကန်သမ္မတ မြောက်ကိုရီးယားခေါင်းဆောင်နှင့် တွေ့ဆုံ",
        (
            (
                "အမေရိကန်သမ္မတသည် မြောက်ကိုရီးယားခေါင်းဆောင်နှင့် စင်ကာပူတွင် အင်္ဂါနေ့က တွေ့ဆုံခဲ့သည်။"
                " နှစ်ဖက်စလုံးက ဆက်လက်ဆွေးနွေးရန် သဘောတူခဲ့သည်။"
            ),
            "တောင်ကိုရီးယားအစိုးရက ဆွေးနွေးပွဲရလဒ်ကို ကြိုဆိုကြောင်း ပြောသည်။",
        ),
        3,
    ),
)
each = pytest.mark.parametrize("sample", SAMPLES, ids=[sample.language for sample in SAMPLES])


@each
def test_a_text_is_cleaned_whole(raw: Callable[..., RawArticle], sample: Sample) -> None:
    """The body is complete, its language certain, and no paragraph is foreign."""
    article = clean(raw("\n\n".join((sample.headline, *sample.body)) + "\n"))
    assert not isinstance(article, Drop)
    assert article.headline == sample.headline
    assert article.body == "\n\n".join(sample.body)
    assert article.language == sample.language
    assert article.language_confidence > 0.6
    assert len(article.sentences) == sample.sentences
    assert article.foreign == ()


@each
def test_words_are_counted_about_as_a_person_would(sample: Sample) -> None:
    """The English for each first paragraph has about twenty words."""
    assert 13 <= word_count(sample.body[0]) <= 32


@each
def test_marks_stay_on_their_letters(sample: Sample) -> None:
    """Normalising removes punctuation and blanks, but no vowel and no tone."""
    text = normalize("NFKC", sample.body[0])
    assert normalise(text).replace(" ", "") == "".join(
        character for character in text if character.isalpha() or category(character)[0] == "M"
    )


@each
def test_a_copy_is_told_from_another_text(sample: Sample) -> None:
    """A text with another ending is a copy; two paragraphs that share names are not."""
    first, second = sample.body
    assert compare_articles(article_words(first), article_words(f"{first} {second[:12]}")).is_copy
    assert not compare_articles(article_words(first), article_words(second)).is_copy
    agree = sum(map(int.__eq__, signature(first), signature(second)))
    assert agree < 0.2 * len(signature(first))
