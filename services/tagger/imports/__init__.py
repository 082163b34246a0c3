"""Convert public data about people and offices to entries of seeds/actors."""
