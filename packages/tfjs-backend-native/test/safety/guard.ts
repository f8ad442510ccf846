/** Elements before and after. */
const MARGIN = 512;
const MARK = 173;

/**
 * The same values between margins, so that a kernel that writes a little outside is found out
 * without a sanitizer; `broken` says whether one did.
 */
export function guarded(args: readonly unknown[]): { args: unknown[]; broken: () => boolean } {
  const checks: (() => boolean)[] = [];
  const wrapped = args.map((value) => {
    if (!(value instanceof Float32Array || value instanceof Int32Array || value instanceof Uint8Array)) {
      return value;
    }
    if (value.buffer.byteLength === 0) return value; // also the detached
    const { BYTES_PER_ELEMENT: bytes, length } = value;
    const around = new Uint8Array((length + 2 * MARGIN) * bytes).fill(MARK);
    const Type = value.constructor as Float32ArrayConstructor;
    const inside = new Type(around.buffer, MARGIN * bytes, length);
    inside.set(value);
    const margins = [around.subarray(0, MARGIN * bytes), around.subarray((MARGIN + length) * bytes)];
    checks.push(() => margins.some((margin) => margin.some((byte) => byte !== MARK)));
    return inside;
  });
  return { args: wrapped, broken: () => checks.some((check) => check()) };
}
