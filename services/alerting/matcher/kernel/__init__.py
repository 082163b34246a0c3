"""The compiled part of the matcher: loops over arrays, without Python objects."""
