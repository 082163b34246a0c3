"""Keywords by their listed forms."""

from collections.abc import Callable

import pytest

from shared.messages.schemas import TaggedArticle


@pytest.mark.parametrize(
    ("body", "language", "expected"),
    [
        (
            "Denuclearisation and DENUCLEARIZE",
            "en",
            [("Denuclearisation", "denuclearization"), ("DENUCLEARIZE", "denuclearization")],
        ),
        ("an end-of-war declaration", "en", [("end-of-war declaration", "peace-declaration")]),
        ("a missile test", "en", [("missile", "missile"), ("missile test", "missile-test")]),
        ("summits, not summiteers", "en", [("summits", "summit")]),
        ("Ein Brief", "en", []),
        ("Ein Brief", "de", [("Brief", "letter")]),
        ("비핵화를 원한다", "ko", [("비핵화", "denuclearization")]),
        ("朝鲜半岛无核化", "en", [("无核化", "denuclearization")]),
    ],
)
def test_keywords(
    body: str, language: str, expected: list[tuple[str, str]], tagged: Callable[..., TaggedArticle]
) -> None:
    """Whole forms in any case; other languages' forms in their articles, other scripts' in all."""
    assert [
        (hit.surface, hit.keyword) for hit in tagged(body, language=language).keywords
    ] == expected
