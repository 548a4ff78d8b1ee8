import assert from "node:assert/strict";
import { test } from "node:test";
import { fails, root, suite } from "../lib/suite.js";

const s = suite();
const superusers = (pb) => pb.collection("_superusers");

test("signing in fills the store", async () => {
  const pb = s.client();
  const auth = await superusers(pb).authWithPassword(root.email, root.password);
  assert.ok(auth.token);
  assert.equal(auth.record.email, root.email);
  assert.equal(auth.record.collectionName, "_superusers");
  assert.equal(auth.record.collectionId, "pbc_3142635823");
  assert.equal(auth.record.verified, true);
  assert.ok(pb.authStore.isValid);
  assert.ok(pb.authStore.isSuperuser);
  assert.equal(pb.authStore.token, auth.token);
  pb.authStore.clear();
  assert.ok(!pb.authStore.isValid);
});

test("the payload has no characters that a plain atob cannot read", async () => {
  assert.doesNotMatch(s.admin.authStore.token.split(".")[1], /[-_]/);
});

test("a wrong password does not", async () => {
  const pb = s.client();
  const error = await fails(superusers(pb).authWithPassword(root.email, "wrong"), 400);
  assert.deepEqual(error.response, { status: 400, message: "Failed to authenticate.", data: {} });
  assert.ok(!pb.authStore.isValid);
});

test("refresh keeps the superuser signed in", async () => {
  const pb = s.client();
  await superusers(pb).authWithPassword(root.email, root.password);
  const auth = await superusers(pb).authRefresh();
  assert.ok(auth.token);
  assert.equal(auth.record.email, root.email);
  assert.ok(pb.authStore.isSuperuser);
});

test("refresh without a token fails", async () => {
  const pb = s.client();
  const error = await fails(superusers(pb).authRefresh(), 401);
  assert.deepEqual(error.response.data, {});
});

test("autoRefreshThreshold refreshes before other requests", async () => {
  const pb = s.client();
  const week = 7 * 24 * 3600;
  await superusers(pb).authWithPassword(root.email, root.password, { autoRefreshThreshold: week });
  const seen = [];
  pb.afterSend = (response, data) => (seen.push(new URL(response.url)), data);
  await pb.collections.getList(1, 1);
  assert.equal(seen[0].pathname, "/api/collections/_superusers/auth-refresh");
  assert.equal(seen[0].searchParams.get("autoRefresh"), "true");
  assert.equal(seen.at(-1).pathname, "/api/collections");
});

test("superusers are records", async () => {
  const made = await superusers(s.admin).create({ email: "two@compat.example", password: "two-password", passwordConfirm: "two-password" });
  assert.equal(made.email, "two@compat.example");
  assert.equal((await superusers(s.admin).getList()).totalItems, 2);
  assert.equal(await superusers(s.admin).delete(made.id), true);
  const [last] = (await superusers(s.admin).getList()).items;
  await fails(superusers(s.admin).delete(last.id), 400);
});

test("guests do not see them", async () => {
  await fails(superusers(s.client()).getList(), 403);
  await fails(s.client().collections.getList(), 401);
});

test("impersonation gives a client that is somebody else", async () => {
  const user = await s.admin.collection("users").create({ email: "imp@compat.example", password: "imp-password", passwordConfirm: "imp-password" });
  const pb = await s.admin.collection("users").impersonate(user.id, 600);
  assert.equal(pb.authStore.record.id, user.id);
  assert.ok(!pb.authStore.isSuperuser);
  assert.equal((await pb.collection("users").getList()).totalItems, 1);
  await fails(s.client().collection("users").impersonate(user.id, 600), 401);
});
