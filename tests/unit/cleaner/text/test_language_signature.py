import os
import subprocess
import sys

import pytest

from services.cleaner.text.language import detect_language
from services.cleaner.text.signature import PERMUTATIONS, signature

TEXT = (
    "The two delegations met for three hours on Tuesday and agreed to meet again before the end "
    "of the month in Vienna."
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (TEXT, "en"),
        ("Die Unterhändler haben sich am Dienstag getroffen und wollen weiter verhandeln.", "de"),
        ("Les négociateurs se sont rencontrés mardi et veulent poursuivre les discussions.", "fr"),
        ("두 나라 대표단은 다시 만나기로 했다", "ko"),
        ("両国の代表団は来月また会うことで合意した", "ja"),
        ("两国代表团星期二举行了三个小时的会谈，并同意在下个月再次会晤。", "zh"),
        ("اجتمع الوفدان يوم الثلاثاء ثلاث ساعات واتفقا على عقد لقاء جديد.", "ar"),
        ("Делегации встретились во вторник и договорились о новой встрече.", "ru"),
    ],
)
def test_languages_are_told(text: str, language: str) -> None:
    """A sentence is enough for the most important languages, and the confidence is a share."""
    detected, confidence = detect_language(text)
    assert detected == language
    assert 0.5 < confidence <= 1.0


def test_without_letters_no_language() -> None:
    """Figures and signs have no language."""
    assert detect_language("12:30 … 4,500 (2)") == ("und", 0.0)


def test_a_small_edit_changes_little_of_a_signature() -> None:
    """Equal positions estimate the share of common shingles."""
    body = " ".join(f"word{number}" for number in range(300))
    edited, another = (
        body.replace("word7 ", "WORD-7, "),
        " ".join(f"else{number}" for number in range(300)),
    )
    original = signature(body)
    assert len(original) == PERMUTATIONS
    assert sum(map(int.__eq__, original, signature(edited))) > 0.9 * PERMUTATIONS
    assert sum(map(int.__eq__, original, signature(another))) < 0.1 * PERMUTATIONS


def test_nothing_to_sign_has_no_signature() -> None:
    """A body without words is not similar to other empty ones."""
    assert signature(" … ") == ()


def test_the_signature_is_the_same_in_every_process() -> None:
    """It does not depend on the hash seed."""
    program = f"from services.cleaner.text.signature import signature; print(signature({TEXT!r}))"
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert answers == {str(signature(TEXT))}
