"""Several runs asked at once: features joined, distances averaged, or ranks fused."""
