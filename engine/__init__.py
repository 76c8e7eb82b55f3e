"""The built-in engine: turns a Pulumi Python program and a prior deployment into steps and their display."""
