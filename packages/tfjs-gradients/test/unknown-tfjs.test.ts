import { expect, it, vi } from 'vitest';

vi.mock('@tensorflow/tfjs-core', async (original) => ({
  ...(await original<typeof import('@tensorflow/tfjs-core')>()),
  version_core: '4.23.0',
}));

it('on another tfjs the package warns as it loads, registers gradients and leaves the tape alone', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  const { enableHigherOrderGradients, hasGradients, registerGradients } = await import('../src/index.js');
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]![0]).toContain('finds 4.23.0');
  await registerGradients();
  expect(hasGradients()).toBe(true);
  expect(enableHigherOrderGradients).toThrow(/this is 4\.23\.0/);
});
