"""Read the file of push tokens, and tell whose token a request has. Pure, but for the file.

The file holds SHA-256 hashes. A token has 256 random bits, so nobody can find it by trying, and a
hash that is slow on purpose (scrypt) would only cost each request its time and hand strangers a
way to keep the fetcher busy. Several tokens may have the same source: a new one is added, the
publisher changes over, and the old one is removed.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.fetcher.seeds.manifest import check_source
from shared.files import yaml_document
from shared.files.yaml_document import Steps, YamlDocument

RANDOM_BYTES: Final = 32
PREFIX: Final = "swpush_"
"""Lets scanners of repositories recognise a token that was committed by mistake."""
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PushToken:
    """A token's entry: its name in logs and metrics, its hash, and the sources it may push."""

    id: str
    sha256: str = field(repr=False)
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _TokensFile:
    tokens: list[object]


def load(path: Path) -> tuple[PushToken, ...]:
    """Load the tokens of a file, in order; DocumentError lists every mistake in it."""
    document = yaml_document.load(path)
    tokens = parse_tokens(document)
    yaml_document.raise_if_bad([document])
    return tokens


def parse_tokens(document: YamlDocument) -> tuple[PushToken, ...]:
    """Return the entries of a document, and report what is wrong with it there."""
    if document.problems or document.convert((), _TokensFile) is None:
        return ()
    tokens = list[PushToken]()
    for path, token in document.items(("tokens",), PushToken):
        _check(document, path, token)
        for name in ("id", "sha256"):
            if any(getattr(token, name) == getattr(before, name) for before in tokens):
                document.report((*path, name), f"this {name} is listed twice", code="duplicate")
        tokens.append(token)
    return tuple(tokens)


def _check(document: YamlDocument, path: Steps, token: PushToken) -> None:
    if not is_token_id(token.id):
        document.report(
            (*path, "id"),
            f"{token.id[:40]!r} is not the name of a token",
            code="bad-id",
            suggestion="write lower-case letters, digits, '.', '_', '-'; at most 32",
        )
    if not _HASH.fullmatch(token.sha256):  # not shown: it may be the token itself
        document.report(
            (*path, "sha256"),
            "this is not a SHA-256 hash in lower-case hexadecimal",
            code="bad-hash",
            suggestion="`summitwire push token SOURCE` prints a token and its entry",
        )
    if not token.sources:
        document.report(
            (*path, "sources"), "a token needs at least one source", code="missing-source"
        )
    for source in token.sources:
        check_source(document, path, source, None)


def is_token_id(text: str) -> bool:
    """Return whether the text can name a token."""
    return bool(_ID.fullmatch(text))


def new_token(random: bytes) -> str:
    """Return the token that has these random bytes."""
    return PREFIX + base64.urlsafe_b64encode(random).rstrip(b"=").decode()


def hash_token(token: str) -> str:
    """Return the hash that the file holds of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def find_token(tokens: Sequence[PushToken], bearer: str) -> PushToken | None:
    """Return the entry of a token, None if there is none.

    All hashes are compared, each in constant time: how long it takes says nothing.
    """
    digest, match = hash_token(bearer), None
    for token in tokens:
        if hmac.compare_digest(token.sha256, digest):
            match = token
    return match


def bearer_of(authorization: str) -> str:
    """Return the token of an Authorization header (RFC 6750); empty if it has none."""
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def format_entry(token: str, token_id: str, sources: Sequence[str]) -> str:
    """Return the line of a token for the file."""
    listed = ", ".join(sources)
    return f"  - {{id: {token_id}, sha256: {hash_token(token)}, sources: [{listed}]}}"
