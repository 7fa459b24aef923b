"""The morphable face: learned from labelled photos, measured, and compared with other ways."""
