/** Float32 tensors by name, as they lie in a file. */
export interface TensorFile {
  readonly tensors: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>
  >;
  readonly metadata: Readonly<Record<string, string>>;
}
export function encodeTensors({ tensors, metadata }: TensorFile): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let at = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + data.byteLength] };
    at += data.byteLength;
  }
  let json = JSON.stringify(header);
  json += ' '.repeat((8 - (new TextEncoder().encode(json).length % 8)) % 8);
  const head = new TextEncoder().encode(json);
  const out = new Uint8Array(8 + head.length + at);
  new DataView(out.buffer).setBigUint64(0, BigInt(head.length), true);
  out.set(head, 8);
  let place = 8 + head.length;
  for (const { data } of Object.values(tensors)) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place);
    place += data.byteLength;
  }
  return out;
}
export function decodeTensors(bytes: Uint8Array): TensorFile {
  const n = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const { __metadata__: metadata = {}, ...rest } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, 8 + n)),
  );
  const tensors: Record<string, { shape: number[]; data: Float32Array }> = {};
  for (const [name, entry] of Object.entries(rest) as [
    string,
    { shape: number[]; data_offsets: [number, number] },
  ][]) {
    const [from, to] = entry.data_offsets;
    tensors[name] = {
      shape: entry.shape,
      data: new Float32Array(bytes.slice(8 + n + from, 8 + n + to).buffer),
    };
  }
  return { tensors, metadata };
}
