"""``edge-pose doctor``: looks at this machine and says what to fix."""
