"""What the device remembers between drives, each in one small file of the state directory."""
