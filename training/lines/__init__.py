"""The cleaner's line model: pages with their true bodies → lines/weights.json, and a report.

The weights belong to services/cleaner.
"""
