"""Which articles are copies of one another: candidates by MinHash, decided on their words, gathered into stories."""
