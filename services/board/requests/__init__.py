"""What people ask of the system at the board: silences, redrives, polls of feeds."""
