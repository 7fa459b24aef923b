"""Where the driver looks."""
