"""One file per stage: each function plays acts in order, so whatever it returns is legal."""
