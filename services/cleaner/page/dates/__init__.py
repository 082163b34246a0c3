"""When a page was published: moments in metadata, and days as people write them."""
