import assert from "node:assert/strict";
import { test } from "node:test";
import { codes, fails, suite } from "../lib/suite.js";

const s = suite();
const password = "a-password-1";
const account = (name, more = {}) => ({ email: `${name}@compat.example`, password, passwordConfirm: password, name, ...more });

async function signUp(name, more) {
  const record = await s.client().collection("users").create(account(name, more));
  return [record, await s.signedIn(`${name}@compat.example`, password)];
}

test("the methods on offer", async () => {
  const methods = await s.client().collection("users").listAuthMethods();
  assert.deepEqual(methods, {
    mfa: { enabled: false, duration: 0 }, otp: { enabled: false, duration: 0 },
    password: { enabled: true, identityFields: ["email"] }, oauth2: { enabled: false, providers: [] },
  });
});

test("sign up, sign in, refresh", async () => {
  const [record, pb] = await signUp("ann");
  assert.equal(record.email, undefined);
  assert.equal(record.verified, false);
  assert.equal(record.password, undefined);
  assert.equal(record.tokenKey, undefined);
  assert.equal(pb.authStore.record.email, "ann@compat.example");
  assert.ok(pb.authStore.isValid);
  assert.ok(!pb.authStore.isSuperuser);
  const again = await pb.collection("users").authRefresh({ fields: "token,record.name" });
  assert.deepEqual(again.record, { name: "ann" });
  await fails(pb.collection("_superusers").authRefresh(), 403);
});

test("a wrong password, an unknown account, nothing at all", async () => {
  await signUp("bea");
  const users = s.client().collection("users");
  const wrong = await fails(users.authWithPassword("bea@compat.example", "wrong"), 400);
  const unknown = await fails(users.authWithPassword("nobody@compat.example", password), 400);
  assert.deepEqual(wrong.response, unknown.response);
  assert.deepEqual(codes(await fails(users.authWithPassword("", ""), 400)), { identity: "validation_required", password: "validation_required" });
});

test("mistakes when signing up", async () => {
  const users = s.client().collection("users");
  await signUp("cat");
  assert.deepEqual(codes(await fails(users.create(account("cat")), 400)), { email: "validation_not_unique" });
  assert.deepEqual(codes(await fails(users.create(account("cid", { passwordConfirm: "other" })), 400)), { passwordConfirm: "validation_values_mismatch" });
  assert.deepEqual(codes(await fails(users.create(account("cid", { verified: true })), 400)), { verified: "validation_values_mismatch" });
});

test("updating the own record follows into the store", async () => {
  const [record, pb] = await signUp("dan");
  await pb.collection("users").update(record.id, { name: "Dan" });
  assert.equal(pb.authStore.record.name, "Dan");
  assert.equal(pb.authStore.record.email, "dan@compat.example");
  assert.ok(pb.authStore.isValid);
});

test("others may neither see nor change it", async () => {
  const [record] = await signUp("eve");
  const [, other] = await signUp("eli");
  await fails(other.collection("users").getOne(record.id), 404);
  await fails(other.collection("users").update(record.id, { name: "x" }), 404);
  await fails(other.collection("users").delete(record.id), 404);
});

test("a new password needs the old one and ends all sessions", async () => {
  const [record, pb] = await signUp("fay");
  const change = { password: "a-password-2", passwordConfirm: "a-password-2" };
  assert.deepEqual(codes(await fails(pb.collection("users").update(record.id, change), 400)), { oldPassword: "validation_required" });
  assert.deepEqual(codes(await fails(pb.collection("users").update(record.id, { ...change, oldPassword: "x" }), 400)), { oldPassword: "validation_invalid_old_password" });
  await pb.collection("users").update(record.id, { ...change, oldPassword: password });
  await fails(pb.collection("users").authRefresh(), 401);
  await fails(s.client().collection("users").authWithPassword("fay@compat.example", password), 400);
  assert.ok((await s.client().collection("users").authWithPassword("fay@compat.example", "a-password-2")).token);
});

test("address and verification are not the user's to change", async () => {
  const [record, pb] = await signUp("gus");
  assert.deepEqual(codes(await fails(pb.collection("users").update(record.id, { email: "new@compat.example" }), 400)), { email: "validation_values_mismatch" });
  assert.deepEqual(codes(await fails(pb.collection("users").update(record.id, { verified: true }), 400)), { verified: "validation_values_mismatch" });
  const changed = await s.admin.collection("users").update(record.id, { verified: true, email: "gus2@compat.example" });
  assert.deepEqual([changed.verified, changed.email], [true, "gus2@compat.example"]);
});

test("deleting the own record signs out", async () => {
  const [record, pb] = await signUp("hal");
  assert.equal(await pb.collection("users").delete(record.id), true);
  assert.ok(!pb.authStore.isValid);
  assert.equal(pb.authStore.record, null);
});

test("rules that speak of the caller", async () => {
  await s.admin.collections.create({
    name: "diary", type: "base", listRule: "owner = @request.auth.id", viewRule: "owner = @request.auth.id", createRule: "@request.auth.id != '' && owner = @request.auth.id",
    updateRule: "owner = @request.auth.id && @request.body.owner:isset = false", deleteRule: null,
    fields: [{ name: "text", type: "text" }, { name: "owner", type: "relation", collectionId: "_pb_users_auth_", maxSelect: 1 }],
  });
  const [ida, pbIda] = await signUp("ida");
  const [jim, pbJim] = await signUp("jim");
  const entry = await pbIda.collection("diary").create({ text: "mine", owner: ida.id }, { expand: "owner" });
  assert.equal(entry.expand.owner.email, "ida@compat.example");
  await fails(pbIda.collection("diary").create({ text: "his", owner: jim.id }), 400);
  await fails(s.client().collection("diary").create({ text: "x" }), 400);
  assert.equal((await pbIda.collection("diary").getList()).totalItems, 1);
  assert.equal((await pbJim.collection("diary").getList()).totalItems, 0);
  assert.equal((await s.client().collection("diary").getList()).totalItems, 0);
  await fails(pbJim.collection("diary").getOne(entry.id), 404);
  assert.equal((await pbIda.collection("diary").update(entry.id, { text: "changed" })).text, "changed");
  await fails(pbIda.collection("diary").update(entry.id, { owner: ida.id }), 404);
  await fails(pbIda.collection("diary").delete(entry.id), 403);
  assert.equal(await s.admin.collection("diary").delete(entry.id), true);
});

test("a collection's auth rule keeps some out", async () => {
  await s.admin.collections.create({ name: "guarded", type: "auth", authRule: "verified = true", createRule: "" });
  const made = await s.client().collection("guarded").create(account("kim"));
  await fails(s.signedIn("kim@compat.example", password, "guarded"), 403);
  await s.admin.collection("guarded").update(made.id, { verified: true });
  assert.ok((await s.signedIn("kim@compat.example", password, "guarded")).authStore.isValid);
});
