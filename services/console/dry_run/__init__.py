"""``summitwire try``: the services' own functions on files, without a broker."""
