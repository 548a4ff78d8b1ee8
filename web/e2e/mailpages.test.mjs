// The pages that links in mails lead to: what is said of each in the mails' specification §3, with mails that went out.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startMail } from "../../compat/lib/mail.js";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { email, password } from "./server.mjs";

let mail, users, superusers;
fixture(async () => {
  mail = await startMail();
  await server.pb.settings.update({ smtp: { enabled: true, host: "127.0.0.1", port: mail.port }, meta: { appURL: server.url }, notices: { emailChanged: false } });
  users = server.pb.collection("users");
  superusers = server.pb.collection("_superusers");
});
after(() => mail?.stop());

const other = "another-password";
const signUp = (name) => users.create({ email: `${name}@example.org`, password, passwordConfirm: password });

/** What stands behind # in the link to a page, in the next mail that has one. */
async function linked(page) {
  for (;;) {
    const link = new RegExp(`/_/#(/auth/${page}/[\\w./-]+)`).exec((await mail.next()).body);
    if (link) return link[1];
  }
}

/** What a page has loaded and asked for, by its last name, but for pictures and styles. */
const loaded = (p) => p.page.evaluate(() => performance.getEntriesByType("resource").filter((r) => /script|fetch/.test(r.initiatorType)).map((r) => r.name.split("/").pop()).toSorted());

/** A superuser who is signed in to the dashboard opens a page of a mail; signed out only when asked to. */
async function visit(at, heading, options) {
  const p = await Person.arrive(browser, server, { at, ...options });
  await p.page.getByRole("heading", { name: heading }).waitFor();
  assert.deepEqual(await p.axe(), [], `A11Y-1: ${heading}`);
  return p;
}

/** Leaves when nothing went wrong and the dashboard's superuser, if there is one, is who it was. */
async function leave(p, { signedIn = true } = {}) {
  const kept = await p.page.evaluate(() => localStorage.getItem("pocketbase_auth"));
  assert.equal(kept && JSON.parse(kept).token, signedIn ? server.pb.authStore.token : null);
  assert.deepEqual(p.errors, []);
  await p.leave();
}

test("AUTH-4 a verification is confirmed at once, by the page's own code, and a worn link offers another one", async () => {
  const record = await signUp("vera");
  await users.requestVerification(record.email);
  const at = await linked("confirm-verification");
  const p = await visit(at, "Your address is confirmed");
  assert.deepEqual(await loaded(p), ["boot.js", "confirm-verification", "landing.js"]);
  assert.equal((await users.getOne(record.id)).verified, true);
  await leave(p);

  const late = await signUp("vito");
  await users.requestVerification(late.email);
  const worn = await linked("confirm-verification");
  await users.update(late.id, { password: other, passwordConfirm: other });
  const again = await visit(worn, "This link does not work any more");
  await again.page.getByRole("button", { name: "Send a new link" }).click();
  await again.page.getByRole("heading", { name: "Look into your mails" }).waitFor();
  assert.notEqual(await linked("confirm-verification"), worn);
  await leave(again);
});

test("AUTH-4 a new password is typed twice, with faults at their fields", async () => {
  const record = await signUp("rosa");
  await users.requestPasswordReset(record.email);
  const p = await visit(await linked("confirm-password-reset"), "Choose a new password");
  await p.page.getByText(record.email).waitFor();
  const again = p.page.getByLabel("The same again");
  await p.page.getByLabel("New password").fill(other);
  await again.fill("something else");
  await p.page.keyboard.press("Enter");
  await again.and(p.page.locator("[aria-invalid=true]")).waitFor();
  assert.deepEqual(await p.axe(), [], "A11Y-1: a fault");
  await again.fill(other);
  await p.page.keyboard.press("Enter");
  await p.page.getByRole("heading", { name: "Your password is set" }).waitFor();
  await server.stranger().collection("users").authWithPassword(record.email, other);
  await leave(p);
});

