"""Run the tests in routes.yaml. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.alerting.routes.routes import Routes, RouteTest, select_routes


@dataclass(frozen=True, slots=True)
class RouteTestResult:
    """The receivers that the routes lead to, in order, and whether they are the expected ones."""

    test: RouteTest
    receivers: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the receivers are the expected ones, in any order."""
        return sorted(self.receivers) == sorted(set(self.test.receivers))


def run_route_tests(routes: Routes) -> Iterator[RouteTestResult]:
    """Run every test of the file, in order."""
    for test in routes.tests:
        selected = select_routes(routes.root, test.labels) if routes.root else []
        names = dict.fromkeys(route.receiver for route in selected if route.receiver)
        yield RouteTestResult(test, tuple(names))
