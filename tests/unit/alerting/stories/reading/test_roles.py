"""Who speaks, and what is introduced."""

import pytest

from services.alerting.stories.reading.roles import introduced_words, speaker_names


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("spokesman lu kang told a briefing", {"n:lu", "n:kang"}),
        ("it was late , said deborah lyle", {"n:deborah", "n:lyle"}),
        ("the sheriff jailed hartwell", set()),
        ("governor tabakovic called it strong", {"n:tabakovic"}),
        ("", set()),
    ],
)
def test_speakers(sentence: str, names: set[str]) -> None:
    """The words beside a word of speech or office, as names."""
    found = speaker_names(sentence.split())
    assert names <= found
    assert "n:hartwell" not in found


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("a regional ferry with 70 aboard sank", {"regional", "ferry", "with"}),
        ("another quake", {"quake"}),
        ("the ferry sank", set()),
        ("", set()),
    ],
)
def test_introductions(sentence: str, words: set[str]) -> None:
    """Three words behind "a", none behind "the"."""
    assert introduced_words(sentence.split()) == words
