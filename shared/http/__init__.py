"""HTTP: the clients for feeds, pages and deliveries, and the guards on both sides."""
