"""Reads fetched bytes leniently, so that no record can stop a consumer."""
