"""What runs on devices, the operator's side of it, and what is read back from them."""
