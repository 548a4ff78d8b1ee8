import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { queries } from "@/lib/query";
import { keeping } from "@/lib/same";

const read = (text: string): unknown => JSON.parse(text);

test("what is the same stays the same object, whatever has changed beside it", () => {
  const before = read('{"items": [{"id": 1, "tags": ["a"]}, {"id": 2}], "n": 1}') as { items: object[] };
  expect(keeping(before, structuredClone(before))).toBe(before);
  const now = keeping(before, read('{"items": [{"id": 1, "tags": ["a"]}, {"id": 3}, null], "n": 1}')) as typeof before;
  expect(now).toEqual({ items: [{ id: 1, tags: ["a"] }, { id: 3 }, null], n: 1 });
  expect(now.items[0]).toBe(before.items[0]);
});

test("what differs in kind, in length or in its keys is what came now", () => {
  const pairs: [unknown, unknown][] = [[{ a: 1 }, [1]], [[1, 2], [1]], [{ a: undefined }, { b: undefined }], [{ a: 1, b: 2 }, { a: 1 }], [new Map([[1, 2]]), new Map()], [null, {}], [undefined, { constructor: 1 }], [{}, { toString: 1 }]];
  for (const [before, now] of pairs) expect(keeping(before, now)).toEqual(now);
});

test("keys that objects have of themselves are keys like others", () => {
  const text = (v: number) => `{"__proto__": ${v}, "constructor": "c", "x": {"__proto__": {"y": ${v}}}}`;
  const now = keeping(read(text(1)), read(text(2)));
  expect(JSON.stringify(now)).toBe(JSON.stringify(read(text(2))));
  expect(keeping(read(text(1)), read(text(1)))).toEqual(read(text(1)));
});

test("a value deeper than the stack is taken as it came", () => {
  const deep = () => read('{"a":'.repeat(3000) + "1" + "}".repeat(3000));
  expect(JSON.stringify(keeping(deep(), deep()))).toBe(JSON.stringify(deep()));
});

test("the cache of the dashboard keeps what was answered in this way", () => {
  const client = new QueryClient({ defaultOptions: queries.getDefaultOptions() });
  for (const v of [1, 2]) client.setQueryData(["record"], read(`{"id": "a", "__proto__": ${v}}`));
  expect(JSON.stringify(client.getQueryData(["record"]))).toBe('{"id":"a","__proto__":2}');
});
