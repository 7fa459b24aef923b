"""A newer release for an installed board: checked, tried beside the old one, kept or taken back."""
