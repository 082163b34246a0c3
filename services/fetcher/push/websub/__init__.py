"""Subscribe to hubs (W3C WebSub), so that a feed's entries come when they appear."""
