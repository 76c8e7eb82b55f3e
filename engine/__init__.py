"""The built-in engine: turns a Pulumi program and a prior deployment into steps, and shows them."""
