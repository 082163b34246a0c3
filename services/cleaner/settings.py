"""The cleaner's environment."""

from shared.base.settings import ChildrenSettings, ServiceSettings


class CleanerSettings(ServiceSettings, ChildrenSettings):
    """What every service has, and the limits of the child processes that pages are cut in."""
