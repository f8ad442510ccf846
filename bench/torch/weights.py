"""Weights and images of @pcam/models for PyTorch's side: names and layouts are those of its pcam_torch.py."""
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[2] / 'packages/models/torch'))
from pcam_torch import our_name, read_safetensors, to_torch


def load_weights(module, path):
    """Sets every parameter and running statistic from our file, and leaves none of the file out."""
    tensors, _ = read_safetensors(path)
    used = set()

    def take(name):
        used.add(name)
        return to_torch(tensors[name])

    with torch.no_grad():
        for key, values in module.state_dict().items():
            if key.endswith('num_batches_tracked'):
                continue
            name = our_name(key)
            if '.qkv.' in name:  # one product here, three weights there
                parts = [take(name.replace('qkv', part)) for part in ('query', 'key', 'value')]
                values.copy_(torch.cat(parts))
            else:
                values.copy_(take(name))
    left = sorted(set(tensors) - used)
    if left:
        raise ValueError(f'{path}: the PyTorch model has no place for {", ".join(left[:3])}')
