"""Push tokens: the file's mistakes at their places, and whose token a request has."""

from services.fetcher.push.tokens import (
    PushToken,
    bearer_of,
    find_token,
    format_entry,
    hash_token,
    new_token,
    parse_tokens,
)
from shared.files.yaml_document import YamlDocument, parse

TOKEN = new_token(bytes(range(32)))


def read(text: str) -> tuple[tuple[PushToken, ...], list[str]]:
    document = parse(text, YamlDocument("tokens.yaml", None, []))
    return parse_tokens(document), [str(problem) for problem in sorted(document.problems)]


def test_the_printed_entry_is_one_that_the_file_takes() -> None:
    """What the command prints admits its token, for these sources and no other token."""
    entry = format_entry(TOKEN, "desk-1", ["wire", "blog"])
    tokens, problems = read(f"tokens:\n{entry}\n")
    assert problems == []
    assert TOKEN not in entry
    assert getattr(find_token(tokens, TOKEN), "sources", ()) == ("wire", "blog")
    assert find_token(tokens, new_token(bytes(32))) is None
    assert find_token(tokens, "") is None
    assert find_token(tokens, "\udcff\u00e4") is None


def test_an_old_and_a_new_token_are_valid_at_once() -> None:
    """So a publisher can change over; each entry keeps its own name."""
    second = new_token(bytes(32))
    lines = [format_entry(TOKEN, "old", ["wire"]), format_entry(second, "new", ["wire"])]
    tokens, problems = read("tokens:\n" + "\n".join(lines))
    assert problems == []
    names = [getattr(find_token(tokens, token), "id", None) for token in (TOKEN, second)]
    assert names == ["old", "new"]


def test_every_mistake_of_the_file_is_reported() -> None:
    """Each at its place, with what to write; a token in place of its hash is not shown."""
    digest = hash_token(TOKEN)
    tokens, problems = read(
        f"tokens:\n"
        f"  - {{id: A B, sha256: {TOKEN}, sources: [wire]}}\n"
        f"  - {{id: same, sha256: {digest}, sources: []}}\n"
        f"  - {{id: same, sha256: {digest}, sources: [Big Wire]}}\n"
    )
    text = "\n".join(problems)
    assert TOKEN not in text
    for part in (
        "tokens.yaml:2",
        "is not the name of a token",
        "not a SHA-256 hash",
        "summitwire push token",
        "needs at least one source",
        "this id is listed twice",
        "this sha256 is listed twice",
        "'Big Wire' is not a source id",
    ):
        assert part in text
    assert digest not in repr(tokens)


def test_only_a_bearer_scheme_has_a_token() -> None:
    """The scheme's case does not matter; another scheme, or none, has no token."""
    assert bearer_of(f"bearer  {TOKEN} ") == TOKEN
    assert [bearer_of(text) for text in ("", TOKEN, f"Basic {TOKEN}", "Bearer")] == [""] * 4
