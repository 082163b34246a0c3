"""The cleaner's line model: pages with their true bodies, as texts → services/cleaner/lines/weights.json, with a report."""
