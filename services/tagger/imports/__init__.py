"""Public data about people and offices → entries in the form of seeds/actors."""