test("AUTH-4 another address is confirmed with the password of today", async () => {
  const record = await signUp("mia");
  const owner = server.stranger();
  await owner.collection("users").authWithPassword(record.email, password);
  await owner.collection("users").requestEmailChange("mia2@example.org");
  const p = await visit(await linked("confirm-email-change"), "Is this your new address?");
  await p.page.getByText("mia2@example.org").waitFor();
  await p.page.getByLabel("Your password").fill("wrong");
  await p.page.keyboard.press("Enter");
  await p.page.locator("[aria-invalid=true]").waitFor();
  await p.page.getByLabel("Your password").fill(password);
  await p.page.getByRole("button", { name: "Confirm new email" }).click();
  await p.page.getByRole("heading", { name: "Your address has changed" }).waitFor();
  assert.equal((await users.getOne(record.id)).email, "mia2@example.org");
  await leave(p);
});

test("AUTH-4 a superuser who forgot the password asks for a mail and sets another one", async () => {
  await superusers.create({ email: "root@example.com", password, passwordConfirm: password });
  const p = await Person.arrive(browser, server, { signedIn: false, at: "/request-password-reset" });
  await p.page.getByLabel("E-mail").fill("root@example.com");
  await p.page.keyboard.press("Enter");
  await p.page.getByText("a mail is on its way to root@example.com").waitFor();
  await p.open(await linked("confirm-password-reset"));
  await p.page.getByLabel("New password").fill(other);
  await p.page.getByLabel("The same again").fill(other);
  await p.page.keyboard.press("Enter");
  await p.page.getByRole("heading", { name: "Your password is set" }).waitFor();
  await server.stranger().collection("_superusers").authWithPassword("root@example.com", other);
  await leave(p, { signedIn: false });
});

test("AUTH-4 a link with a code signs in to the dashboard on a click alone, with the second factor when there is one", async () => {
  const text = (await server.pb.collections.getOne("_superusers")).otp.emailTemplate;
  const body = `${text.body}<p><a href="{APP_URL}/_/#/auth/otp/{OTP_ID}/{OTP}">Sign in</a></p>`;
  await server.pb.collections.update("_superusers", { otp: { enabled: true, emailTemplate: { ...text, body } }, mfa: { enabled: true, rule: `email != "${email}"` } });
  await superusers.requestOTP(email);
  const at = await linked("otp");
  const p = await visit(at, "Sign in to the dashboard?", { signedIn: false });
  assert.deepEqual(await loaded(p), ["boot.js", "landing.js"], "nothing is asked before the click");
  await p.page.getByRole("button", { name: "Sign in" }).click();
  await p.page.getByRole("heading", { name: "Start" }).waitFor();
  await p.leave();

  const worn = await visit(at, "Sign in to the dashboard?", { signedIn: false });
  await worn.page.getByRole("button", { name: "Sign in" }).click();
  await worn.page.getByRole("heading", { name: "This code does not work any more" }).waitFor();
  await leave(worn, { signedIn: false });

  await server.pb.collections.update("_superusers", { mfa: { enabled: true, rule: "" } });
  await superusers.requestOTP(email);
  const both = await visit(await linked("otp"), "Sign in to the dashboard?", { signedIn: false });
  await both.page.getByRole("button", { name: "Sign in" }).click();
  await both.page.getByLabel("E-mail").fill(email);
  await both.page.getByLabel("Password").fill(password);
  await both.page.keyboard.press("Enter");
  await both.page.getByRole("heading", { name: "Start" }).waitFor();
  assert.deepEqual(both.errors, []);
  await both.leave();
});

test("AUTH-4 half a link says so, and the window of a provider says that it can be closed", async () => {
  for (const [at, heading] of [
    ["/auth/confirm-verification/half.a", "This link is not complete"],
    ["/auth/oauth2-redirect-success", "You are signed in"],
    ["/auth/oauth2-redirect-failure", "Signing in did not work"],
  ])
    await leave(await visit(at, heading));
});
