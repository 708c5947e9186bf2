"""How good a ranking is: mAP, CMC and mINP with their intervals, and what chance would reach."""
