"""The shell of every service: launch, worker, readiness and its web server."""
