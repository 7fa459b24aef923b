"""A fleet's centre on machines: compose file, keys, dashboards, a load of simulated boxes."""
