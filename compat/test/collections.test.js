import assert from "node:assert/strict";
import { test } from "node:test";
import { codes, fails, suite } from "../lib/suite.js";

const s = suite();

test("a base collection from making to deleting", async () => {
  const made = await s.admin.collections.create({
    name: "things", type: "base", listRule: "", fields: [{ name: "title", type: "text", required: true }, { name: "count", type: "number" }],
    indexes: ["CREATE UNIQUE INDEX idx_things_title ON things (title)"],
  });
  assert.match(made.id, /^pbc_\d+$/);
  assert.deepEqual(made.fields.map((f) => f.name), ["id", "title", "count"]);
  assert.deepEqual(made.indexes, ["CREATE UNIQUE INDEX idx_things_title ON things (title)"]);
  assert.equal(made.viewRule, null);
  assert.equal(made.system, false);

  await s.admin.collection("things").create({ title: "kept", count: 3 });
  const renamed = made.fields.map((f) => (f.name === "title" ? { ...f, name: "label" } : f));
  const changed = await s.admin.collections.update("things", { name: "items", fields: [...renamed, { name: "extra", type: "bool" }], indexes: ["CREATE INDEX idx_items_label ON items (label)"] });
  assert.equal(changed.id, made.id);
  const [record] = (await s.client().collection("items").getList()).items;
  assert.deepEqual([record.label, record.count, record.extra], ["kept", 3, false]);

  assert.equal((await s.admin.collections.getOne(made.id)).name, "items");
  assert.equal((await s.admin.collections.getFirstListItem('name = "items"')).id, made.id);
  assert.equal(await s.admin.collections.truncate("items"), true);
  assert.equal((await s.client().collection("items").getList()).totalItems, 0);
  assert.equal(await s.admin.collections.delete("items"), true);
  await fails(s.admin.collections.getOne("items"), 404);
});

test("an auth collection has its fields, indexes and options", async () => {
  const made = await s.admin.collections.create({ name: "members", type: "auth", fields: [{ name: "nick", type: "text" }] });
  const names = made.fields.map((f) => f.name);
  for (const name of ["id", "password", "tokenKey", "email", "emailVisibility", "verified", "nick"]) assert.ok(names.includes(name), name);
  assert.equal(made.indexes.length, 2);
  assert.equal(made.authRule, "");
  assert.equal(made.manageRule, null);
  assert.deepEqual(made.passwordAuth, { enabled: true, identityFields: ["email"] });
  assert.deepEqual(made.authToken, { duration: 432000 });
  assert.equal(made.otp.enabled, false);
  assert.equal(made.mfa.enabled, false);
  assert.equal(made.oauth2.enabled, false);
  await s.admin.collections.delete("members");
});

test("a view shows what its query selects", async () => {
  await s.admin.collections.create({ name: "sales", type: "base", fields: [{ name: "shop", type: "text" }, { name: "amount", type: "number" }] });
  for (const [shop, amount] of [["a", 1], ["a", 2], ["b", 5]]) await s.admin.collection("sales").create({ shop, amount });
  const view = await s.admin.collections.create({
    name: "per_shop", type: "view", listRule: "", viewRule: "",
    viewQuery: "SELECT shop AS id, shop, COUNT(id) AS sales, CAST(SUM(amount) AS REAL) AS amount FROM sales GROUP BY shop",
  });
  assert.deepEqual(view.fields.map((f) => [f.name, f.type]), [["id", "text"], ["shop", "text"], ["sales", "number"], ["amount", "number"]]);
  const rows = await s.client().collection("per_shop").getFullList({ sort: "-amount" });
  assert.deepEqual(rows.map((r) => [r.id, r.sales, r.amount]), [["b", 1, 5], ["a", 2, 3]]);
  await fails(s.admin.collection("per_shop").create({ shop: "x" }), 400);
  await fails(s.admin.collections.truncate("per_shop"), 400);
  const dry = await s.admin.collections.dryRunViewQuery("SELECT id, amount FROM sales ORDER BY amount LIMIT 2");
  assert.deepEqual(dry.sample.map((r) => r.amount), [1, 2]);
  await s.admin.collections.delete("per_shop");
  await s.admin.collections.delete("sales");
});

test("mistakes are told by property", async () => {
  const twice = await fails(s.admin.collections.create({ name: "users", type: "base" }), 400);
  assert.equal(codes(twice).name, "validation_collection_name_exists");
  const rule = await fails(s.admin.collections.create({ name: "x", type: "base", listRule: "missing = 1" }), 400);
  assert.equal(codes(rule).listRule, "validation_invalid_rule");
  const field = await fails(s.admin.collections.create({ name: "x", type: "base", fields: [{ name: "a b", type: "text" }] }), 400);
  assert.equal(field.response.data.fields[1].name.code, "validation_match_invalid");
});

test("import makes and changes, and deletes when asked to", async () => {
  const base = (name, field) => ({ name, type: "base", fields: [{ name: field, type: "text" }] });
  assert.equal(await s.admin.collections.import([base("first", "a"), base("second", "b")]), true);
  assert.equal((await s.admin.collections.getOne("second")).fields[1].name, "b");
  const users = await s.admin.collections.getOne("users");
  assert.equal(await s.admin.collections.import([users, base("first", "a")], true), true);
  await fails(s.admin.collections.getOne("second"), 404);
  const error = await fails(s.admin.collections.import([]), 400);
  assert.equal(codes(error).collections, "validation_required");
  await s.admin.collections.delete("first");
});

test("scaffolds and providers", async () => {
  const scaffolds = await s.admin.collections.getScaffolds();
  assert.deepEqual(Object.keys(scaffolds).sort(), ["auth", "base", "view"]);
  assert.equal(scaffolds.base.name, "");
  const providers = await s.admin.collections.getAllOAuth2Providers();
  assert.ok(providers.some((p) => p.name === "google" && p.displayName === "Google" && p.logo));
});

test("listing collections", async () => {
  const page = await s.admin.collections.getList(1, 3, { sort: "name", filter: "system = true" });
  assert.deepEqual([page.page, page.perPage, page.totalItems, page.items.length], [1, 3, 5, 3]);
  assert.equal((await s.admin.collections.getFullList()).length, 6);
  await fails(s.admin.collections.delete("_superusers"), 400);
});
