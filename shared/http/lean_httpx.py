"""httpx without its command line, which loads click, rich and pygments (0.15 s of every start)."""

from shared.base.optional_imports import remember_absence, without_modules

with without_modules("httpx._main"):
    import httpx

remember_absence("sniffio")  # httpcore looks for it three times in each exchange (0.3 ms)

__all__ = ["httpx"]
