"""Models of @pcam/models in PyTorch. One file to copy beside your code; it needs torch 1.13 or newer and nothing else.

    import pcam_torch
    model = pcam_torch.load('runs/cnn')  # a run folder, or one .safetensors file; in eval mode
    logits = model(images)               # [B, 3, H, W], RGB in [0, 1], to [B]; of a U-Net [B, H, W]
    temperature, threshold = pcam_torch.calibration('runs/cnn')
    probability = (logits / temperature).sigmoid()

    python pcam_torch.py runs/cnn -o cnn.pt    # its state_dict

A model standardises inside, so it takes plain [0, 1], not ImageNet's normalisation. What lies where: docs/pytorch.md.
"""
import argparse
import json
import math
import os
import re
import struct
import sys
from collections import namedtuple

import torch
import torch.nn.functional as F
from torch import nn

Calibration = namedtuple('Calibration', 'temperature threshold')
Calibration.__doc__ = 'Probability is sigmoid(logit / temperature); from threshold on, a patch counts as tumour.'

# ---------------------------------------------------------------------------------------------------- reading, writing


def load(path, checkpoint=None):
    """The model of a run folder or of one .safetensors file, on the CPU and in eval mode.

    checkpoint: 'best' or 'last' of a run folder; by default best, or last where the run has no best yet. A last
    checkpoint gives its averaged weights where the run averages, as our evaluator has it.
    Raises ValueError, in one line that starts with the file, for what is no such model.
    """
    path = _checkpoint_of(path, checkpoint)
    tensors, metadata = read_safetensors(path)
    try:
        config, tensors = _model_of(tensors, metadata)
        model = build(config)
        load_weights(model, tensors)
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from None
    return model.eval()


def calibration(run, tta=False):
    """Temperature and threshold that a run folder's validation.json holds, for its best checkpoint alone.

    tta: those for the mean logit of the eight symmetries of each patch.
    """
    path = os.path.join(run, 'validation.json')
    try:
        with open(path, encoding='utf-8') as file:
            report = json.load(file)
        kind = 'dihedral' if tta else 'none'
        if kind not in report:
            raise ValueError('the run was calibrated without test-time augmentation; train with --tta')
        return Calibration(report[kind]['temperature'], report[kind]['threshold'])
    except FileNotFoundError:
        raise ValueError(
            f'{path} is not there: a run writes it when it ends; until then there is no calibration'
        ) from None
    except (KeyError, TypeError):
        raise ValueError(f'{path}: it lacks a temperature and a threshold') from None
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from None


def build(config):
    """The architecture that `model.config` of @pcam/models describes, with PyTorch's own initial weights."""
    name = config.get('name')
    if name not in FAMILIES:
        raise ValueError(
            f'there is no model family {name!r} here, but {", ".join(FAMILIES)};'
            ' for one of your own, add its class to pcam_torch.FAMILIES'
        )
    defaults = {**STANDARD, **FAMILIES[name].defaults}
    unknown = [key for key in config if key != 'name' and key not in defaults]
    if unknown:
        raise ValueError(
            f'the {name} has an option {unknown[0]!r} that this pcam_torch.py does not know;'
            ' take the one of the @pcam/models that saved the file'
        )
    return FAMILIES[name]({**defaults, **config})


def load_weights(model, tensors):
    """Sets all parameters and running statistics from tensors by our names and in our layouts, or changes nothing."""
    places = {our_name(key): values for key, values in _state(model)}
    wanted = {name: list(to_ours(values).shape) for name, values in places.items()}
    given = {name: list(values.shape) for name, values in tensors.items()}
    what = f'the {model.config["name"]} of its configuration'
    missing, extra = [n for n in wanted if n not in given], [n for n in given if n not in wanted]
    if missing:
        raise ValueError(f'it lacks {_listed(missing, wanted)} of {what}')
    if extra:
        raise ValueError(f'it holds {_listed(extra, given)}, which {what} does not have')
    for name, shape in wanted.items():
        if given[name] != shape or tensors[name].dtype != torch.float32:
            dtype = str(tensors[name].dtype).replace('torch.', '')
            raise ValueError(f"'{name}' of {what} is float32 {shape}, not {dtype} {given[name]}")
    with torch.no_grad():
        for name, values in places.items():
            values.copy_(to_torch(tensors[name]))


