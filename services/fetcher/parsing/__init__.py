"""A feed's bytes → its entries."""
