"""Names that recur and are not in the data, proposed for a person to accept. Never used for alerts."""
