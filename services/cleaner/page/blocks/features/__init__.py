"""The features of every block, as columns of one matrix."""
