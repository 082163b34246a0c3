"""Count in how many blocks of news text each term is, and write the table into the package.

    python -m training.stories.rarity FILE [FILE ...]

Files are JSON lines with a body (a text or its parts), or a JSON object of objects with
articleBody; English ones count. A block is as long as a short article. No text gets into the table:
terms of fewer than three blocks are left out.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from services.alerting.stories.reading.concepts import terms_of_word
from services.alerting.stories.reading.rarity import RARITY_FILE
from services.alerting.stories.reading.stop_words import STOP_WORDS
from services.cleaner.text.language import detect_language

BLOCK_WORDS: Final = 120
MIN_BLOCKS: Final = 3
MIN_SMALL: Final = 2
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’.][^\W\d_]+)*")


def main() -> None:
    """Count the terms of the files given and write the table."""
    parser = argparse.ArgumentParser(description="Count how rare terms are.")
    parser.add_argument("files", type=Path, nargs="+")
    blocks, counts, small = 0, Counter[str](), Counter[str]()
    for body in _bodies(parser.parse_args().files):
        words = [match[0] for match in _WORD.finditer(body)]
        for start in range(0, len(words), BLOCK_WORDS):
            block = words[start : start + BLOCK_WORDS]
            blocks += 1
            small.update({word for word in block if word.islower()})
            counts.update(
                {
                    term
                    for word in {word.casefold() for word in block} - STOP_WORDS
                    for term in (*terms_of_word(word), f"n:{word}")
                }
            )
    common = {word for word, count in small.items() if count >= MIN_SMALL}
    terms = {
        term: count
        for term, count in sorted(counts.items())
        if count >= MIN_BLOCKS and not (term[:2] == "n:" and term[2:] in common)
    }
    table = {"blocks": blocks, "counts": terms, "common": sorted(common)}
    RARITY_FILE.write_text(json.dumps(table, ensure_ascii=False, indent=0) + "\n", "utf-8")
    print(f"{blocks} blocks, {len(terms)} terms, {len(common)} common words: {RARITY_FILE}")


def _bodies(files: list[Path]) -> Iterator[str]:
    for path in files:
        text = path.read_text("utf-8")
        objects = json.loads(text) if path.suffix == ".json" else map(json.loads, text.splitlines())
        for value in objects.values() if isinstance(objects, dict) else objects:
            body = _body(value)
            if detect_language(body[:2_000])[0] == "en":
                yield body


def _body(value: dict[str, Any]) -> str:
    body = value.get("body") or value.get("articleBody") or ""
    return body if isinstance(body, str) else "\n".join(part["text"] for part in body)


if __name__ == "__main__":
    main()
