"""structlog without rich, which only its tracebacks on a terminal need (0.1 s of every start)."""

from shared.base.optional_imports import without_modules

with without_modules("rich"):
    import structlog

__all__ = ["structlog"]
