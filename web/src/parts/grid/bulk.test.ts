import { expect, test } from "vitest";
import type { Row } from "@/fields/kind";
import type { Collection, FieldDef } from "@/lib/collections";
import { joined, valueBefore } from "@/lib/modifiers";
import { otherKinds, setField } from "@/parts/grid/bulk/kinds";
import { planBulk } from "@/parts/grid/bulk/plan";
import { inserts } from "@/parts/grid/copies/sql";
import { scriptOf } from "@/parts/grid/copies/javascript";
import { planPaste, writesOf } from "@/parts/grid/paste";

const field = (name: string, type: string, more: object = {}): FieldDef => ({ id: name, name, type, ...more });
const row = (id: string, values: object): Row => ({ id, collectionId: "c", collectionName: "things", ...values });
const tags = field("tags", "select", { maxSelect: 9, values: ["a", "b", "c"] });
const n = field("n", "number");
const [add, take, increase] = otherKinds;

test("a set field brings what was seen; records that have the value already are left alone", () => {
  const plan = planBulk(setField, n, [row("1", { n: 1 }), row("2", { n: 2 })], 2);
  expect(plan.unchanged).toBe(1);
  expect(writesOf(plan.changes)).toEqual([{ id: "1", values: { n: 2 }, seen: { n: 1 } }]);
});

test("what is added or taken is sent as such, and no more of it than differs", () => {
  const rows = [row("1", { tags: ["a"] }), row("2", { tags: ["a", "b"] }), row("3", { tags: [] })];
  expect(writesOf(planBulk(add!, tags, rows, ["a", "b"]).changes)).toEqual([
    { id: "1", values: { "tags+": ["b"] }, seen: { tags: ["a"] } },
    { id: "3", values: { "tags+": ["a", "b"] }, seen: { tags: [] } },
  ]);
  expect(writesOf(planBulk(take!, tags, rows, ["b", "c"]).changes)).toEqual([{ id: "2", values: { "tags-": ["b"] }, seen: { tags: ["a", "b"] } }]);
  const [change] = planBulk(increase!, n, [row("1", { n: 5 })], -2).changes;
  expect([change!.to, change!.part]).toEqual([3, { sign: "+", value: -2 }]);
  expect(planBulk(increase!, n, [row("1", { n: 5 })], 0).unchanged).toBe(1);
});

test("fields are called what they like", () => {
  const names = ["__proto__", "constructor", "toString"];
  const rows = [row("1", Object.fromEntries(names.map((name) => [name, "before"])))];
  const changes = names.flatMap((name) => planBulk(setField, field(name, "text"), rows, "now").changes);
  const of = (value: string) => names.map((name) => [name, value]);
  const [write] = writesOf(changes);
  expect([Object.entries(write!.values), Object.entries(write!.seen!)]).toEqual([of("now"), of("before")]);
  const columns = names.map((name) => ({ field: field(name, "text"), width: 1 }));
  const { beyond } = planPaste([names.map(() => "now")], { top: 0, left: 1, bottom: 0, right: 3 }, columns, []);
  expect(Object.entries(beyond[0]!)).toEqual(of("now"));
});

test("each way fits the fields that have it", () => {
  const all = [tags, n, field("one", "select", { maxSelect: 1 }), field("who", "relation", { maxSelect: 2 }), field("files", "file", { maxSelect: 5 }), field("id", "text", { primaryKey: true }), field("made", "autodate")];
  const names = (kind: typeof setField) => all.filter(kind.fits).map((f) => f.name);
  expect([setField, ...otherKinds].map(names)).toEqual([["tags", "n", "one", "who"], ["tags", "who"], ["tags", "who"], ["n"]]);
});

test("what a field had before is known, also when others have added to it meanwhile", () => {
  expect(joined(0.1, "+", 0.2)).toBe(0.1 + 0.2);
  expect(valueBefore("n", { "n+": 0.2 }, 0.1, 0.1 + 0.2)).toBe(0.1);
  expect(valueBefore("n", { "n+": 3 }, 5, 9)).toBe(6);
  expect(valueBefore("n", { n: 3 }, 5, 3)).toBe(5);
  expect(valueBefore("constructor", { "constructor+": 3 }, 5, 9)).toBe(6);
  expect(valueBefore("tags", { "tags-": ["b"] }, ["a", "b", "c"], ["a", "c"])).toEqual(["a", "b", "c"]);
  expect(valueBefore("tags", { "tags+": ["b"] }, ["a"], ["a", "c", "b"])).toEqual(["a", "c"]);
});

const odd = {
  name: 'odd "things"',
  type: "base",
  fields: [field("id", "text", { primaryKey: true }), field('a"b', "text"), n, field("on", "bool"), field("meta", "json"), tags, field("secret", "password")],
} as unknown as Collection;
const hostile = [row("1", { 'a"b': "it's \\ a\0b'); DROP TABLE x; --", n: 1e21, on: true, meta: { k: "'\\" }, tags: ["a"] }), row("2", { 'a"b': "", n: 0, on: false, meta: null, tags: [] })];

test("records are copied as SQL of the engine, whatever is in them", () => {
  const into = `INSERT INTO "odd ""things""" ("id", "a""b", "n", "on", "meta", "tags") VALUES`;
  expect(inserts(odd, hostile, "sqlite")).toBe(
    `${into} ('1', 'it''s \\ a' || char(0) || 'b''); DROP TABLE x; --', 1E+21, TRUE, '{"k":"''\\\\"}', '["a"]');\n` + `${into} ('2', '', 0, FALSE, NULL, '[]');\n`,
  );
  const [pg] = inserts(odd, [row("1", { ...hostile[0], 'a"b': "it's \\" })], "postgres").split("\n");
  expect(pg).toBe(`${into} ('1', E'it''s \\\\', 1E+21, TRUE, E'{"k":"''\\\\\\\\"}', '["a"]');`);
});

test("records are copied as a program of the SDK, which runs with what is in them", async () => {
  const text = scriptOf(odd, hostile);
  expect(text).not.toMatch(/secret/);
  const made: unknown[] = [];
  const pb = { collection: () => ({ create: async (r: unknown) => made.push(r) }) };
  const [, body] = text.split(/\n\n(?=const records)/);
  await new Function("pb", `return (async () => { ${body} })()`)(pb);
  expect(made).toEqual(hostile.map(({ collectionId: _c, collectionName: _n, ...r }) => r));
});
