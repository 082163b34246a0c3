"""The cleaner's environment variables."""

from shared.base.settings import ProcessPoolSettings, ServiceSettings


class CleanerSettings(ServiceSettings, ProcessPoolSettings):
    """Every service's settings, and the limits of the child processes that clean articles."""