def save(model, path):
    """Saves a model for `loadModel` (a U-Net for `loadUnet`) of @pcam/models/node: our names, our layouts, float32."""
    tensors = {our_name(key): to_ours(values.detach()).float().cpu() for key, values in _state(model)}
    write_safetensors(path, tensors, {'pcam.model': json.dumps(model.config)})


def read_safetensors(path):
    """Tensors by name, and the metadata: a 64-bit header length, a JSON header, the values."""
    try:
        with open(path, 'rb') as file:
            content = bytearray(file.read())
    except OSError as error:
        raise ValueError(f'{path}: cannot be read: {error.strerror}') from None
    length = struct.unpack_from('<Q', content)[0] if len(content) >= 8 else 0
    if content[8:9] != b'{' or length > 100_000_000:
        raise ValueError(f'{path}: not a safetensors file: it does not start with a header length and a JSON header')
    try:
        header = json.loads(content[8 : 8 + length])
        metadata = header.pop('__metadata__', {})
        tensors = {}
        for name, entry in header.items():
            begin, end = (8 + length + offset for offset in entry['data_offsets'])
            if end > len(content):
                raise ValueError(f"cut off at tensor '{name}': {len(content)} bytes of at least {end}")
            if entry['dtype'] not in DTYPES:
                raise ValueError(f"tensor '{name}' is {entry['dtype']}; only {' and '.join(DTYPES)} are read here")
            values = torch.frombuffer(content[begin:end], dtype=DTYPES[entry['dtype']])
            tensors[name] = values.reshape(entry['shape'])
    except json.JSONDecodeError:
        cut = 8 + length > len(content)
        raise ValueError(f'{path}: {"cut off in its header" if cut else "its header is not valid JSON"}') from None
    except (KeyError, TypeError, UnicodeDecodeError):
        raise ValueError(f'{path}: its header is not that of a safetensors file') from None
    except (RuntimeError, ValueError) as error:
        raise ValueError(f'{path}: {error}') from None
    return tensors, metadata


DTYPES = {'F32': torch.float32, 'I32': torch.int32}


