"""From files to the rows of a catalog: photos, labels, players, videos, events, crops, journals."""
