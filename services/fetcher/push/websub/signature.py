"""Check who signed a distribution of content (https://www.w3.org/TR/websub/#signing-content)."""

import hashlib
import hmac
from typing import Final

_METHODS: Final = {
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}


def is_signed(header: str, secret: str, body: bytes) -> bool:
    """Return whether X-Hub-Signature is the secret's for this body; compared in constant time."""
    method, _, digest = header.strip().partition("=")
    algorithm = _METHODS.get(method.strip().lower())
    if algorithm is None or not digest.isascii():
        return False
    expected = hmac.new(secret.encode(), body, algorithm).hexdigest()
    return hmac.compare_digest(expected, digest.strip().lower())
