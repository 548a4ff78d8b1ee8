import assert from "node:assert/strict";
import { test } from "node:test";
import { fails, suite } from "../lib/suite.js";

const open = { listRule: "", viewRule: "", createRule: "", updateRule: "", deleteRule: "" };

const s = suite(async (admin) => {
  const groups = await admin.collections.create({ name: "groups", type: "base", ...open, fields: [{ name: "name", type: "text" }] });
  await admin.collections.create({
    name: "rows", type: "base", ...open,
    fields: [
      { name: "title", type: "text" }, { name: "n", type: "number" }, { name: "done", type: "bool" }, { name: "when", type: "date" },
      { name: "tags", type: "select", maxSelect: 3, values: ["a", "b", "c"] }, { name: "data", type: "json" }, { name: "at", type: "geoPoint" },
      { name: "group", type: "relation", collectionId: groups.id, maxSelect: 1 },
      { name: "created", type: "autodate", onCreate: true }, { name: "updated", type: "autodate", onCreate: true, onUpdate: true },
    ],
  });
  await admin.collections.create({ name: "many", type: "base", ...open, fields: [{ name: "n", type: "number" }] });
  await admin.settings.update({ batch: { enabled: true, maxRequests: 2500, timeout: 60 } });
  const batch = admin.createBatch();
  for (let n = 0; n < 2500; n++) batch.collection("many").create({ n });
  await batch.send();
});

test("create, view, update, delete", async () => {
  const rows = s.client().collection("rows");
  const when = new Date("2024-05-06T07:08:09.123Z");
  const made = await rows.create({ title: "one", n: 1.5, done: true, when, tags: ["a", "c"], data: { deep: [1, null, "x"] }, at: { lon: 1, lat: 2 }, missing: undefined });
  assert.match(made.id, /^[a-z0-9]{15}$/);
  assert.equal(made.collectionName, "rows");
  assert.ok(made.collectionId);
  assert.deepEqual(
    { title: made.title, n: made.n, done: made.done, when: made.when, tags: made.tags, data: made.data, at: made.at, group: made.group },
    { title: "one", n: 1.5, done: true, when: "2024-05-06 07:08:09.123Z", tags: ["a", "c"], data: { deep: [1, null, "x"] }, at: { lon: 1, lat: 2 }, group: "" },
  );
  assert.deepEqual(await rows.getOne(made.id), made);
  const changed = await rows.update(made.id, { title: "two", "n+": 2, "tags-": "a", done: null });
  assert.deepEqual([changed.title, changed.n, changed.tags, changed.done, changed.created], ["two", 3.5, ["c"], false, made.created]);
  assert.equal(await rows.delete(made.id), true);
  await fails(rows.getOne(made.id), 404);
  await fails(rows.update(made.id, {}), 404);
  await fails(rows.delete(made.id), 404);
  await fails(rows.getOne(""), 404);
});

test("fields and expand", async () => {
  const group = await s.admin.collection("groups").create({ name: "G" });
  const row = await s.admin.collection("rows").create({ title: "in G", group: group.id }, { expand: "group", fields: "title,expand.group.name" });
  assert.deepEqual(row, { title: "in G", expand: { group: { name: "G" } } });
  const back = await s.client().collection("groups").getOne(group.id, { expand: "rows_via_group" });
  assert.deepEqual(back.expand.rows_via_group.map((r) => r.title), ["in G"]);
});

test("pb.filter quotes whatever it is given", async () => {
  const pb = s.client();
  const rows = pb.collection("rows");
  const titles = [`it's`, `say "hi"`, "back\\slash", "a && b || c", "100% _sure_", "new\nline", "ünïcödé 😀", "{:title}", "// no comment"];
  for (const title of titles) {
    await rows.create({ title });
    const found = await rows.getList(1, 50, { filter: pb.filter("title = {:title}", { title }) });
    assert.deepEqual(found.items.map((r) => r.title), [title], JSON.stringify(title));
  }
  const when = new Date("2023-01-02T03:04:05.000Z");
  const one = await rows.create({ title: "typed", n: -2.5, done: true, when, data: { a: [1, "x"] } });
  for (const [expr, params] of [
    ["title = {:title} && n = {:n}", { title: "typed", n: -2.5 }],
    ["title = {:title} && done = {:done}", { title: "typed", done: true }],
    ["title = {:title} && when = {:when}", { title: "typed", when }],
    ["title = {:title} && group = {:none}", { title: "typed", none: null }],
    ["title = {:title} && data = {:data}", { title: "typed", data: { a: [1, "x"] } }],
  ]) {
    const found = await rows.getFullList({ filter: pb.filter(expr, params) });
    assert.deepEqual(found.map((r) => r.id), [one.id], expr);
  }
});

test("getFirstListItem", async () => {
  const rows = s.client().collection("rows");
  const made = await rows.create({ title: "the first" });
  assert.equal((await rows.getFirstListItem('title = "the first"')).id, made.id);
  await fails(rows.getFirstListItem('title = "nowhere"'), 404);
  await fails(rows.getFirstListItem("title = "), 400);
});

test("pages, totals and skipTotal", async () => {
  const many = s.client().collection("many");
  const page = await many.getList(2, 100, { sort: "n" });
  assert.deepEqual([page.page, page.perPage, page.totalItems, page.totalPages, page.items[0].n], [2, 100, 2500, 25, 100]);
  const fast = await many.getList(1, 10, { skipTotal: true, sort: "-n" });
  assert.deepEqual([fast.totalItems, fast.totalPages, fast.items.length, fast.items[0].n], [-1, -1, 10, 2499]);
  const greedy = await many.getList(1, 5000, { sort: "n" });
  assert.deepEqual([greedy.perPage, greedy.items.length], [1000, 1000]);
  const beyond = await many.getList(99, 100);
  assert.deepEqual([beyond.page, beyond.items.length], [99, 0]);
});

test("getFullList fetches 2500 rows once each", async () => {
  const many = s.client().collection("many");
  for (const options of [{}, { batch: 700 }, { batch: 5000 }]) {
    const all = await many.getFullList({ ...options, sort: "n" });
    assert.deepEqual(all.map((r) => r.n), Array.from({ length: 2500 }, (_, n) => n), JSON.stringify(options));
  }
});

test("unknown options become ignored query keys", async () => {
  assert.equal((await s.client().collection("many").getList(1, 1, { foo: 1, bar: ["x", "y"] })).items.length, 1);
});

test("two requests of one kind: the first is cancelled, and the server does not mind", async () => {
  const pb = s.client().autoCancellation(true);
  const first = pb.collection("many").getList(1, 500, { sort: "-n" }).then(() => assert.fail("not cancelled"), (error) => error);
  const second = pb.collection("many").getList(1, 500, { sort: "n" });
  assert.ok((await first).isAbort);
  assert.equal((await first).status, 0);
  assert.equal((await second).items.length, 500);
  const both = await Promise.all([1, 2].map((page) => pb.collection("many").getList(page, 1, { requestKey: null })));
  assert.equal(both.length, 2);
  pb.collection("many").getList(1, 1, { requestKey: "mine" }).catch(() => {});
  pb.cancelRequest("mine");
  assert.equal((await pb.health.check()).code, 200);
});
