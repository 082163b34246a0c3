from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.decoding.decode import decode, decode_bytes, is_html
from services.cleaner.drop_reasons import CleanDrop
from shared.base.outcomes import Drop, InvalidMessage
from shared.messages.schemas import RawArticle

BuildRaw = Callable[..., RawArticle]

KOREAN = "미국과 북한의 두 번째 정상회담이 준비되고 있다고 백악관이 밝혔다."
RUSSIAN = "Белый дом подтвердил подготовку второй встречи президента с лидером."


@pytest.mark.parametrize(
    ("content", "content_type", "provenance"),
    [
        (b"\xef\xbb\xbf" + KOREAN.encode(), "text/plain; charset=euc-kr", "bom"),
        (b"\xff\xfe" + KOREAN.encode("utf-16-le"), "", "bom"),
        (KOREAN.encode(), "text/html; charset=iso-8859-1", "utf-8"),
        (KOREAN.encode("cp949"), 'text/html; charset="EUC-KR"', "header"),
        (b"<meta charset='euc-kr'>" + KOREAN.encode("cp949"), "text/html", "page"),
    ],
)
def test_the_best_witness_names_the_charset(
    content: bytes, content_type: str, provenance: str
) -> None:
    """The order is mark, valid UTF-8, header, page; a wrong label on UTF-8 does no harm."""
    decoded = decode_bytes(content, content_type)
    assert decoded.text.endswith(KOREAN)
    assert decoded.provenance == provenance


def test_an_undeclared_charset_is_detected() -> None:
    """Detection comes last."""
    decoded = decode_bytes((RUSSIAN * 20).encode("cp1251"), "text/plain")
    assert decoded.provenance == "detected"
    assert decoded.text == RUSSIAN * 20


def test_browsers_meaning_of_a_label() -> None:
    """A page labelled latin-1 with curly quotes is windows-1252, as browsers read it."""
    assert (
        decode_bytes("“très” …".encode("cp1252"), "text/html; charset=iso-8859-1").text
        == "“très” …"
    )


@pytest.mark.parametrize(
    "label", ["punycode", "idna", "hex", "unicode_escape", "utf-7", "no such", ""]
)
def test_a_label_that_is_no_text_encoding_is_ignored(label: str) -> None:
    """Codecs that are slow, dangerous or unknown are never used."""
    assert decode_bytes(b"caf\xe9 ol\xe9 \xff", f"text/html; charset={label}").provenance in {
        "detected",
        "fallback",
    }


@given(st.binary(max_size=400), st.text(max_size=40))
def test_any_bytes_become_text(content: bytes, content_type: str) -> None:
    """No bytes and no header raise, and the text can always be written as UTF-8."""
    decode_bytes(content, content_type).text.encode()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 ...", ""),
        (b"\x89PNG\r\n", "text/html"),
        (b"PK\x03\x04", ""),
        (b"x", "image/jpeg"),
    ],
)
def test_what_holds_no_text_is_invalid(content: bytes, kind: str, raw: BuildRaw) -> None:
    """The error says that it is a PDF, an image or an archive."""
    with pytest.raises(InvalidMessage, match=r"PDF|PNG|ZIP|image/jpeg"):
        decode(ArticleDraft(raw=raw(content, content_type=kind)))


def test_nothing_but_white_space_is_dropped(raw: BuildRaw) -> None:
    """Empty content has a reason of its own."""
    assert decode(ArticleDraft(raw=raw(" \n\t"))) == Drop(CleanDrop.EMPTY_CONTENT)


@pytest.mark.parametrize(
    ("text", "content_type", "expected"),
    [
        ("<!DOCTYPE html><html>", "", True),
        ("<!doctype html><p>x", "text/plain", True),
        ("words <b>x</b>", "text/html; charset=utf-8", True),
        ("words, x < y", "", False),
        ("<div class=a>x</div>", "", True),
        ("<div class=a>x</div>", "text/plain", False),
    ],
)
def test_pages_are_told_from_plain_text(text: str, content_type: str, expected: bool) -> None:
    """The start of the text decides, then its type, then its tags."""
    assert is_html(text, content_type) is expected
