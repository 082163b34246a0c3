"""The headline of a page and its deck, without logos, kickers, sections and counters."""
