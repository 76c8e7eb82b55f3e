"""The list of contents of planning: each step takes the network and what was computed before it."""
