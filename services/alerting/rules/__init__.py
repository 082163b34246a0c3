"""Rules as people write them: YAML files are parsed and checked; every mistake is reported at its place."""
