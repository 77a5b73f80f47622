"""The figures for other systems: what programs outside may read over HTTP, with a token, and nothing that is hidden."""
