"""The cleaner's environment."""

from shared.base.settings import ProcessPoolSettings, ServiceSettings


class CleanerSettings(ServiceSettings, ProcessPoolSettings):
    """What every service has, and the limits of the child processes that pages are cut in."""
