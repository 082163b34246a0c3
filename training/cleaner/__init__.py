"""The cleaner's block model: pages with their true bodies → page/blocks/weights.json, and a report.

The weights belong to services/cleaner.
"""
