"""The settings of each service, by its name."""

import importlib

from shared.base.settings import ServiceSettings


def settings_of(service: str) -> type[ServiceSettings]:
    """Return a service's class of settings."""
    module = importlib.import_module(f"services.{service}.settings")
    settings_class: type[ServiceSettings] = getattr(module, f"{service.title()}Settings")
    return settings_class
