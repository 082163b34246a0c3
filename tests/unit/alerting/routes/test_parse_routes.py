"""routes.yaml: every mistake at its place, all at once."""

from pathlib import Path
from textwrap import dedent

import pytest

from services.alerting.routes.parse_routes import find_route_problems, load_routes
from services.alerting.routes.run_tests import run_route_tests
from shared.files.yaml_document import DocumentError
from shared.messages.schemas import Severity

GOOD = """\
mute_times:
  - {name: nights, zone: Asia/Singapore, days: [mon-fri], start: 22:00, end: "06:30"}
  - {name: sundays, zone: Europe/London, days: [sun], start: "00:00", end: "24:00", up_to: critical}
digests:
  - {name: morning, zone: Asia/Singapore, at: ["07:00", 18:30]}
inhibit: true
receivers:
  - name: asia-desk
    notify: [slack:asia, webhook:cms]
    group_wait: 1m
    mute_times: [nights]
    daily: {at: 07:00, zone: Asia/Kathmandu, days: [mon-fri]}
  - name: economy
    notify: [slack:economy]
    inhibit: false
route:
  group_interval: 10m
  routes:
    - matchers: [country=~prk|kor, severity>=high]
      receiver: asia-desk
      continue: true
      mute_times: []
      routes:
        - {matchers: [source=Yonhap], group_wait: 0s}
    - matchers: [owner=economy-desk]
      receiver: economy
      digest: morning
      mute_times: [sundays]
tests:
  - alert: {severity: high, country: [usa, prk]}
    receivers: [asia-desk]
  - alert: {severity: critical, country: kor, owner: economy-desk}
    receivers: [economy, asia-desk]
  - alert: {severity: low}
    receivers: []
"""


DAILY = "receivers:\n  - {{name: a, notify: [slack:a], daily: {}}}\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "routes.yaml"
    path.write_text(dedent(text), "utf-8")
    return path


def test_a_good_file(tmp_path: Path) -> None:
    """Settings come down the tree; what YAML reads as minutes of the day are minutes of the day."""
    path = write(tmp_path, GOOD)
    assert find_route_problems(path) == ()
    routes = load_routes(path)
    nights, sundays = routes.mute_times["nights"], routes.mute_times["sundays"]
    assert (nights.start, nights.end, sorted(nights.days)) == (1320, 390, [0, 1, 2, 3, 4])
    assert (sundays.end, sundays.up_to, nights.up_to) == (1440, Severity.CRITICAL, Severity.HIGH)
    assert routes.digests["morning"].at == (420, 1110)
    assert [each.inhibits for each in routes.receivers.values()] == [True, False]
    daily = routes.receivers["asia-desk"].daily
    assert daily is not None
    assert (daily.at, daily.zone, len(daily.days)) == ((420,), "Asia/Kathmandu", 5)
    assert routes.receivers["economy"].daily is None
    assert routes.root is not None
    asia, economy = routes.root.routes
    assert (asia.place, asia.receiver, asia.continues) == ("1", "asia-desk", True)
    assert (asia.settings.interval_s, asia.settings.mute_times) == (600, ())
    (yonhap,) = asia.routes
    assert (yonhap.place, yonhap.receiver, yonhap.settings.wait_s) == ("1.1", "asia-desk", 0)
    assert yonhap.settings.interval_s == 600
    assert (economy.settings.digest, economy.line) == ("morning", 25)
    assert all(result.passed for result in run_route_tests(routes))


BAD = """\
mute_times:
  - {name: nights, zone: Asia/Singapur, start: "25:00", end: 6, days: [mon-fry]}
  - {name: nights, start: "22:00", end: "06:00"}
digests:
  - {name: Morning, zone: UTC, at: []}
receivers:
  - name: asia-desk
    notify: [slak:asia]
    group_wait: soon
  - name: economy
    notify: [slack:economy, slack:economy]
    mute_times: [night]
  - name: other-desk
    notify: [slack:economy]
  - notify: []
route:
  matchers: [severity=high]
  reciever: asia-desk
  routes:
    - matchers: [severty=high, severity=urgent, "rule=~a(b", 3]
      receiver: asia
      continue: maybe
tests:
  - alert: {severity: urgent, desk: x}
  - {alert: {rule: a}, receivers: [asia-dsk]}
inhibits: true
"""


