"""Provider behaviours: what the real providers say about inputs, differences and previews."""
