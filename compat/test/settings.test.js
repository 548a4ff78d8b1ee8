import assert from "node:assert/strict";
import { test } from "node:test";
import { fails, suite } from "../lib/suite.js";

const s = suite();

test("a round trip keeps everything, and secrets stay secret", async () => {
  const before = await s.admin.settings.getAll();
  for (const part of ["meta", "logs", "backups", "smtp", "s3", "batch", "rateLimits", "trustedProxy"]) assert.ok(before[part], part);
  const changed = await s.admin.settings.update({ meta: { appName: "Compat" }, smtp: { host: "smtp.compat.example", username: "u", password: "hush" } });
  assert.equal(changed.meta.appName, "Compat");
  assert.equal(changed.meta.senderName, before.meta.senderName);
  assert.ok(!JSON.stringify(changed).includes("hush"));
  const again = await s.admin.settings.update(await s.admin.settings.getAll());
  assert.deepEqual(again, changed);
  assert.deepEqual(await s.admin.settings.getAll({ fields: "meta.appName" }), { meta: { appName: "Compat" } });
});

test("mistakes are told by place", async () => {
  const error = await fails(s.admin.settings.update({ meta: { appName: "" }, smtp: { enabled: true, host: "" } }), 400);
  assert.equal(error.response.data.meta.appName.code, "validation_required");
  assert.equal(error.response.data.smtp.host.code, "validation_required");
});

test("only superusers", async () => {
  await fails(s.client().settings.getAll(), 401);
  await s.client().collection("users").create({ email: "u@compat.example", password: "a-password-1", passwordConfirm: "a-password-1" });
  const user = await s.signedIn("u@compat.example", "a-password-1");
  await fails(user.settings.getAll(), 403);
  await fails(user.settings.update({}), 403);
});

test("health", async () => {
  const health = await s.admin.health.check();
  assert.equal(health.code, 200);
});
