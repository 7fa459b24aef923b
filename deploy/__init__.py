"""How the program gets onto a device, and how its models and its demo clip are made."""
