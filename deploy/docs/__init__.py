"""The documentation site: what it is built from beside the pages in ``docs``."""
