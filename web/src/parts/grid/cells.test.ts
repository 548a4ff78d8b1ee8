import { describe, expect, test } from "vitest";
import { kindOf } from "@/fields";
import type { Row } from "@/fields/kind";
import type { FieldDef } from "@/lib/collections";
import { same } from "@/lib/same";
import { planFill, planPaste, writesOf } from "@/parts/grid/paste";
import { cellsBetween, sumOf } from "@/parts/grid/range";
import { readTSV, writeTSV } from "@/parts/grid/tsv";

describe("TSV is read as spreadsheets write it", () => {
  for (const [name, text, want] of [
    ["cells and rows", "a\tb\nc\td", [["a", "b"], ["c", "d"]]],
    ["the line feed at the end is no row", "a\r\nb\r\n", [["a"], ["b"]]],
    ["empty cells count", "\ta\t\n\t\t", [["", "a", ""], ["", "", ""]]],
    ["nothing is one empty cell", "", [[""]]],
    ["tabs, line feeds and quotes within quotes", '"a\tb"\t"c\nd"\n"e ""f"""\tg', [["a\tb", "c\nd"], ['e "f"', "g"]]],
    ["a quote within a cell is a character", 'say "hi"\t5" nail', [['say "hi"', '5" nail']]],
    ["a quoted word at the beginning is a text", '"hi" he said\tb', [['"hi" he said', "b"]]],
    ["a quote that nothing ends is a character", '"a\tb\nc', [['"a', "b"], ["c"]]],
    ["an empty text in quotes", '""\ta', [["", "a"]]],
    ["formulas are texts", "=1+1\t@a\t-b", [["=1+1", "@a", "-b"]]],
    ["carriage returns alone end rows", "a\rb", [["a"], ["b"]]],
    ["lines of different lengths", "a\nb\tc", [["a"], ["b", "c"]]],
  ] as const)
    test(name, () => expect(readTSV(text)).toEqual(want));
  test("what is written is read back", () => {
    const odd = [["", '"', '""', 'a"b'], ["\t", "\n", "\r\n", '"\t"'], [" a ", "ü→😀", "=1", '{"a":"b"}']];
    expect(readTSV(writeTSV(odd))).toEqual(odd);
  });
});

const field = (name: string, type: string, more = {}): FieldDef => ({ id: name, name, type, ...more });

describe("a value that is copied pastes back unchanged", () => {
  for (const [name, f, value] of [
    ["text that looks like a formula", field("t", "text"), "=1+1"],
    ["number", field("n", "number"), -1.5e-7],
    ["bool", field("b", "bool"), true],
    ["date", field("d", "date"), "2026-01-02 10:00:00.123Z"],
    ["no date", field("d", "date"), ""],
    ["json", field("j", "json"), { a: [1, "x\ty"], b: null }],
    ["json null", field("j", "json"), null],
    ["json text", field("j", "json"), ""],
    ["geo point", field("g", "geoPoint"), { lon: 19.04, lat: 47.5 }],
    ["no geo point", field("g", "geoPoint"), { lon: 0, lat: 0 }],
    ["one of a list", field("s", "select", { maxSelect: 1, values: ["a, b", "c"] }), "a, b"],
    ["some of a list", field("s", "select", { maxSelect: 3, values: ["a", "b"] }), ["a", "b"]],
    ["some of a list with commas", field("s", "select", { maxSelect: 3, values: ["a, b", "[c]"] }), ["a, b", "[c]"]],
    ["none of a list", field("s", "select", { maxSelect: 3, values: ["a"] }), []],
    ["relations", field("r", "relation", { maxSelect: 3 }), ["abcdefghijklmno", "bcdefghijklmnop"]],
    ["relation", field("r", "relation", { maxSelect: 1 }), "abcdefghijklmno"],
    ["rich text", field("e", "editor"), '<p class="x">a\n\tb</p>'],
  ] as const)
    test(name, () => {
      const [[text]] = readTSV(writeTSV([[kindOf(f).text(value, f)]])) as [[string]];
      expect(same(kindOf(f).parse(text, f), value)).toBe(true);
    });
});

