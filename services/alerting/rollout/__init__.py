"""Reload changed rule files, and make them active in every process through rules.v1."""
