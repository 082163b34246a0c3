"""The cleaner's block model: pages with their true bodies → services/cleaner/page/blocks/weights.json, with a report."""
