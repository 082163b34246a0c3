"""A lenient reader of fetched bytes, so that no record can stop a consumer."""
