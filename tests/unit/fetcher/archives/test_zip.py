"""Zip archives are read as the folder that they were made of, and harm nobody."""

import io
import struct
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.fetcher.archives.zip_archive import MAX_DIRECTORY_BYTES, MAX_MEMBERS, iter_zip
from services.fetcher.seeds.seed_articles import MAX_BYTES, Item, iter_articles
from shared.files.yaml_document import Problem
from shared.messages.schemas import RawArticle

SEEDS = Path(__file__).resolve().parents[4] / "seeds" / "articles"
PACKED_AT = (2018, 9, 12, 8, 30, 0)


def pack(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes], method: int = 8) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name, PACKED_AT)
            info.compress_type = method
            archive.writestr(info, content)
    return path


def items(path: Path) -> list[Item]:
    return list(iter_zip(path))


def articles(path: Path) -> dict[str, bytes]:
    return {item.uri: item.content for item in items(path) if isinstance(item, RawArticle)}


def problems(path: Path) -> list[tuple[str, str, str]]:
    """The path within the archive, the code and the message of each problem."""
    return [
        (item.file.removeprefix(str(path)), item.code, item.message)
        for item in items(path)
        if isinstance(item, Problem)
    ]


def test_a_packed_folder_gives_what_the_folder_gives(tmp_path: Path) -> None:
    """Manifest, order and messages are the same, so a replay is the same replay."""
    members = [(f"articles/{file.name}", file.read_bytes()) for file in SEEDS.iterdir()]
    assert items(pack(tmp_path / "a.zip", *members)) == list(iter_articles([SEEDS]))


def test_folders_within_have_manifests_of_their_own(tmp_path: Path) -> None:
    """And the order depends on names only; hidden files and those of macOS are left out."""
    path = pack(
        tmp_path / "Wire Desk.zip",
        ("b/deep/c.txt", b"c"),
        ("b/manifest.yaml", b"articles:\n- {file: b.txt, source: afp, stated: 2018-09-11}\n"),
        ("b/b.txt", b"b"),
        ("a.txt", b"a"),
        ("b/.hidden", b"x"),
        ("__MACOSX/b/._b.txt", b"x"),
        ("empty/", b""),
    )
    found = [item for item in items(path) if isinstance(item, RawArticle)]
    assert [(item.source, item.uri.rpartition("/")[2], item.fetched_at) for item in found] == [
        ("wire-desk", "a.txt", datetime(*PACKED_AT, tzinfo=UTC)),
        ("afp", "b.txt", datetime(2018, 9, 11, tzinfo=UTC)),
        ("deep", "c.txt", datetime(*PACKED_AT, tzinfo=UTC)),
    ]


def test_mistakes_of_a_manifest_have_their_places(tmp_path: Path) -> None:
    """Line and column are those in the member."""
    path = pack(
        tmp_path / "a.zip",
        ("b/manifest.yaml", b"articles:\n- {file: c.txt, source: afp}\n"),
        ("b/b.txt", b"b"),
    )
    (problem,) = items(path)
    assert str(problem).startswith(f"{path}/b/manifest.yaml:2:4: error: c.txt does not exist")


@pytest.mark.parametrize(
    "name", ["../up.txt", "a/../../up.txt", "/etc/passwd", "C:/b.txt", "c:\\b.txt", "..\\b.txt"]
)
def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    """Nothing is written to disk, but such an archive was not made by packing a folder."""
    path = pack(tmp_path / "a.zip", (name, b"x"), ("good.txt", b"good"))
    assert list(articles(path).values()) == [b"good"]
    assert [code for _, code, _ in problems(path)] == ["bad-member"]
    assert "leads out of the archive" in problems(path)[0][2]


def test_backslashes_are_folders(tmp_path: Path) -> None:
    """Some programs of Windows write them."""
    assert articles(pack(tmp_path / "a.zip", ("wire\\b.txt", b"b"))) == {
        "urn:summitwire:seed:wire/b.txt": b"b"
    }


