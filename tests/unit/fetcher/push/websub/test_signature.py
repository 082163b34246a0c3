"""X-Hub-Signature: every method of the recommendation, and nothing else."""

import hashlib
import hmac

import pytest

from services.fetcher.push.websub.signature import is_signed

BODY, SECRET = b"<feed/>", "f0" * 32


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_method_of_the_recommendation(method: str) -> None:
    """The right digest counts, whatever its case; another secret, body or method does not."""
    digest = hmac.new(SECRET.encode(), BODY, method).hexdigest()
    assert is_signed(f"{method}={digest}", SECRET, BODY)
    assert is_signed(f" {method.upper()}={digest.upper()} ", SECRET, BODY)
    assert not is_signed(f"{method}={digest}", SECRET + "0", BODY)
    assert not is_signed(f"{method}={digest}", SECRET, BODY + b" ")
    assert not is_signed(f"{method}={digest[:-1]}", SECRET, BODY)
    assert not is_signed(digest, SECRET, BODY)


@pytest.mark.parametrize("header", ["", "=", "sha256=", "md5=x", "sha256=\u00e4", "sha256"])
def test_what_is_no_signature(header: str) -> None:
    """Missing, broken or made with a method that is none."""
    assert not is_signed(header, SECRET, BODY)
    md5 = hmac.new(SECRET.encode(), BODY, hashlib.md5).hexdigest()
    assert not is_signed(f"md5={md5}", SECRET, BODY)
