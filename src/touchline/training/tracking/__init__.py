"""Who follows a training besides its own files: TensorBoard, Weights & Biases, MLflow."""
