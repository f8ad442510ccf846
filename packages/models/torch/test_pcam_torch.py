"""Tests of pcam_torch.py, where torch is installed: python3 test_pcam_torch.py

test/pytorch.test.ts runs it with PCAM_TORCH_FILES, a folder of models that TypeScript saved, with its own logits of
images, and reads what comes back.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import torch

import pcam_torch

FILES = os.environ.get('PCAM_TORCH_FILES')
SMALL = {'name': 'cnn', 'stemWidth': 4, 'widths': [4], 'depths': [2], 'strides': [2], 'mean': [0.7, 0.5, 0.7]}
# Of the largest logit, or of 1 where that is less.
TOLERANCE = 1e-5


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.path = self.folder / 'model.safetensors'

    def saved(self, **options):
        torch.manual_seed(0)
        model = pcam_torch.build({**SMALL, **options}).eval()
        pcam_torch.save(model, self.path)
        return model

    def rewritten(self, change=lambda tensors: None, **metadata):
        self.saved()
        tensors, old = pcam_torch.read_safetensors(self.path)
        change(tensors)
        pcam_torch.write_safetensors(self.path, tensors, {**old, **metadata})

    def refuses(self, text, path=None, load=pcam_torch.load):
        with self.assertRaises(ValueError) as caught:
            load(path or self.path)
        message = str(caught.exception)
        self.assertIn(text, message)
        self.assertNotIn('\n', message)
        self.assertTrue(message.startswith(str(self.folder)), message)


@unittest.skipUnless(FILES, 'PCAM_TORCH_FILES names no folder of models that TypeScript saved')
class FilesOfOurs(unittest.TestCase):
    def test_logits_are_ours(self):
        for case in json.loads((Path(FILES) / 'expected.json').read_text()):
            with self.subTest(case['path']):
                model = pcam_torch.load(Path(FILES) / case['path'], case.get('checkpoint'))
                tensors, _ = pcam_torch.read_safetensors(Path(FILES) / case['images'])
                with torch.no_grad():
                    logits = model(tensors['images'].permute(0, 3, 1, 2))
                self.assertEqual(list(logits.shape), case['shape'])
                expected = torch.tensor(case['logits'])
                worst = (logits.reshape(-1) - expected).abs().max().item()
                self.assertLess(worst, TOLERANCE * max(1, expected.abs().max().item()))
                self.assertFalse(model.training)

    def test_saving_again_gives_a_file_for_typescript(self):
        for case in json.loads((Path(FILES) / 'expected.json').read_text()):
            model = pcam_torch.load(Path(FILES) / case['path'], case.get('checkpoint'))
            pcam_torch.save(model, Path(FILES) / case['back'])


class Loader(InFolder):
    def test_saved_and_loaded_is_the_same_model(self):
        model, images = self.saved(poolField=32, headBias=False), torch.rand(2, 3, 32, 48)
        loaded = pcam_torch.load(self.path)
        self.assertEqual(loaded.config, model.config)
        self.assertTrue(torch.equal(loaded(images), model(images)))
        self.assertFalse(list(self.folder.glob('*.part')))

    def test_a_file_older_than_an_option_is_what_it_was(self):
        model = self.saved(downsampling='strided')
        tensors, _ = pcam_torch.read_safetensors(self.path)
        old = {key: value for key, value in model.config.items() if key != 'downsampling'}
        for key, config in (('pcam.model', old), ('pcam.training', {'model': old})):
            names = {f'model/{name}': values for name, values in tensors.items()} if 'training' in key else tensors
            pcam_torch.write_safetensors(self.path, names, {key: json.dumps(config)})
            self.assertEqual(pcam_torch.load(self.path).config['downsampling'], 'strided')
        self.assertEqual(pcam_torch.build({'name': 'cnn'}).config['downsampling'], 'symmetric')

    def test_last_checkpoint_gives_the_averaged_weights(self):
        model = self.saved()
        tensors, metadata = pcam_torch.read_safetensors(self.path)
        training = {'pcam.training': json.dumps({'model': json.loads(metadata['pcam.model']), 'state': {}})}
        for group, head in (('ema', model.head.bias.item()), ('model', 7.0)):
            groups = {f'model/{name}': values for name, values in tensors.items()}
            groups['model/head.bias'] = torch.tensor([7.0])
            groups['optimizer/m'] = torch.zeros(3)
            if group == 'ema':
                groups.update({f'ema/{name}': values for name, values in tensors.items()})
            (self.folder / 'checkpoints').mkdir(exist_ok=True)
            pcam_torch.write_safetensors(self.folder / 'checkpoints/last.safetensors', groups, training)
            self.assertAlmostEqual(pcam_torch.load(self.folder).head.bias.item(), head)
        pcam_torch.save(model, self.folder / 'checkpoints/best.safetensors')
        self.assertAlmostEqual(pcam_torch.load(self.folder).head.bias.item(), model.head.bias.item())
        self.assertAlmostEqual(pcam_torch.load(self.folder, 'last').head.bias.item(), 7)

    def test_calibration(self):
        report = self.folder / 'validation.json'
        self.refuses('until then there is no calibration', load=lambda _: pcam_torch.calibration(self.folder))
        report.write_text(json.dumps({'none': {'temperature': 2, 'threshold': 0.4, 'logits': []}}))
        temperature, threshold = pcam_torch.calibration(self.folder)
        self.assertEqual((temperature, threshold), (2, 0.4))
        self.refuses('train with --tta', load=lambda _: pcam_torch.calibration(self.folder, tta=True))
        report.write_text('{"none": {')
        self.refuses('validation.json: ', load=lambda _: pcam_torch.calibration(self.folder))
        report.write_text('{"none": {}}')
        self.refuses('lacks a temperature', load=lambda _: pcam_torch.calibration(self.folder))

    def test_resnet_has_the_keys_and_shapes_of_torchvision(self):
        try:
            import torchvision
        except ImportError:
            self.skipTest('torchvision is not installed')
        images = torch.rand(2, 3, 64, 64)
        for name, depths, block in (
            ('resnet18', [2, 2, 2, 2], 'basic'),
            ('resnet34', [3, 4, 6, 3], 'basic'),
            ('resnet50', [3, 4, 6, 3], 'bottleneck'),
        ):
            widths = [64, 128, 256, 512]
            model = pcam_torch.build({
                'name': 'resnet', 'block': block, 'depths': depths, 'widths': widths, 'stemWidth': 64, 'stemKernel': 7,
                'stemPool': True,
            }).eval()  # fmt: skip
            theirs = getattr(torchvision.models, name)(num_classes=1).eval()
            theirs.load_state_dict(model.state_dict())
            with torch.no_grad():
                standardised = (images - model.mean) * model.scale
                self.assertLess((theirs(standardised)[:, 0] - model(images)).abs().max().item(), TOLERANCE)

    def test_training_mode_drops_and_moves_the_statistics(self):
        for options in ({'dropout': 0.5}, {'dropout': 0, 'stochasticDepth': 0.9, 'depths': [3]}):
            model, images = pcam_torch.build({**SMALL, **options}), torch.rand(8, 3, 32, 32)
            torch.manual_seed(0)
            first = model(images)
            self.assertFalse(torch.equal(first, model(images)))
            self.assertGreater(model.stem.bn.running_mean.abs().max().item(), 0)
            first.mean().backward()
            self.assertTrue(all(p.grad is not None for p in model.parameters()))

    def test_tokens_become_a_map(self):
        model = pcam_torch.build({'name': 'vit', 'depth': 1, 'pool': 'class'}).eval()
        tokens = []
        model.target_layer.register_forward_hook(lambda _, __, y: tokens.append(y))
        model(torch.rand(2, 3, 32, 64))
        maps = model.reshape_transform(tokens[0])
        self.assertEqual(list(maps.shape), [2, 64, 4, 8])
        self.assertTrue(torch.equal(maps[1, :, 2, 3], tokens[0][1, 1 + 2 * 8 + 3]))

    def test_the_target_layer_has_a_gradient_beyond_the_class_token(self):
        for options in ({'depth': 1, 'pool': 'class'}, {'depth': 2, 'pool': 'class'}, {'depth': 1}):
            model = pcam_torch.build({'name': 'vit', **options}).eval()
            kept = []
            model.target_layer.register_forward_hook(lambda _, __, y: kept.append(y))
            logits = model(torch.rand(1, 3, 32, 32))
            (slopes,) = torch.autograd.grad(logits.sum(), kept[0])
            self.assertGreater(model.reshape_transform(slopes).abs().max().item(), 0)


class Refusals(InFolder):
    def test_files_that_are_no_model(self):
        self.refuses('No such file')
        self.path.write_bytes(b'hello, I am a text file')
        self.refuses('not a safetensors file')
        pcam_torch.write_safetensors(self.path, {'w': torch.zeros(2)}, {})
        self.refuses("its metadata lacks 'pcam.model'")
        self.saved()
        whole = self.path.read_bytes()
        self.path.write_bytes(whole[:-3])
        self.refuses('cut off at tensor')
        self.path.write_bytes(whole[:60])
        self.refuses('cut off in its header')
        self.path.write_bytes(whole.replace(b'"F32"', b'"F16"', 1))
        self.refuses('is F16; only F32 and I32')
        self.refuses('is no run folder with a checkpoint', self.folder)

    def test_families_and_options_of_others(self):
        self.rewritten(**{'pcam.model': json.dumps({'name': 'mixer'})})
        self.refuses("there is no model family 'mixer' here, but cnn, densenet, fcn, resnet, vit, unet")
        self.rewritten(**{'pcam.model': json.dumps({**SMALL, 'gating': True})})
        self.refuses("an option 'gating' that this pcam_torch.py does not know")
        self.rewritten(**{'pcam.model': '[1'})
        self.refuses('is not a configuration')
        self.rewritten(**{'pcam.training': '{"version": 9}'})
        self.refuses('is not a configuration')

    def test_tensors_that_do_not_fit(self):
        self.rewritten(lambda tensors: tensors.pop('head.weight'))
        self.refuses("it lacks 'head.weight' [4, 1] of the cnn of its configuration")
        self.rewritten(lambda tensors: tensors.update(gate=torch.zeros(2, 3)))
        self.refuses("it holds 'gate' [2, 3], which the cnn of its configuration does not have")
        self.rewritten(lambda tensors: tensors.update({'head.weight': torch.zeros(1, 4)}))
        self.refuses("'head.weight' of the cnn of its configuration is float32 [4, 1], not float32 [1, 4]")

    def test_images_that_no_model_takes(self):
        model = self.saved()
        for images, text in (
            (torch.zeros(1, 32, 32, 3), '[B, 3, H, W]'),
            (torch.zeros(1, 3, 32, 32, dtype=torch.uint8), 'not torch.uint8'),
            (torch.zeros(1, 3, 32, 42), '4 divides, not 32×42'),
        ):
            with self.assertRaisesRegex(ValueError, '(?s)' + text.replace('[', r'\[')):
                model(images)


class Page(InFolder):
    def test_the_python_of_docs_pytorch_md_runs(self):
        try:
            import pytorch_grad_cam
            import torchvision
        except ImportError as error:
            self.skipTest(str(error))
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        torchvision.utils.save_image(torch.rand(3, 96, 96), 'patch.png')
        resnet18 = {'name': 'resnet', 'depths': [2] * 4, 'widths': [64, 128, 256, 512], 'stemWidth': 64}
        resnet18.update(stemKernel=7, stemPool=True)
        for run, config in (('cnn', {'name': 'cnn'}), ('resnet18', resnet18)):
            Path(f'runs/{run}/checkpoints').mkdir(parents=True)
            pcam_torch.save(pcam_torch.build(config), f'runs/{run}/checkpoints/best.safetensors')
            Path(f'runs/{run}/validation.json').write_text('{"none": {"temperature": 2, "threshold": 0.4}}')
        torch.save(pcam_torch.load('runs/resnet18').state_dict(), 'resnet18.pt')
        page = (Path(__file__).resolve().parents[3] / 'docs/pytorch.md').read_text()
        names = {}
        for block in re.findall(r'```python\n(.*?)```', page, re.DOTALL):
            exec(block, names)
        self.assertEqual(names['maps'].shape, (1, 96, 96))
        self.assertEqual(pcam_torch.load('finetuned.safetensors').config, names['model'].config)


class Command(InFolder):
    def command(self, *arguments):
        script = [sys.executable, pcam_torch.__file__, *map(str, arguments)]
        return subprocess.run(script, capture_output=True, text=True)

    def test_writes_a_state_dict(self):
        model, out = self.saved(), self.folder / 'model.pt'
        done = self.command(self.path, '-o', out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('the state_dict of a cnn', done.stdout)
        again = pcam_torch.build(model.config)
        again.load_state_dict(torch.load(out))
        self.assertTrue(torch.equal(again.head.weight, model.head.weight))
        refused = self.command(self.path, '-o', out)
        self.assertEqual((refused.returncode, refused.stderr.count('\n')), (1, 1))
        self.assertIn('--overwrite', refused.stderr)
        self.assertEqual(self.command(self.path, '-o', out, '--overwrite').returncode, 0)

    def test_help_and_errors_are_told(self):
        self.assertIn('RUN', self.command('--help').stdout)
        failed = self.command(self.folder / 'none.safetensors', '-o', self.folder / 'x.pt')
        self.assertIn('No such file', failed.stderr)
        self.assertNotIn('Traceback', failed.stderr)
        self.assertEqual(failed.returncode, 1)


if __name__ == '__main__':
    torch.set_num_threads(1)
    unittest.main()
