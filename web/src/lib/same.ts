/** Whether two values of a field mean the same, whatever the order of their keys. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => Object.hasOwn(b, k) && same((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k]));
}

// What lies deeper is not compared: a value of JSON may be as deep as the stack is not.
const deepest = 100;

const plain = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && Object.getPrototypeOf(v) === Object.prototype;

/**
 * What came now, with what was there before in all places where it is the same, so that only what has changed is drawn again.
 * Names of fields are its keys: nothing is set by its name, as "__proto__" would set something else.
 */
export function keeping(before: unknown, now: unknown, depth = 0): unknown {
  if (before === now || depth > deepest) return now;
  if (Array.isArray(before) && Array.isArray(now)) {
    const list = now.map((v, i) => keeping(before[i], v, depth + 1));
    return list.length === before.length && list.every((v, i) => v === before[i]) ? before : list;
  }
  if (!plain(before) || !plain(now)) return now;
  const own = (k: string) => (Object.hasOwn(before, k) ? before[k] : undefined);
  const entries = Object.entries(now).map(([k, v]) => [k, keeping(own(k), v, depth + 1)] as const);
  return entries.length === Object.keys(before).length && entries.every(([k, v]) => Object.hasOwn(before, k) && v === before[k]) ? before : Object.fromEntries(entries);
}
