"""Rules as people write them: parse YAML files, check them, report each problem at its place."""