def test_every_mistake_is_reported_at_its_place(tmp_path: Path) -> None:
    """At once, and in order, each with what to write."""
    path = write(tmp_path, BAD)
    problems = [
        (problem.line, problem.column, problem.code) for problem in find_route_problems(path)
    ]
    expected = [
        (2, 26, "bad-zone"),
        (2, 48, "bad-time"),
        (2, 72, "bad-day"),
        (3, 5, "duplicate-name"),
        (5, 12, "bad-name"),
        (8, 14, "bad-destination"),
        (9, 17, "bad-duration"),
        (12, 18, "unknown-name"),
        (14, 5, "duplicate-name"),
        (15, 5, "missing-field"),
        (17, 3, "bad-route"),
        (18, 3, "unknown-field"),
        (20, 18, "bad-matcher"),
        (20, 32, "bad-matcher"),
        (20, 49, "bad-matcher"),
        (20, 62, "wrong-type"),
        (21, 7, "unknown-name"),
        (22, 7, "wrong-type"),
        (24, 14, "bad-severity"),
        (24, 32, "unknown-field"),
        (24, 5, "missing-field"),
        (25, 35, "unknown-name"),
        (26, 1, "unknown-field"),
    ]
    lines = {(line, code) for line, _, code in problems}
    assert {(line, code) for line, _, code in expected} <= lines, problems
    with pytest.raises(DocumentError) as error:
        load_routes(path)
    text = str(error.value)
    for hint in ("Asia/Singapore", "did you mean receiver?", "did you mean severity?", "inhibit?"):
        assert hint in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("- a\n", "a mapping is expected here"),
        ("route: [", "routes.yaml:"),
        ("route: 3\n", "a mapping is expected here"),
        ("receivers: {a: b}\n", "a list is expected here"),
        ("digests:\n  - {name: d, zone: UTC, at: ['07:00'], days: []}\n", "has no day"),
        ("receivers:\n  - {name: a, notify: [slack:a], group_wait: 900d}\n", "longer than 30 days"),
        ("mute_times:\n  - {name: n, start: '1:00', end: '2:00'}\n", "whose clock is meant?"),
        (
            "mute_times:\n  - {name: n, zone: ../etc, start: '1:00', end: '2:00'}\n",
            "not a time zone",
        ),
        ("mute_times:\n  - {name: n, zone: UTC, start: '1:00'}\n", "'None' is not a time of day"),
        (DAILY.format("7"), "a mapping is expected here"),
        (DAILY.format("{at: '07:00'}"), "whose clock is meant?"),
        (DAILY.format("{zone: UTC}"), "the daily line has no time"),
        (DAILY.format("{at: ['07:00', '08:00'], zone: UTC}"), "is not a time of day"),
        (DAILY.format("{at: '24:00', zone: UTC}"), "'24:00' is not a time of day"),
        (DAILY.format("{at: '07:00', zone: Mars/Base}"), "'Mars/Base' is not a time zone"),
        (DAILY.format("{at: '07:00', zone: UTC, days: []}"), "the daily line has no day"),
        (DAILY.format("{at: '07:00', zone: UTC, days: [sunday]}"), "is not a day of the week"),
        (DAILY.format("{at: '07:00', zone: UTC, hour: 7}"), "unknown field 'hour'"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """With a line and a column."""
    path = write(tmp_path, text)
    with pytest.raises(DocumentError) as error:
        load_routes(path)
    assert message in str(error.value)


def test_every_mistake_of_a_daily_line_is_reported_at_once(tmp_path: Path) -> None:
    """Its time, its zone, its days and what it does not have."""
    path = write(tmp_path, DAILY.format("{at: noon, zone: Asia/Seul, days: [x], to: all}"))
    codes = [problem.code for problem in find_route_problems(path)]
    assert sorted(codes) == ["bad-day", "bad-day", "bad-time", "bad-zone", "unknown-field"]
    assert "Asia/Seoul" in " ".join(problem.suggestion for problem in find_route_problems(path))


def test_what_has_no_effect_is_a_warning(tmp_path: Path) -> None:
    """The file is loaded all the same."""
    path = write(
        tmp_path,
        """\
        mute_times:
          - {name: nights, zone: UTC, start: "22:00", end: "06:00"}
        receivers:
          - {name: a, notify: [slack:a]}
        route:
          routes:
            - {receiver: a}
            - {receiver: a, matchers: [severity=low]}
        """,
    )
    problems = find_route_problems(path)
    assert [(each.level, each.code, each.line) for each in problems] == [
        ("warning", "unused", 2),
        ("warning", "unreachable", 8),
    ]
    assert load_routes(path).root is not None


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The message names it."""
    with pytest.raises(DocumentError, match=r"absent.yaml:1:1: error: cannot be read"):
        load_routes(tmp_path / "absent.yaml")


def test_a_tree_of_any_depth_is_refused(tmp_path: Path) -> None:
    """Nothing recurses without an end."""
    text = "route: " + "{routes: [" * 200 + "]}" * 200
    assert find_route_problems(write(tmp_path, text))


def test_the_file_of_the_seeds_and_the_page_are_the_same_and_valid() -> None:
    """What people copy from works."""
    root = Path(__file__).parents[4]
    path = root / "seeds" / "routes.yaml"
    assert find_route_problems(path) == ()
    assert all(result.passed for result in run_route_tests(load_routes(path)))
    page = (root / "docs" / "routes.md").read_text("utf-8")
    assert page.split("```yaml\n")[1].split("```")[0] in path.read_text("utf-8")


ROUTED = """
receivers: [{name: asia, notify: [slack:asia]}, {name: europe, notify: [slack:europe]}]
route:
  routes: [%s]
"""


def told(folder: Path, text: str) -> list[tuple[str, str]]:
    """Return the level and text of each problem."""
    problems = find_route_problems(write(folder, text))
    return [(each.level, f"{each.message}; {each.suggestion}") for each in problems]


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ("{matchers: [severity=low, severity=high], receiver: asia}", True),
        (
            "{matchers: [severity>=high], routes: [{matchers: [severity=low], receiver: asia}]}",
            True,
        ),
        ("{matchers: [rule=a], routes: [{routes: [{matchers: [rule=b], receiver: asia}]}]}", True),
        ("{matchers: [country=prk, country=usa], receiver: asia}", False),
        (
            "{matchers: [source=a], receiver: asia}, {matchers: [source=b], receiver: europe}",
            False,
        ),
    ],
)
def test_a_route_that_no_alert_reaches_is_warned_of(
    tmp_path: Path, routes: str, *, expected: bool
) -> None:
    """Because of its own matchers, or of those around it; not because of its neighbours'."""
    problems = told(tmp_path, ROUTED % routes)
    assert [level for level, _ in problems] == ["warning"] * expected
    assert all("never hold together" in text for _, text in problems)


def test_a_route_whose_matchers_are_wrong_does_not_take_every_alert(tmp_path: Path) -> None:
    """The next one is not said to be unreachable; after one without matchers it is."""
    wrong = "{matchers: [severty=low], receiver: asia}, {receiver: europe}"
    assert [level for level, _ in told(tmp_path, ROUTED % wrong)] == ["error"]
    wrong = "{matchers: severity=low, receiver: asia}, {receiver: europe}"
    assert [level for level, _ in told(tmp_path, ROUTED % wrong)] == ["error"]
    nothing = "{matchers: [], receiver: asia}, {receiver: europe}"
    assert [level for level, _ in told(tmp_path, ROUTED % nothing)] == ["warning"]


@pytest.mark.parametrize(
    ("receiver", "expected"),
    [
        ("{name: a, notify: slack:asia}", "expected a list, found a text; write [slack:asia]"),
        ("{name: a, notify: {slack: asia}}", "expected a list, found a mapping; write a list"),
        ("{name: a, notify: 3}", "expected a list, found a whole number; write a list"),
        ("{name: a}", "the receiver has no destination; for example notify"),
        ("{name: a, notify: []}", "the receiver has no destination; for example notify"),
        ("{name: a, notify: [asia]}", "'asia' is not a destination; write slack:newsroom"),
        (
            "{name: a, notify: [slack:a], inhibit: maybe}",
            "expected true or false, found a text; write true or false",
        ),
        ("{name: [a], notify: [slack:a]}", "expected a text, found a list; write a text"),
        ("{name: 2026-01-01, notify: [slack:a]}", "expected a text, found a date; write a text"),
    ],
)
def test_a_mistake_in_a_receiver_is_said_once_in_plain_words(
    tmp_path: Path, receiver: str, expected: str
) -> None:
    """Not with the names of a programming language's types."""
    ((level, text),) = told(tmp_path, f"receivers: [{receiver}]")
    assert level == "error"
    assert text.startswith(expected)


@pytest.mark.parametrize(
    ("start", "end", "is_warned"),
    [
        ("22:00", "22:00", True),
        ("00:00", "00:00", True),
        ("00:00", "24:00", False),
        ("22:00", "06:30", False),
        ("22:00", "21:59", False),
    ],
)
def test_a_mute_time_that_ends_when_it_begins_is_warned_of(
    tmp_path: Path, start: str, end: str, *, is_warned: bool
) -> None:
    """It mutes for a whole day, which can be written so that everybody sees it."""
    times = f"mute_times: [{{name: n, zone: UTC, start: '{start}', end: '{end}'}}]"
    receivers = "receivers: [{name: asia, notify: [slack:asia], mute_times: [n]}]"
    problems = told(tmp_path, f"{times}\n{receivers}\n")
    assert [level for level, _ in problems] == ["warning"] * is_warned
    assert all('start: "00:00" and end: "24:00"' in text for _, text in problems)
