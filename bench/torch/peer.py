"""PyTorch's side of `pnpm bench`: reads one JSON request a line on stdin, answers each with one JSON line."""
import copy
import functools
import json
import os
import statistics
import sys
import time

import torch
import torchvision
from models import MODELS, Block
from rows import ROWS, cell_map, constrained_loss, cross_entropy, loss_and_gradients
from weights import load_weights, read_safetensors

LAYOUTS = {'contiguous': torch.contiguous_format, 'channels_last': torch.channels_last}
prepared = None


def milliseconds(step):
    start = time.perf_counter()
    step()
    return (time.perf_counter() - start) * 1000


def hello(_request):
    return {'torch': torch.__version__, 'torchvision': torchvision.__version__, 'threads': torch.get_num_threads()}


def peak(_request):
    """GFLOP/s of a float32 product; the larger one only where the smaller one does not take for ever."""
    speeds = {}
    for size in (1024, 2048):
        a, b = torch.rand(size, size), torch.rand(size, size)
        best = min(milliseconds(lambda: a @ b) for _ in range(4))
        speeds[str(size)] = 2 * size**3 / best / 1e6
        if best > 500:
            break
    return {'gflops': speeds}


def probe(_request):
    """Milliseconds of a step of many short parallel regions, where waiting threads matter most."""
    settings = {'learningRate': 0, 'weightDecay': 0}
    step = ROWS['train'](MODELS['vit-small'](), torch.rand(4, 3, 96, 96), torch.ones(4), settings)
    step()
    return {'milliseconds': statistics.median(milliseconds(step) for _ in range(3))}


def build(request, layout='contiguous'):
    model = MODELS[request['model']]()
    load_weights(model, request['weights'])
    data, _ = read_safetensors(request['data'])
    images = data['images'].permute(0, 3, 1, 2).contiguous(memory_format=LAYOUTS[layout])
    return model.to(memory_format=LAYOUTS[layout]), images, data['labels']


def check(request):
    """Numbers that must be ours as well: nothing is dropped at random here."""
    model, images, labels = build(request)
    images, labels = images[: request['images']], labels[: request['images']]
    for module in model.modules():
        if isinstance(module, Block):
            module.drop = 0
    parameters = sum(p.numel() for p in model.parameters() if p.requires_grad)
    model.eval()
    values = {'logits': model(images).tolist(), 'gradCam': cell_map(model, images).flatten().tolist()}
    weighted = functools.partial(constrained_loss, weight=request['weight'])
    for name, loss_of in (('train', cross_entropy), ('constrained', weighted)):
        if name in request['rows']:
            loss, norm = loss_and_gradients(copy.deepcopy(model).train(), images, labels, loss_of)
            values[f'{name} loss'], values[f'{name} gradient norm'] = [loss], [norm]
    return {'parameters': parameters, 'values': values}


def prepare(request):
    """Tries both memory layouts and keeps the faster."""
    global prepared
    prepared, tried, steps = None, {}, {}
    for layout in LAYOUTS:
        steps[layout] = ROWS[request['row']](*build(request, layout), request['settings'])
        steps[layout]()
        tried[layout] = min(milliseconds(steps[layout]) for _ in range(2))
    layout = min(tried, key=tried.get)
    prepared = steps[layout]
    return {'layout': layout, 'tried': tried}


def measure(request):
    return {'milliseconds': [milliseconds(prepared) for _ in range(request['iterations'])]}


COMMANDS = {'hello': hello, 'probe': probe, 'peak': peak, 'check': check, 'prepare': prepare, 'time': measure}

if __name__ == '__main__':
    torch.set_num_threads(int(os.environ.get('PCAM_THREADS', '2')))
    torch.manual_seed(0)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = COMMANDS[request['do']](request)
        except Exception as error:  # the other side prints it
            answer = {'error': f'{type(error).__name__}: {error}'.splitlines()[0]}
        print(json.dumps(answer), flush=True)
