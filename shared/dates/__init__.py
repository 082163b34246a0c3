"""Times as feeds, pages and wires write them: zones, names of months, clocks."""
