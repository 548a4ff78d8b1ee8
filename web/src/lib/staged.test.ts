import { beforeEach, expect, test, vi } from "vitest";
import type { Row } from "@/fields/kind";

vi.mock("@/lib/pb", () => ({ pb: { authStore: { record: { id: "ada" } } } }));
const { accept, discard, redoStaged, settle, stage, undoStaged, unstage } = await import("@/lib/staged");

const kept = () => JSON.parse(sessionStorage.getItem("holdall_staged_ada") ?? "{}")["c"] ?? [];
const cell = (id: string, field: string, to: unknown, seen: unknown) => [{ id, values: { [field]: to }, seen: { [field]: seen } }];
const row = (id: string, values: object): Row => ({ id, collectionId: "c", collectionName: "things", ...values });

beforeEach(() => discard("c"));

test("changes of one record come together, with what was seen first", () => {
  stage("c", cell("1", "n", 2, 1));
  stage("c", cell("1", "n", 3, 2));
  stage("c", cell("1", "t", "b", "a"));
  expect(kept()).toEqual([{ id: "1", values: { n: 3, t: "b" }, seen: { n: 1, t: "a" } }]);
});

test("what is as it was seen again is no change any more", () => {
  stage("c", [...cell("1", "list", ["a"], []), ...cell("2", "n", 2, 1)]);
  stage("c", cell("1", "list", [], ["a"]));
  expect(kept()).toEqual([{ id: "2", values: { n: 2 }, seen: { n: 1 } }]);
  unstage("c", kept()[0], "n");
  expect(kept()).toEqual([]);
});

test("new records wait too, and go whole", () => {
  const made = { values: { n: 1, t: "x" } };
  stage("c", [made]);
  stage("c", cell("1", "n", 2, 1));
  expect(kept()).toEqual([...cell("1", "n", 2, 1), made]);
  unstage("c", made, "t");
  expect(kept()).toEqual(cell("1", "n", 2, 1));
});

test("what somebody else has made of a record is taken for seen, and may be what was wanted", () => {
  stage("c", [...cell("1", "n", 5, 1), ...cell("2", "n", 5, 1), ...cell("3", "n", 5, 1)]);
  expect(accept("c", [row("1", { n: 4 }), row("2", { n: 5 })])).toEqual([...cell("1", "n", 5, 4), ...cell("3", "n", 5, 1)]);
});

test("what was done to waiting changes is undone and done again, until they are saved", () => {
  stage("c", cell("1", "n", 2, 1));
  discard("c", ["1"]);
  expect([undoStaged(), kept()]).toEqual([true, cell("1", "n", 2, 1)]);
  expect([redoStaged(), kept()]).toEqual([true, []]);
  stage("c", cell("1", "n", 3, 1));
  const saved = accept("c", []);
  stage("c", cell("2", "n", 3, 1));
  settle("c", saved);
  expect(kept()).toEqual(cell("2", "n", 3, 1));
  expect([undoStaged(), redoStaged()]).toEqual([false, false]);
});
