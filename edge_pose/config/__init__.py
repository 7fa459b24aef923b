"""Settings: pydantic at the edge, frozen values inside. ``root.Config`` holds all sections."""
