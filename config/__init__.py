"""What a user declares: frozen models, the rules between records, and the loader."""
