"""Settings that nnU-Net reads from the environment when it is first imported.

The package imports this module first, so any module of it may import ``nnunetv2``.
"""

import os

# No worker processes for augmentation: they cannot be started inside a queue worker.
os.environ.setdefault("nnUNet_n_proc_DA", "0")
# torch.compile costs minutes for a network that predicts in seconds.
os.environ.setdefault("nnUNet_compile", "f")
# nnU-Net lowers torch's thread count to this number, so it must never be below what torch may use.
os.environ.setdefault("nnUNet_def_n_proc", str(os.cpu_count() or 1))
