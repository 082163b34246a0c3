"""Rules as people write them: parse YAML files, check them, report each mistake at its place."""
