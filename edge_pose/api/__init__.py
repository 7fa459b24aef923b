"""The public Python API; its names are offered by ``edge_pose`` itself."""
