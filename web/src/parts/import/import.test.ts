import { expect, test, vi } from "vitest";
import type { Collection } from "@/lib/collections";
import { faultOf, guess, nameOf, prepare } from "@/parts/import/model";
import { readSource } from "@/parts/import/source";

vi.mock("@/lib/pb", () => ({ pb: {} }));

const odd = ["__proto__", "constructor", "toString", "hasOwnProperty"];
const named = (...names: string[]) => ({ type: "base", fields: names.map((name) => ({ id: name, name, type: "text" })) }) as unknown as Collection;

/** What a text becomes, mapped as the names suggest: the bodies of records as JSON. */
async function bodies(c: Collection, text: string): Promise<string[]> {
  const source = readSource(text);
  return (await prepare(c, source, guess(c, source.columns))).wishes.map((w) => JSON.stringify(w.body));
}

test("columns may be called what objects have of themselves", async () => {
  const body = `{${odd.map((name, i) => `"${name}":"${i}"`).join(",")}}`;
  for (const text of [`${odd.join(",")}\n0,1,2,3`, `${odd.join("\t")}\n0\t1\t2\t3`, `[${body}]`, body]) expect(await bodies(named(...odd), text), text).toEqual([body]);
  expect(await bodies(named("title"), '[{"title": "a"}, {"__proto__": {"title": "b"}}]')).toEqual(['{"title":"a"}', '{"title":""}']);
});

test("headings may be empty, doubled and long; each field is taken once, by the column with its name first", () => {
  const long = "n".repeat(300);
  const { columns, rows } = readSource(`,title,title,,${long}, a_b ,ab,AB\n1,2,3,4,5,6,7,8`);
  expect(columns.map((_, i) => nameOf(columns, i))).toEqual(["column 1", "title", "title (column 3)", "column 4", long, "a_b", "ab", "AB"]);
  expect(rows).toEqual([{ line: 2, values: ["1", "2", "3", "4", "5", "6", "7", "8"] }]);
  expect(guess(named("ab", "a_b", "_", "title"), columns).map((m) => m.field)).toEqual(["", "title", "", "", "", "a_b", "ab", ""]);
  expect(guess(named("firstName"), ["First name", "first-name"]).map((m) => m.field)).toEqual(["firstName", ""]);
});

test("a mapping that fills a field twice, or none, is refused", () => {
  expect(faultOf([{ field: "title" }, { field: "" }])).toBeUndefined();
  expect(faultOf([{ field: "title" }, { field: "title" }])).toBe("Two columns go into title: skip one of them.");
  expect(faultOf([{ field: "" }])).toMatch(/^No column goes into a field/);
});

test("what is no table of records is refused with its place", () => {
  const faults: [string, string | RegExp][] = [
    ["a,b\n1,2\n1,2,3", "Line 3 has 3 values for 2 columns."],
    ['a,b\n"1,2', /^Line 2: /],
    ['[{"a": 1}, null]', "Row 2 is no object."],
    ["[[1, 2]]", "Row 1 is no object."],
    ['{"a": 1}\n{"a"', /^Line 2 is not JSON: /],
    ["[1,", /^It is not JSON: /],
    [Array.from({ length: 1001 }, (_, i) => i).join(), "It has 1,001 columns; an import takes up to 1,000."],
    [`[${Array.from({ length: 1001 }, (_, i) => `{"k${i}": 1}`)}]`, "It has 1,001 columns; an import takes up to 1,000."],
  ];
  for (const [text, fault] of faults) expect(() => readSource(text), text.slice(0, 40)).toThrow(fault);
  expect(readSource("a,b\n1,2,\n,,\n3").rows).toEqual([{ line: 2, values: ["1", "2", ""] }, { line: 3, values: ["3"] }]);
});