test("several values are none of a field that holds one", () => {
  expect(kindOf({ type: "select" }).parse("a, b", field("s", "select", { maxSelect: 1, values: ["a", "b"] }))).toBeUndefined();
  expect(kindOf({ type: "relation" }).parse("a, b", field("r", "relation", { maxSelect: 1 }))).toBeUndefined();
});

const columns = [field("id", "text", { primaryKey: true }), field("title", "text"), field("views", "number"), field("made", "autodate"), field("secret", "text", { hidden: true })].map((f) => ({ field: f, width: 100 }));
const row = (i: number): Row => ({ id: `r${i}`, collectionId: "c", collectionName: "c", title: `T${i}`, views: i, made: "x", secret: "s" });
const at = (r: number, c: number, r2 = r, c2 = c) => cellsBetween({ row: r, col: c }, { row: r2, col: c2 });

describe("pasting", () => {
  test("changes, what is the same already, and what is refused", () => {
    const plan = planPaste([["A", "7"], ["T1", "many"]], at(0, 2), columns, [row(0), row(1)]);
    expect(plan.changes.map((c) => [c.row.id, c.field.name, c.to])).toEqual([["r0", "title", "A"], ["r0", "views", 7]]);
    expect(plan.unchanged).toBe(1);
    expect(plan.refused).toMatchObject([{ at: 1, text: "many", why: "It is no number." }]);
    expect(writesOf(plan.changes)).toEqual([{ id: "r0", values: { title: "A", views: 7 }, seen: { title: "T0", views: 0 } }]);
  });
  test("one text fills all chosen cells; an uneven one goes where it begins", () => {
    expect(planPaste([["9"]], at(0, 3, 2, 3), columns, [row(0), row(1), row(2)]).changes).toHaveLength(3);
    expect(planPaste([["9"], ["8"]], at(0, 3, 2, 3), columns, [row(0), row(1), row(2)]).changes).toHaveLength(2);
  });
  test("ids, dates of the server and hidden fields refuse; what they have already is no refusal", () => {
    const plan = planPaste([["other", "A", "1", "now", "x"], ["r1", "T1", "1", "x", "s"]], at(0, 1), columns, [row(0), row(1)]);
    expect(plan.refused.map((r) => r.field.name)).toEqual(["id", "made", "secret"]);
    expect(plan.unchanged).toBe(5);
  });
  test("rows beyond the end become values of new records, without ids; columns beyond the end are counted", () => {
    const plan = planPaste([["r0", "T0"], ["x", "New"], ["", ""]], at(0, 1), columns, [row(0)]);
    expect(plan.beyond).toEqual([{ title: "New" }]);
    expect(planPaste([["a", "b", "c"]], at(0, 5), columns, [row(0)]).wide).toBe(2);
  });
  test("a shorter line leaves the rest as it is", () => {
    expect(planPaste([["A", "7"], ["B"]], at(0, 2), columns, [row(0), row(1)]).changes).toHaveLength(3);
  });
});

test("filling down takes the first row's values", () => {
  const plan = planFill([columns[1]!.field, columns[3]!.field], [row(0), row(1), { ...row(2), title: "T0" }], (i) => i);
  expect(plan.changes.map((c) => [c.row.id, c.to])).toEqual([["r1", "T0"]]);
  expect(plan.unchanged).toBe(3);
});

test("numbers among chosen cells are summed, when all of them are here", () => {
  expect(sumOf(at(1, 2, 3, 3), columns, row)).toEqual({ count: 3, sum: 6 });
  expect(sumOf(at(1, 2, 3, 2), columns, row)).toBeUndefined();
  expect(sumOf(at(1, 3, 3, 3), columns, () => undefined)).toBeUndefined();
});