@pytest.mark.parametrize(
    ("name", "flags", "expected"),
    [
        ("caf\u00e9.txt".encode(), 0x800, "caf%C3%A9.txt"),
        ("caf\u00e9.txt".encode(), 0, "caf%C3%A9.txt"),
        (b"caf\x82.txt", 0, "caf%82.txt"),
        (b"caf\xe9.txt", 0, "caf%E9.txt"),
    ],
)
def test_names_need_not_be_utf_8(tmp_path: Path, name: bytes, flags: int, expected: str) -> None:
    """Their bytes are kept, as those of files on disk are."""
    path = tmp_path / "a.zip"
    path.write_bytes(rename(pack(tmp_path / "b.zip", ("x" * len(name), b"x")), name, flags))
    assert [uri.rpartition("/")[2] for uri in articles(path)] == [expected]


def test_a_name_that_only_claims_to_be_utf_8_is_told(tmp_path: Path) -> None:
    """Python cannot open the archive; the message says what is wrong with it."""
    path = tmp_path / "a.zip"
    path.write_bytes(rename(pack(tmp_path / "b.zip", ("xxxx", b"x")), b"caf\xe9", 0x800))
    ((place, code, message),) = problems(path)
    assert (place, code) == ("", "broken-archive")
    assert "utf-8" in message


def rename(path: Path, name: bytes, flags: int) -> bytes:
    """Return an archive of one member under a name of the same length, with these flags."""
    data = path.read_bytes().replace(b"x" * len(name), name)
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = data.index(signature) + offset
        data = data[:place] + struct.pack("<H", flags) + data[place + 2 :]
    return data


def test_duplicate_names_are_told_and_the_last_one_counts(tmp_path: Path) -> None:
    """As unzip and Python read it: an archive is updated by adding to its end."""
    with pytest.warns(UserWarning, match="Duplicate"):
        path = pack(tmp_path / "a.zip", ("a.txt", b"1"), ("a.txt", b"2"), ("a.txt", b"3"))
    assert list(articles(path).values()) == [b"3"]
    assert [code for _, code, _ in problems(path)] == ["duplicate", "duplicate"]


@pytest.mark.parametrize(("method", "name"), [(12, "bzip2"), (14, "LZMA")])
def test_other_methods_are_told(tmp_path: Path, method: int, name: str) -> None:
    """Python inflates them without a limit."""
    path = pack(tmp_path / "a.zip", ("a.txt", b"a" * 1_000), method=method)
    assert problems(path) == [("/a.txt", "bad-member", f"is compressed by {name}")]


def test_encrypted_members_are_told(tmp_path: Path) -> None:
    """Beside those that are not."""
    path = pack(tmp_path / "a.zip", ("a.txt", b"a"), ("b.txt", b"b"))
    data = path.read_bytes()
    place = data.index(b"PK\1\2") + 8
    path.write_bytes(data[:place] + b"\1\0" + data[place + 2 :])
    assert list(articles(path).values()) == [b"b"]
    assert problems(path) == [("/a.txt", "bad-member", "is encrypted")]


def test_a_bomb_is_one_problem(tmp_path: Path) -> None:
    """A member that inflates beyond an article's limit is left there; the next is read."""
    path = pack(tmp_path / "a.zip", ("a.txt", bytes(MAX_BYTES * 4)), ("b.txt", b"b"))
    assert list(articles(path).values()) == [b"b"]
    assert [code for _, code, _ in problems(path)] == ["too-large"]


def test_many_small_bombs_are_a_bomb(tmp_path: Path) -> None:
    """Each member is small enough to be an article: the archive is left when it is too much."""
    path = tmp_path / "a.zip"
    path.write_bytes(repeated(b"a" * 5_000_000, 200))
    assert problems(path)[-1][1] == "bomb"
    assert len(articles(path)) < 80


