"""Turns what the plan decided into the text and manifests that devices and clusters take."""
