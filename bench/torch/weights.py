"""Weights and images of @pcam/models for PyTorch: a reader of safetensors, names and layouts."""
import json
import re
import struct

import torch

DTYPES = {'F32': torch.float32, 'I32': torch.int32}


def read_safetensors(path):
    """Tensors by name. The format: a 64-bit header length, a JSON header, the values."""
    with open(path, 'rb') as file:
        content = bytearray(file.read())
    (length,) = struct.unpack_from('<Q', content)
    header = json.loads(content[8 : 8 + length])
    header.pop('__metadata__', None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry['data_offsets'])
        values = torch.frombuffer(content[begin:end], dtype=DTYPES[entry['dtype']])
        tensors[name] = values.reshape(entry['shape'])
    return tensors


def to_torch_layout(values):
    """Filters [h, w, in, out] become [out, in, h, w], dense weights [in, out] become [out, in]."""
    if values.ndim == 4:
        return values.permute(3, 2, 0, 1)
    return values.T if values.ndim == 2 else values


def our_name(key):
    """A PyTorch key (torchvision's of a ResNet, or the ViT's here) as @pcam/models names it."""
    key = re.sub(r'^conv1\.', 'stem.conv.', key)
    key = re.sub(r'^bn1\.', 'stem.bn.', key)
    key = re.sub(r'^fc\.', 'head.', key)
    key = re.sub(r'^layer(\d)\.(\d+)\.', lambda m: f'stages.{int(m[1]) - 1}.blocks.{m[2]}.', key)
    key = key.replace('downsample.0', 'shortcut.conv').replace('downsample.1', 'shortcut.bn')
    return key.replace('running_mean', 'runningMean').replace('running_var', 'runningVar')


def load_weights(module, path):
    """Sets every parameter and running statistic from our file, and leaves none of the file out."""
    tensors = read_safetensors(path)
    used = set()

    def take(name):
        used.add(name)
        return to_torch_layout(tensors[name])

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
