"""A simulated world of feeds, and two ways to poll it: ours and Miniflux's."""
