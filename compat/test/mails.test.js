import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startMail } from "../lib/mail.js";
import { codes, fails, root, suite } from "../lib/suite.js";

let mail;
before(async () => (mail = await startMail()));
after(() => mail?.stop());

const s = suite(async (admin) => {
  await admin.settings.update({
    smtp: { enabled: true, host: "127.0.0.1", port: mail.port },
    notices: { emailChanged: false }, // what PocketBase does not know
    meta: { appName: "Compat", appURL: "http://compat.example", senderName: "Compat", senderAddress: "us@compat.example" },
  });
});
const password = "a-password-1";

async function signUp(name) {
  const email = `${name}@compat.example`;
  const record = await s.client().collection("users").create({ email, password, passwordConfirm: password });
  return [record, await s.signedIn(email, password), email];
}

async function link(to, page) {
  const got = await mail.next();
  assert.deepEqual(got.to, [to]);
  const found = new RegExp(`http://compat\\.example/_/#/auth/${page}/([\\w.-]+)`).exec(got.body);
  assert.ok(found, got.body);
  return found[1];
}

test("verification", async () => {
  const [record, pb, email] = await signUp("ann");
  assert.equal(await pb.collection("users").requestVerification(email), true);
  const token = await link(email, "confirm-verification");
  assert.equal(await pb.collection("users").confirmVerification(token), true);
  assert.equal(pb.authStore.record.verified, true);
  assert.equal((await s.admin.collection("users").getOne(record.id)).verified, true);
  assert.equal(await s.client().collection("users").requestVerification("nobody@compat.example"), true);
  assert.deepEqual(codes(await fails(s.client().collection("users").confirmVerification("x.e30.y"), 400)), { token: "validation_invalid_token_claims" });
});

test("a new password", async () => {
  const [, pb, email] = await signUp("bea");
  assert.equal(await s.client().collection("users").requestPasswordReset(email), true);
  const token = await link(email, "confirm-password-reset");
  const users = s.client().collection("users");
  assert.deepEqual(codes(await fails(users.confirmPasswordReset(token, "a-password-2", "other"), 400)), { passwordConfirm: "validation_values_mismatch" });
  assert.equal(await users.confirmPasswordReset(token, "a-password-2", "a-password-2"), true);
  assert.deepEqual(codes(await fails(users.confirmPasswordReset(token, "a-password-3", "a-password-3"), 400)), { token: "validation_invalid_token" });
  await fails(pb.collection("users").authRefresh(), 401);
  assert.ok(await s.signedIn(email, "a-password-2"));
});

test("another address", async () => {
  const [, pb, email] = await signUp("cat");
  assert.deepEqual(codes(await fails(pb.collection("users").requestEmailChange(email), 400)), { newEmail: "validation_not_in_invalid" });
  assert.equal(await pb.collection("users").requestEmailChange("cat2@compat.example"), true);
  const token = await link("cat2@compat.example", "confirm-email-change");
  assert.deepEqual(codes(await fails(s.client().collection("users").confirmEmailChange(token, "wrong"), 400)), { password: "validation_invalid_password" });
  assert.equal(await pb.collection("users").confirmEmailChange(token, password), true);
  assert.ok(!pb.authStore.isValid);
  assert.ok(await s.signedIn("cat2@compat.example", password));
});

test("one-time codes and two factors", async () => {
  const [record, , email] = await signUp("dan");
  await s.admin.collections.update("users", { otp: { enabled: true } });
  const users = s.client().collection("users");
  const request = async () => {
    const { otpId } = await users.requestOTP(email);
    const code = /\b\d{8}\b/.exec((await mail.next()).body)[0];
    return [otpId, code];
  };
  const [id, code] = await request();
  await fails(users.authWithOTP(id, "00000000"), 400);
  assert.equal((await users.authWithOTP(id, code)).record.id, record.id);
  await fails(users.authWithOTP(id, code), 400);
  await fails(users.authWithPassword(email, password), 400); // whoever signed up may not have owned the address
  await s.admin.collection("users").update(record.id, { password, passwordConfirm: password });
  await s.admin.collections.update("users", { mfa: { enabled: true } });
  const first = await fails(users.authWithPassword(email, password), 401);
  const [second, again] = await request();
  assert.equal((await users.authWithOTP(second, again, { mfaId: first.response.mfaId })).record.id, record.id);
  await s.admin.collections.update("users", { mfa: { enabled: false }, otp: { enabled: false } });
  await fails(users.requestOTP(email), 403);
});

test("trying a mail out", async () => {
  for (const template of ["verification", "password-reset", "email-change", "otp", "login-alert"]) {
    assert.equal(await s.admin.settings.testEmail("users", "me@compat.example", template), true);
    assert.deepEqual((await mail.next()).to, ["me@compat.example"]);
  }
  await fails(s.client().settings.testEmail("users", "me@compat.example", "otp"), 401);
  assert.deepEqual(codes(await fails(s.admin.settings.testEmail("users", "me", "none"), 400)), { email: "validation_is_email", template: "validation_in_invalid" });
});

test("superusers", async () => {
  await fails(s.admin.collection("_superusers").requestEmailChange("x@compat.example"), 400);
  await fails(s.client().collection("_superusers").requestVerification(root.email), 400);
  assert.equal(await s.client().collection("_superusers").requestPasswordReset(root.email), true);
  const token = await link(root.email, "confirm-password-reset");
  assert.equal(await s.client().collection("_superusers").confirmPasswordReset(token, root.password, root.password), true);
  await fails(s.admin.collection("_superusers").authRefresh(), 401);
});
