"""httpx without its command line, which loads click, rich and pygments (0.15 s of every start)."""

from shared.base.optional_imports import without_modules

with without_modules("httpx._main"):
    import httpx

__all__ = ["httpx"]
