// What people see: the window of a provider, and the pages that links in mails lead to.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, serveApp } from "../lib/browser.js";
import { startIDP } from "../lib/idp.js";
import { startMail } from "../lib/mail.js";
import { fails, suite } from "../lib/suite.js";

let idp, mail, app, browser;
const s = suite(async (admin) => {
  [mail, idp, browser, app] = await Promise.all([startMail(), startIDP([`${s.url}/api/oauth2-redirect`]), openBrowser(), serveApp(s.url)]);
  idp.accounts.set("ann", { email: "ann@compat.example", email_verified: true, name: "Ann" });
  await admin.settings.update({ smtp: { enabled: true, host: "127.0.0.1", port: mail.port }, meta: { appURL: s.url }, notices: { emailChanged: false } });
  await admin.collections.update("users", { oauth2: { enabled: true, providers: [idp.config()] } });
});
after(() => Promise.all([browser?.close(), idp?.stop(), app?.stop()]).then(() => mail?.stop()));

const password = "a-password-1";

// visit opens a page in a fresh profile; what goes wrong in it fails the test.
async function visit(address, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (line) => line.type() === "error" && !/Failed to load resource/.test(line.text()) && wrong.push(line.text()));
  await page.goto(address);
  return Object.assign(page, { end: async () => { await context.close(); assert.deepEqual(wrong, []); } });
}

// says waits for the heading of a page, which has the focus: that is where a screen reader begins.
async function says(page, title) {
  const heading = page.getByRole("heading", { name: title });
  await heading.waitFor();
  assert.equal(await page.title(), title);
  assert.ok(await heading.evaluate((e) => e === document.activeElement), `${title}: the heading does not have the focus`);
}

async function signUp(name) {
  const email = `${name}@compat.example`;
  const record = await s.client().collection("users").create({ email, password, passwordConfirm: password });
  return [record, email];
}

async function link(page) {
  const { body } = await mail.next();
  return new RegExp(`${s.url}/_/#/auth/${page}/[\\w.-]+`).exec(body)[0];
}

test("signing in with a provider, in a window that closes itself", async () => {
  const page = await visit(app.url);
  const [popup] = await Promise.all([page.waitForEvent("popup"), page.getByRole("button", { name: "Sign in" }).click()]);
  const closed = popup.waitForEvent("close");
  await popup.getByLabel("Who are you?").fill("ann");
  await popup.keyboard.press("Enter");
  await page.getByText("signed in as ann@compat.example").waitFor();
  await closed;
  assert.deepEqual(await page.evaluate(() => [window.pb.authStore.isValid, window.pb.authStore.record.verified]), [true, true]);
  await page.end();
});

test("a provider that refuses", async () => {
  const page = await visit(app.url);
  const [popup] = await Promise.all([page.waitForEvent("popup"), page.getByRole("button", { name: "Sign in" }).click()]);
  await popup.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("failed: ").waitFor();
  assert.equal(await page.evaluate(() => window.pb.authStore.isValid), false);
  await page.end();
});

test("confirming an address, and a link that is worn", async () => {
  const [record, email] = await signUp("vera");
  await s.client().collection("users").requestVerification(email);
  const address = await link("confirm-verification");
  const page = await visit(address);
  await says(page, "Your address is confirmed");
  assert.equal((await s.admin.collection("users").getOne(record.id)).verified, true);
  await page.end();

  const [other, theirs] = await signUp("vito");
  await s.client().collection("users").requestVerification(theirs);
  const worn = await link("confirm-verification");
  await s.admin.collection("users").update(other.id, { password: "another-one", passwordConfirm: "another-one" });
  const again = await visit(worn);
  await says(again, "This link does not work any more");
  await again.keyboard.press("Tab");
  await again.keyboard.press("Enter");
  await says(again, "Look into your mails");
  assert.notEqual(await link("confirm-verification"), worn);
  await again.end();
});

test("a new password, by the keyboard alone", async () => {
  const [, email] = await signUp("rosa");
  await s.client().collection("users").requestPasswordReset(email);
  const page = await visit(await link("confirm-password-reset"));
  await says(page, "Choose a new password");
  await page.getByText(email).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.type("a-password-2");
  await page.keyboard.press("Tab");
  await page.keyboard.type("something else");
  await page.keyboard.press("Enter");
  const confirm = page.getByLabel("The same again");
  await page.locator("[aria-invalid=true]").waitFor();
  assert.ok(await confirm.evaluate((e) => e === document.activeElement), "the faulty field does not have the focus");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("a-password-2");
  await page.keyboard.press("Enter");
  await says(page, "Your password is set");
  await s.signedIn(email, "a-password-2");
  await page.end();
});

test("another address, while a superuser is signed in to the dashboard", async () => {
  const [record, email] = await signUp("mia");
  const owner = await s.signedIn(email, password);
  await owner.collection("users").requestEmailChange("mia2@compat.example");
  const address = await link("confirm-email-change");
  const page = await visit(`${s.url}/api/health`);
  const stored = JSON.stringify({ token: s.admin.authStore.token, record: s.admin.authStore.record });
  await page.evaluate((value) => localStorage.setItem("pocketbase_auth", value), stored);
  await page.goto(address);
  await says(page, "Is this your new address?");
  await page.getByLabel("Your password").fill("wrong");
  await page.keyboard.press("Enter");
  await page.locator("[aria-invalid=true]").waitFor();
  await page.getByLabel("Your password").fill(password);
  await page.getByRole("button", { name: "Confirm new email" }).click();
  await says(page, "Your address has changed");
  assert.equal((await s.admin.collection("users").getOne(record.id)).email, "mia2@compat.example");
  await fails(owner.collection("users").authRefresh(), 401);
  assert.equal(await page.evaluate(() => localStorage.getItem("pocketbase_auth")), stored);
  await page.end();
});

test("half a link, and no script", async () => {
  const page = await visit(`${s.url}/_/#/auth/confirm-verification/half.a`);
  await says(page, "This link is not complete");
  await page.end();
  assert.match(await (await fetch(`${s.url}/_/`)).text(), /<noscript>[^<]*JavaScript/);
});

test("a mail scanner that fetches a link uses nothing up", async () => {
  const [record, email] = await signUp("scan");
  await s.client().collection("users").requestVerification(email);
  const address = await link("confirm-verification");
  for (let i = 0; i < 3; i++) assert.equal((await fetch(address)).status, 200);
  assert.equal((await s.admin.collection("users").getOne(record.id)).verified, false);
});
