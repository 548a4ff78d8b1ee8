import assert from "node:assert/strict";
import { test } from "node:test";
import { codes, fails, suite } from "../lib/suite.js";

const s = suite(async (admin) => {
  await admin.collections.create({
    name: "cards", type: "base", listRule: "", viewRule: "", createRule: "", updateRule: "", deleteRule: "@request.auth.id != ''",
    fields: [{ name: "title", type: "text", required: true }, { name: "n", type: "number" }, { name: "docs", type: "file", maxSelect: 5 }],
  });
});

const id = (name) => name.padEnd(15, "0");
const on = (more = {}) => s.admin.settings.update({ batch: { enabled: true, maxRequests: 50, timeout: 5, ...more } });

test("batches have to be allowed", async () => {
  await s.admin.settings.update({ batch: { enabled: false } });
  const batch = s.client().createBatch();
  batch.collection("cards").create({ title: "x" });
  const error = await fails(batch.send(), 403);
  assert.equal(error.response.message, "Batch requests are not allowed.");
});

test("all four verbs in one go", async () => {
  await on();
  await s.admin.collection("cards").create({ id: id("old"), title: "old" });
  const batch = s.admin.createBatch();
  batch.collection("cards").create({ id: id("new"), title: "new" }, { fields: "id,title" });
  batch.collection("cards").update(id("new"), { "n+": 2 });
  batch.collection("cards").upsert({ id: id("new"), title: "newer" });
  batch.collection("cards").upsert({ id: id("more"), title: "more" });
  batch.collection("cards").delete(id("old"));
  const answers = await batch.send();
  assert.deepEqual(answers.map((a) => a.status), [200, 200, 200, 200, 204]);
  assert.deepEqual(answers[0].body, { id: id("new"), title: "new" });
  assert.equal(answers[1].body.n, 2);
  assert.deepEqual([answers[2].body.title, answers[2].body.n], ["newer", 2]);
  assert.equal(answers[3].body.id, id("more"));
  assert.equal(answers[4].body, null);
  await fails(s.admin.collection("cards").getOne(id("old")), 404);
});

test("a failing item fails all", async () => {
  await on();
  const batch = s.client().createBatch();
  batch.collection("cards").create({ id: id("undone"), title: "x" });
  batch.collection("cards").create({ title: "" });
  const error = await fails(batch.send(), 400);
  assert.equal(error.response.message, "Batch transaction failed.");
  assert.deepEqual(Object.keys(error.response.data.requests), ["1"]);
  const item = error.response.data.requests[1];
  assert.equal(item.code, "batch_request_failed");
  assert.equal(item.response.data.title.code, "validation_required");
  await fails(s.client().collection("cards").getOne(id("undone")), 404);
});

test("rules hold for every item", async () => {
  await on();
  await s.admin.collection("cards").create({ id: id("stays"), title: "stays" });
  const batch = s.client().createBatch();
  batch.collection("cards").delete(id("stays"));
  const error = await fails(batch.send(), 400);
  assert.equal(error.response.data.requests[0].response.status, 404);
  assert.equal((await s.client().collection("cards").getOne(id("stays"))).title, "stays");
});

test("too many, and none", async () => {
  await on({ maxRequests: 2 });
  const batch = s.client().createBatch();
  for (let i = 0; i < 3; i++) batch.collection("cards").create({ title: `${i}` });
  assert.deepEqual(codes(await fails(batch.send(), 400)), { requests: "validation_length_too_long" });
  assert.deepEqual(codes(await fails(s.client().createBatch().send(), 400)), { requests: "validation_required" });
});
