"""Programs that both engines preview; each has two versions, told apart by its configuration."""
