"""What every process starts from: settings, logs, metrics, exit codes, ports."""