def repeated(content: bytes, count: int) -> bytes:
    """Return an archive with the same content many times, which is compressed once."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", 8) as archive:
        archive.writestr("000.txt", content)
    data = file.getvalue()
    start = data.index(b"PK\1\2")
    local, entry = data[:start], data[start : data.index(b"PK\5\6")]
    names = [b"%03d.txt" % number for number in range(count)]
    locals_ = b"".join(local.replace(b"000.txt", name) for name in names)
    entries = b"".join(
        (entry[:42] + struct.pack("<L", number * len(local)) + entry[46:]).replace(b"000.txt", name)
        for number, name in enumerate(names)
    )
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(entries), len(locals_), 0)
    return locals_ + entries + end


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\3\4",
        b"PK\5\6" + bytes(18),
        b"PK\3\4" + bytes(range(7, 71)) * 40,
        b"PK\5\6" + b"\xff" * 18,
        struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 9, 9, 400, 0, 0),
    ],
)
def test_a_broken_directory_is_one_problem(tmp_path: Path, data: bytes) -> None:
    """What is no archive says so, and how to repair it."""
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    assert articles(path) == {}
    assert all(code == "broken-archive" for _, code, _ in problems(path))


def test_a_download_that_was_cut_off_is_told(tmp_path: Path) -> None:
    """The directory is at the end, so it is missing."""
    path = pack(tmp_path / "a.zip", ("a.txt", b"a" * 5_000), ("b.txt", b"b"))
    path.write_bytes(path.read_bytes()[:-40])
    (problem,) = items(path)
    assert "zip -FF" in str(problem)


def test_damaged_members_are_told_beside_the_good_ones(tmp_path: Path) -> None:
    """A checksum that differs, a stream that breaks off, and a header that is none."""
    path = pack(tmp_path / "a.zip", ("a.txt", bytes(range(256)) * 40), ("b.txt", b"b"))
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(data)
    assert list(articles(path).values()) == [b"b"]
    assert [(place, code) for place, code, _ in problems(path)] == [("/a.txt", "unreadable")]
    path.write_bytes(b"XX" + bytes(data[2:]))
    assert list(articles(path).values()) == [b"b"]


def test_archives_within_and_pictures_are_told(tmp_path: Path) -> None:
    """One level is read."""
    path = pack(
        tmp_path / "a.zip", ("in.zip", b"PK"), ("d.warc.gz", b""), ("p.png", b"\x89PNG\0\0")
    )
    assert [(place, code) for place, code, _ in problems(path)] == [
        ("/d.warc.gz", "nested-archive"),
        ("/in.zip", "nested-archive"),
        ("/p.png", "not-text"),
    ]


def test_packed_texts_are_unpacked(tmp_path: Path) -> None:
    """A .gz member is its content, as a .gz file is."""
    import gzip  # noqa: PLC0415 - this test alone

    path = pack(tmp_path / "a.zip", ("a.txt.gz", gzip.compress(b"text", mtime=0)))
    assert list(articles(path).values()) == [b"text"]


def test_a_directory_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """So many members would take more memory than a replay may."""
    path = tmp_path / "a.zip"
    size = MAX_DIRECTORY_BYTES + 1
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, size, 0, 0)
    with path.open("wb") as file:
        file.truncate(size)
        file.seek(size)
        file.write(end)
    ((_, code, message),) = problems(path)
    assert code == "broken-archive"
    assert "directory is larger than" in message
    assert MAX_MEMBERS * 46 < MAX_DIRECTORY_BYTES


def test_times_are_those_of_the_files(tmp_path: Path) -> None:
    """In UTC where the archive says so; an impossible one is the first that there is."""
    utc = zipfile.ZipInfo("utc.txt", PACKED_AT)
    utc.extra = struct.pack("<HHBi", 0x5455, 5, 1, 1_536_800_000)
    path = pack(tmp_path / "a.zip", (utc, b"u"), ("zero.txt", b"z"))
    data = path.read_bytes()
    place = data.rindex(b"PK\1\2") + 12
    path.write_bytes(data[:place] + bytes(4) + data[place + 4 :])
    found = [item.fetched_at for item in items(path) if isinstance(item, RawArticle)]
    assert found == [
        datetime.fromtimestamp(1_536_800_000, UTC),
        datetime(1980, 1, 1, tzinfo=UTC),
    ]
