"""A real Kubernetes API server for tests: as child processes on loopback, gone with their maker."""
