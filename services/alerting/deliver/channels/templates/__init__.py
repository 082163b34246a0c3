"""Templates with which users change what messages look like, checked before they are used."""
