"""Import of models that others trained with nnU-Net, in a process of its own."""
