"""The way to one Kubernetes cluster: calls, objects, and when they are ready."""
