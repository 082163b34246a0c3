"""``summitwire feeds``: the state of each feed."""
