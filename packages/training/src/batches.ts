import type { Batch, Loader } from '@pcam/pcam-data';

/** An epoch's batches, `size` at a time; the last group may be smaller. */
export async function* groups(
  data: Loader,
  epoch: number,
  from: number,
  size: number,
): AsyncGenerator<Batch[]> {
  let group: Batch[] = [];
  for await (const batch of data.epoch(epoch, from)) {
    group.push(batch);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