def write_safetensors(path, tensors, metadata):
    """float32 tensors; written aside and renamed, so that path never holds a part."""
    header, offset = {'__metadata__': metadata}, 0
    for name, values in tensors.items():
        end = offset + 4 * values.numel()
        header[name] = {'dtype': 'F32', 'shape': list(values.shape), 'data_offsets': [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    aside = f'{path}.{os.getpid()}.part'
    try:
        with open(aside, 'wb') as file:
            file.write(struct.pack('<Q', len(text)) + text)
            for values in tensors.values():
                content = bytearray(4 * values.numel())
                torch.frombuffer(content, dtype=torch.float32).copy_(values.reshape(-1))
                file.write(content)
        os.replace(aside, path)
    except OSError:
        if os.path.exists(aside):
            os.remove(aside)
        raise


def _checkpoint_of(path, checkpoint):
    if not os.path.isdir(path):
        if checkpoint is not None:
            raise ValueError(f'{path}: is no run folder, so it has no {checkpoint!r} checkpoint to choose')
        return path
    if checkpoint not in (None, 'best', 'last'):
        raise ValueError(f"checkpoint is 'best' or 'last', not {checkpoint!r}")
    names = [checkpoint] if checkpoint else ['best', 'last']
    files = [os.path.join(path, 'checkpoints', f'{name}.safetensors') for name in names]
    found = [file for file in files if os.path.exists(file)]
    if not found:
        raise ValueError(f'{path}: is no run folder with a checkpoint: there is no {" or ".join(files)}')
    return found[0]


def _model_of(tensors, metadata):
    """Configuration and weights: a saved model as it is, of a training's last checkpoint the part to evaluate."""
    key = 'pcam.training' if 'pcam.training' in metadata else 'pcam.model'
    if key not in metadata:
        raise ValueError("it holds no model of @pcam/models: its metadata lacks 'pcam.model'")
    try:
        config = json.loads(metadata[key])
        config = config['model'] if key == 'pcam.training' else config
        config = {**getattr(FAMILIES.get(config['name']), 'before', {}), **config}
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"its metadata '{key}' is not a configuration that this pcam_torch.py knows") from None
    if key == 'pcam.model':
        return config, tensors
    group = 'ema/' if any(name.startswith('ema/') for name in tensors) else 'model/'
    return config, {name[len(group) :]: values for name, values in tensors.items() if name.startswith(group)}


def _state(model):
    return [(key, values) for key, values in model.state_dict().items() if 'num_batches' not in key]


def _listed(names, shapes):
    shown = ', '.join(f"'{name}' {shapes[name]}" for name in names[:3])
    return shown + (f' and {len(names) - 3} more' if len(names) > 3 else '')


# --------------------------------------------------------------------------------------------------- names and layouts


def our_name(key):
    """A state_dict's key as @pcam/models names it. A ResNet has torchvision's keys, the others ours in snake case."""
    key = re.sub(r'^conv1\.', 'stem.conv.', key)
    key = re.sub(r'^bn1\.', 'stem.bn.', key)
    key = re.sub(r'^fc\.', 'head.', key)
    key = re.sub(r'^layer(\d+)\.(\d+)\.', lambda m: f'stages.{int(m[1]) - 1}.blocks.{m[2]}.', key)
    key = key.replace('downsample.0', 'shortcut.conv').replace('downsample.1', 'shortcut.bn')
    key = key.replace('running_mean', 'runningMean').replace('running_var', 'runningVar')
    return key.replace('class_token', 'classToken')


def to_ours(values):
    """Filters [out, in, h, w] become [h, w, in, out], dense weights [out, in] become [in, out]."""
    if values.ndim == 4:
        return values.permute(2, 3, 1, 0)
    return values.T if values.ndim == 2 else values


def to_torch(values):
    """The reverse of to_ours."""
    if values.ndim == 4:
        return values.permute(3, 2, 0, 1)
    return values.T if values.ndim == 2 else values


# -------------------------------------------------------------------------------------------------------------- layers

STANDARD = {'mean': [0.701, 0.538, 0.692], 'std': [0.235, 0.277, 0.213]}


class Standardised(nn.Module):
    """Images [B, 3, H, W] in [0, 1] to logits: checked, standardised, then what a family makes of them.

    `target_layer` is the layer that our Grad-CAM explains by default; `reshape_transform` makes its tokens a map, for
    pytorch-grad-cam, and is None where it is a map already.
    """

    defaults = {}
    reshape_transform = None

    def __init__(self, config, stride, smallest_side=32):
        super().__init__()
        self.config, self.stride, self.smallest_side = config, stride, smallest_side
        self.register_buffer('mean', torch.tensor(config['mean']).view(3, 1, 1), persistent=False)
        self.register_buffer('scale', 1 / torch.tensor(config['std']).view(3, 1, 1), persistent=False)

    def forward(self, images):
        shape = list(images.shape)
        if len(shape) != 4 or shape[1] != 3 or not images.is_floating_point():
            raise ValueError(
                f'{self.config["name"]}: takes float images [B, 3, H, W] with RGB in [0, 1], not {images.dtype} {shape}'
            )
        if any(side < self.smallest_side or side % self.stride for side in shape[2:]):
            raise ValueError(
                f'{self.config["name"]}: takes heights and widths of at least {self.smallest_side}'
                f' that {self.stride} divides,'
                f' not {shape[2]}×{shape[3]}; crop or pad the images'
            )
        return self.logits((images - self.mean) * self.scale)


def conv2d(inputs, outputs, kernel, stride, downsampling):
    """Padded by half its kernel; symmetric downsampling makes the window as wide as its mean over the stride is."""
    side = kernel + stride - 1 if downsampling == 'symmetric' else kernel
    return nn.Conv2d(inputs, outputs, side, stride, kernel // 2, bias=False)


def halve(x, downsampling):
    return F.max_pool2d(x, 2) if downsampling == 'symmetric' else F.max_pool2d(x, 3, 2, 1)


# How many orientations the features of a group have. They are numbered: quarter turns, then those of the mirror image.
ORDERS = {'z2': 1, 'p4': 4, 'p4m': 8}


def turned(planes, orientation):
    """Planes [..., k, k] mirrored and turned as the first orientation is, to become that one."""
    return torch.rot90(planes.flip(-1) if orientation >= 4 else planes, orientation % 4, (-2, -1))


def before(orientation, turn, order):
    """The number of the orientation that `turn` makes this one."""
    corners = torch.arange(4).view(2, 2)
    wanted = turned(corners, orientation)
    return next(h for h in range(order) if torch.equal(turned(turned(corners, h), turn), wanted))


class GroupConv(nn.Module):
    """A convolution over an image, or over features of a group, channels [orientation · inputs] one after another."""

    def __init__(self, group, lifted, inputs, outputs, kernel, stride=1, padding=0):
        super().__init__()
        self.order, self.lifted, self.stride, self.padding = ORDERS[group], lifted, stride, padding
        self.orientations = self.order if lifted else 1
        self.weight = nn.Parameter(torch.empty(outputs, self.orientations * inputs, kernel, kernel))
        nn.init.kaiming_normal_(self.weight)

    def plain(self):
        """The filter of the plain convolution that this is, [order · outputs, orientations · inputs, k, k]."""
        planes = self.weight.unflatten(1, (self.orientations, -1))
        filters = []
        for turn in range(self.order):
            inputs = [before(r, turn, self.order) for r in range(self.order)] if self.lifted else [0]
            filters.append(turned(planes[:, inputs], turn).flatten(1, 2))
        return torch.cat(filters)

    def forward(self, x):
        return F.conv2d(x, self.plain(), None, self.stride, self.padding)


class GroupNorm(nn.BatchNorm2d):
    """Batch norm with one scale, shift and statistics for all orientations of a feature."""

    def __init__(self, order, features):
        super().__init__(features)
        self.order = order

    def forward(self, x):
        features = x.unflatten(1, (self.order, -1)).transpose(1, 2)
        normalised = super().forward(features.flatten(2, 3))
        return normalised.unflatten(2, (self.order, -1)).transpose(1, 2).flatten(1, 2)


class GroupPool(nn.Module):
    """The mean over orientations."""

    def __init__(self, order):
        super().__init__()
        self.order = order

    def forward(self, x):
        return x.unflatten(1, (self.order, -1)).mean(1)


class ConvNorm(nn.Module):
    """A convolution and its batch norm."""

    def __init__(self, inputs, outputs, kernel=3, stride=1, downsampling='strided', group='z2', lifted=True):
        super().__init__()
        if group == 'z2':
            self.conv = conv2d(inputs, outputs, kernel, stride, downsampling)
            self.bn = nn.BatchNorm2d(outputs)
        else:
            self.conv = GroupConv(group, lifted, inputs, outputs, kernel + stride - 1, stride, kernel // 2)
            self.bn = GroupNorm(ORDERS[group], outputs)

    def forward(self, x):
        return self.bn(self.conv(x))


class DropPath(nn.Module):
    """In training, leaves a whole branch out for some images (stochastic depth) and scales the rest up."""

    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def forward(self, branch):
        if not self.training or self.rate == 0:
            return branch
        kept = branch.new_empty([len(branch)] + [1] * (branch.ndim - 1)).bernoulli_(1 - self.rate)
        return branch * kept / (1 - self.rate)


def drop_rates(rate, count):
    """Of each of the blocks: from 0 for the first to `rate` for the last."""
    return [rate if count == 1 else rate * index / (count - 1) for index in range(count)]


def square_cells(maps, stride, side, downsampling):
    """The cells [B, C, h, w] whose first pixel (symmetric: middle) is in the central `side` × `side`; at least one."""

    def part(cells):
        low = (cells * stride - side) / 2
        if downsampling == 'symmetric':
            first = min((cells - 1) // 2, max(0, math.ceil(low / stride - 1 / 2)))
            return slice(first, cells - first)
        first = max(0, math.ceil(low / stride))
        last = min(cells - 1, math.ceil((low + side) / stride) - 1)
        return slice(first, max(first, last) + 1)

    return maps[:, :, part(maps.shape[2]), part(maps.shape[3])]


# ------------------------------------------------------------------------------------------------------------ families


# What models were whose saved configurations are older than an option.
BEFORE = {'downsampling': 'strided'}


class Pooled(Standardised):
    """A logit of the mean over the cells of the last map: `cnn`, `densenet` and `fcn`."""

    before = BEFORE

    def pooled(self, maps, stride):
        field = self.config['poolField']
        downsampling = self.config.get('downsampling', 'symmetric')
        cells = maps if field == 'patch' else square_cells(maps, stride, field, downsampling)
        return self.head(self.dropout(cells.mean((2, 3))))[:, 0]

    def add_head(self, features):
        self.dropout = nn.Dropout(self.config['dropout'])
        self.head = nn.Linear(features, 1, bias=self.config['headBias'])


class Unit(ConvNorm):
    """Convolution, batch norm, ReLU; inside the shortcut where the shape stays."""

    def __init__(self, inputs, outputs, stride, downsampling, group, shortcuts, drop):
        super().__init__(inputs, outputs, 3, stride, downsampling, group)
        self.shortcut = shortcuts and stride == 1 and inputs == outputs
        self.drop = DropPath(drop)

    def forward(self, x):
        branch = super().forward(x)
        return F.relu(x + self.drop(branch) if self.shortcut else branch)


class Cnn(Pooled):
    defaults = {
        'group': 'z2', 'stemWidth': 16, 'widths': [16, 32, 64, 128], 'depths': [1, 2, 2, 2], 'strides': [1, 2, 2, 2],
        'downsampling': 'symmetric', 'shortcuts': True, 'stochasticDepth': 0, 'dropout': 0.2, 'poolField': 'patch',
        'headBias': True,
    }  # fmt: skip

    def __init__(self, config):
        super().__init__(config, 2 * math.prod(config['strides']))
        downsampling, group = config['downsampling'], config['group']
        if group != 'z2' and downsampling != 'symmetric':
            raise ValueError(f"the cnn's group {group!r} needs the downsampling 'symmetric', not {downsampling!r}")
        self.stem = ConvNorm(3, config['stemWidth'], 3, 2, downsampling, group, lifted=False)
        drops = iter(drop_rates(config['stochasticDepth'], sum(config['depths'])))
        inputs, stages, kind = config['stemWidth'], [], (downsampling, group, config['shortcuts'])
        for width, depth, stride in zip(config['widths'], config['depths'], config['strides']):
            shapes = [(inputs, width, stride)] + [(width, width, 1)] * (depth - 1)
            stages.append(nn.Sequential(*(Unit(*shape, *kind, next(drops)) for shape in shapes)))
            inputs = width
        self.stages = nn.ModuleList(stages)
        self.group_pool = GroupPool(ORDERS[group])
        self.add_head(inputs)

    @property
    def target_layer(self):
        if self.config['group'] != 'z2':
            return self.group_pool
        return self.stages[-1]

    def logits(self, x):
        x = F.relu(self.stem(x))
        for stage in self.stages:
            x = stage(x)
        return self.pooled(self.group_pool(x), self.stride)


class DenseBlock(nn.Module):
    """In front of all but the first a transition to half the resolution; then a 3×3 convolution's features are added."""

    def __init__(self, group, inputs, growth, transition):
        super().__init__()
        order = self.order = ORDERS[group]
        if transition:
            conv = GroupConv(group, True, inputs, inputs, 1)
            self.transition = nn.ModuleDict({'bn': GroupNorm(order, inputs), 'conv': conv})
        else:
            self.transition = None
        self.bn = GroupNorm(order, inputs)
        self.conv = GroupConv(group, True, inputs, growth, 3)

    def forward(self, x):
        if self.transition is not None:
            x = self.transition['conv'](F.avg_pool2d(F.relu(self.transition['bn'](x)), 2))
        added = self.conv(F.relu(self.bn(x)))
        both = [maps.unflatten(1, (self.order, -1)) for maps in (x[:, :, 1:-1, 1:-1], added)]
        return torch.cat(both, 2).flatten(1, 2)


class DenseNet(Pooled):
    defaults = {
        'group': 'p4m', 'stemWidth': 9, 'growth': 9, 'blocks': 5, 'dropout': 0, 'poolField': 'patch', 'headBias': True,
    }  # fmt: skip
    before = {}

    def __init__(self, config):
        group, width, growth = config['group'], config['stemWidth'], config['growth']
        stride = 2 ** (config['blocks'] - 1)
        super().__init__(config, stride, 5 * stride)
        self.stem = nn.ModuleDict({'conv': GroupConv(group, False, 3, width, 3)})
        self.blocks = nn.ModuleList(
            DenseBlock(group, width + index * growth, growth, index > 0) for index in range(config['blocks'])
        )
        features = width + config['blocks'] * growth
        self.bn = GroupNorm(ORDERS[group], features)
        self.group_pool = GroupPool(ORDERS[group])
        self.add_head(features)

    @property
    def target_layer(self):
        return self.group_pool

    def logits(self, x):
        x = self.stem['conv'](x)
        for block in self.blocks:
            x = block(x)
        return self.pooled(self.group_pool(F.relu(self.bn(x))), self.stride)


def add_unet_body(model, inputs, widths, down_depth, up_depth):
    """The two paths of a U-Net, as `down` and `up` of the model, one entry a resolution."""

    def convs(inputs, outputs, depth):
        return {str(index): ConvNorm(outputs if index else inputs, outputs) for index in range(depth)}

    downs = zip([inputs, *widths], widths)
    model.down = nn.ModuleList(nn.ModuleDict(convs(i, o, down_depth)) for i, o in downs)
    model.up = nn.ModuleList(
        nn.ModuleDict({'reduce': nn.Conv2d(below, width, 1, bias=False), **convs(2 * width, width, up_depth)})
        for width, below in zip(widths, widths[1:])
    )


def run_unet_body(model, x, at_lowest=lambda x: x):
    def run(level, x):
        for key, conv in level.items():
            x = x if key == 'reduce' else F.relu(conv(x))
        return x

    maps = []
    for level in model.down:
        maps.append(run(level, halve(maps[-1], model.config['downsampling']) if maps else x))
    x = at_lowest(maps.pop())
    for level in reversed(model.up):
        raised = F.interpolate(level['reduce'](x), scale_factor=2, mode='nearest')
        x = run(level, torch.cat([maps.pop(), raised], 1))
    return x


class Fcn(Pooled):
    defaults = {
        'stemWidth': 16, 'widths': [16, 32, 64, 96], 'downDepth': 1, 'upDepth': 1, 'downsampling': 'symmetric',
        'dropout': 0, 'poolField': 'patch', 'headBias': True,
    }  # fmt: skip

    def __init__(self, config):
        super().__init__(config, 2 ** len(config['widths']))
        self.stem = ConvNorm(3, config['stemWidth'], 3, 2, config['downsampling'])
        add_unet_body(self, config['stemWidth'], config['widths'], config['downDepth'], config['upDepth'])
        self.fused = nn.Identity()  # a place to hook
        self.add_head(config['widths'][0])

    @property
    def target_layer(self):
        return self.fused

    def logits(self, x):
        return self.pooled(self.fused(run_unet_body(self, F.relu(self.stem(x)))), 2)


class Unet(Standardised):
    """One logit per pixel, [B, H, W]."""

    defaults = {'widths': [16, 32, 64, 128], 'downDepth': 1, 'upDepth': 1, 'downsampling': 'symmetric', 'dropout': 0}
    before = BEFORE

    def __init__(self, config):
        super().__init__(config, 2 ** (len(config['widths']) - 1))
        add_unet_body(self, 3, config['widths'], config['downDepth'], config['upDepth'])
        self.dropout = nn.Dropout(config['dropout'])
        self.head = nn.Linear(config['widths'][0], 1)

    def logits(self, x):
        return self.head(run_unet_body(self, x, self.dropout).permute(0, 2, 3, 1))[..., 0]


class ResidualBlock(nn.Module):
    """relu(shortcut(x) + branch(x)), with torchvision's names."""

    def __init__(self, shapes, stride, downsampling, drop):
        super().__init__()
        self.count, inputs, outputs = len(shapes), shapes[0][0], shapes[-1][1]
        for index, (before, after, kernel, step) in enumerate(shapes, 1):
            conv = conv2d(before, after, kernel, step, downsampling)
            self.add_module(f'conv{index}', conv)
            self.add_module(f'bn{index}', nn.BatchNorm2d(after))
        self.downsample = None
        if stride != 1 or inputs != outputs:
            averages = downsampling == 'symmetric' and stride == 2
            conv = nn.Conv2d(inputs, outputs, 1, 1 if averages else stride, bias=False)
            self.downsample = nn.Sequential(conv, nn.BatchNorm2d(outputs))
            self.average = nn.AvgPool2d(2) if averages else nn.Identity()
        self.drop = DropPath(drop)

    def forward(self, x):
        y = x
        for index in range(1, self.count + 1):
            y = getattr(self, f'bn{index}')(getattr(self, f'conv{index}')(y))
            y = F.relu(y) if index < self.count else y
        straight = x if self.downsample is None else self.downsample(self.average(x))
        return F.relu(straight + self.drop(y))


class ResNet(Standardised):
    """Its state_dict is that of torchvision's ResNet with one class, where it has four stages and is strided."""

    defaults = {
        'block': 'basic', 'depths': [1, 1, 2, 1], 'widths': [16, 32, 64, 128], 'stemWidth': 16, 'stemKernel': 3,
        'stemStride': 2, 'stemPool': False, 'downsampling': 'strided', 'zeroInitResidual': True, 'stochasticDepth': 0,
        'dropout': 0.2,
    }  # fmt: skip

    def __init__(self, config):
        widths, depths, stem, kernel = (config[key] for key in ('widths', 'depths', 'stemWidth', 'stemKernel'))
        pooling = 2 if config['stemPool'] else 1
        super().__init__(config, config['stemStride'] * pooling * 2 ** (len(widths) - 1))
        downsampling = config['downsampling']
        self.conv1 = conv2d(3, stem, kernel, config['stemStride'], downsampling)
        self.bn1 = nn.BatchNorm2d(stem)
        drops, inputs = iter(drop_rates(config['stochasticDepth'], sum(depths))), stem
        for stage, (width, depth) in enumerate(zip(widths, depths), 1):
            blocks = []
            for index in range(depth):
                stride = 2 if index == 0 and stage > 1 else 1
                if config['block'] == 'bottleneck':
                    shapes = [(inputs, width, 1, 1), (width, width, 3, stride), (width, 4 * width, 1, 1)]
                else:
                    shapes = [(inputs, width, 3, stride), (width, width, 3, 1)]
                blocks.append(ResidualBlock(shapes, stride, downsampling, next(drops)))
                inputs = shapes[-1][1]
            self.add_module(f'layer{stage}', nn.Sequential(*blocks))
        self.dropout = nn.Dropout(config['dropout'])
        self.fc = nn.Linear(inputs, 1)

    def layers(self):
        return [getattr(self, f'layer{stage}') for stage in range(1, len(self.config['widths']) + 1)]

    @property
    def target_layer(self):
        return self.layers()[-1]

    def logits(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = halve(x, self.config['downsampling']) if self.config['stemPool'] else x
        for layer in self.layers():
            x = layer(x)
        return self.fc(self.dropout(x.mean((2, 3))))[:, 0]


def layer_norm(width):
    return nn.LayerNorm(width, eps=1e-6)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x):
        batch, tokens, width = x.shape
        query, key, value = (
            dense(x).view(batch, tokens, self.heads, -1).transpose(1, 2) for dense in (self.query, self.key, self.value)
        )
        weights = (query * (width // self.heads) ** -0.5 @ key.transpose(2, 3)).softmax(-1)
        return self.output((weights @ value).transpose(1, 2).reshape(batch, tokens, width))


class Block(nn.Module):
    """x + attention(norm(x)), then x + MLP(norm(x))."""

    def __init__(self, width, heads, mlp_ratio, drop):
        super().__init__()
        self.norm1, self.norm2 = layer_norm(width), layer_norm(width)
        self.attention = Attention(width, heads)
        hidden = mlp_ratio * width
        self.mlp = nn.ModuleDict({'expand': nn.Linear(width, hidden), 'contract': nn.Linear(hidden, width)})
        self.drop = DropPath(drop)

    def forward(self, x):
        x = x + self.drop(self.attention(self.norm1(x)))
        hidden = F.gelu(self.mlp['expand'](self.norm2(x)), approximate='tanh')
        return x + self.drop(self.mlp['contract'](hidden))


class Position(nn.Module):
    """A learned vector for each cell of a square grid; another grid gets them resampled bicubically."""

    def __init__(self, grid, width):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(grid, grid, width))

    def forward(self, rows, columns):
        maps = self.weight.permute(2, 0, 1)[None]
        if maps.shape[2:] != (rows, columns):
            maps = F.interpolate(maps, (rows, columns), mode='bicubic', align_corners=False)
        return maps.flatten(2).transpose(1, 2)


class Vit(Standardised):
    defaults = {
        'stemWidths': [16, 32, 64], 'width': 64, 'depth': 4, 'heads': 4, 'mlpRatio': 4, 'positionGrid': 12,
        'pool': 'average', 'stochasticDepth': 0.1, 'dropout': 0,
    }  # fmt: skip

    def __init__(self, config):
        stem, width, depth = config['stemWidths'], config['width'], config['depth']
        super().__init__(config, 2 ** len(stem))
        self.stem = nn.ModuleList(ConvNorm(i, o, stride=2) for i, o in zip([3, *stem], stem))
        self.project = nn.Linear(stem[-1], width)
        self.position = Position(config['positionGrid'], width)
        if config['pool'] == 'class':
            self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        self.embedding = nn.Identity()  # a place to hook
        drops = drop_rates(config['stochasticDepth'], depth)
        self.blocks = nn.ModuleList(Block(width, config['heads'], config['mlpRatio'], drop) for drop in drops)
        self.norm = layer_norm(width)
        self.dropout = nn.Dropout(config['dropout'])
        self.head = nn.Linear(width, 1)
        self.grid = None

    @property
    def target_layer(self):
        # Of what a class token alone is read from, the other tokens have no gradient.
        return [self.embedding, *self.blocks][-2] if self.config['pool'] == 'class' else self.norm

    def reshape_transform(self, tokens):
        """Tokens [B, T, D] of the last forward pass as maps [B, D, h, w], without the class token."""
        cells = tokens[:, -self.grid[0] * self.grid[1] :]
        return cells.transpose(1, 2).unflatten(2, self.grid)

    def logits(self, x):
        for conv in self.stem:
            x = F.relu(conv(x))
        self.grid = tuple(x.shape[2:])
        x = self.project(x.flatten(2).transpose(1, 2)) + self.position(*self.grid)
        classified = self.config['pool'] == 'class'
        if classified:
            x = torch.cat([self.class_token.expand(len(x), -1, -1), x], 1)
        x = self.embedding(x)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        return self.head(self.dropout(x[:, 0] if classified else x.mean(1)))[:, 0]


FAMILIES = {'cnn': Cnn, 'densenet': DenseNet, 'fcn': Fcn, 'resnet': ResNet, 'vit': Vit, 'unet': Unet}

# ------------------------------------------------------------------------------------------------------------- command


def main():
    parser = argparse.ArgumentParser(
        description='Saves the weights of a @pcam model as a PyTorch state_dict, for torch.load and load_state_dict.',
        epilog='The mean and std of its input are not among them: the models of this file keep them in `config`.',
    )
    parser.add_argument('run', metavar='RUN', help='a run folder, or one .safetensors file')
    parser.add_argument('-o', '--out', required=True, metavar='FILE', help='the file to write, such as model.pt')
    parser.add_argument(
        '--checkpoint', choices=['best', 'last'], help='of a run folder [best, or last where there is none]'
    )
    parser.add_argument('--overwrite', action='store_true', help='write FILE even if it is there')
    given = parser.parse_args()
    try:
        if os.path.exists(given.out) and not given.overwrite:
            raise ValueError(f'{given.out} is there already; choose another name or give --overwrite')
        model = load(given.run, given.checkpoint)
        torch.save(model.state_dict(), given.out)
    except (OSError, RuntimeError, ValueError) as error:
        sys.exit(f'pcam_torch: {error}')
    count = sum(values.numel() for values in model.parameters())
    name = model.config['name']
    print(f'{given.out}: the state_dict of a {name}, {count:,} parameters; config: {json.dumps(model.config)}')


if __name__ == '__main__':
    main()
