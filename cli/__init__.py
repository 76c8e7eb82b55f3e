"""The `la1r` command: one verb, one module; it prints, and the other rooms compute."""
