// How accounts sign in: the task of the dashboard's specification §9, and the criteria of §5.9.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";

fixture();

const providers = async () => (await server.pb.collections.getOne("users")).oauth2.providers;

test("task: OAuth2 provider; AU-1 two clicks and three keys", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/users" });
  await p.page.getByRole("link", { name: "Sign-in" }).waitFor();
  p.begin();
  await p.click(p.page.getByRole("link", { name: "Sign-in" }));
  await p.click(p.page.getByRole("link", { name: "Providers" }));
  await p.page.getByLabel("Find a provider").waitFor();
  await p.type("github");
  await p.page.getByRole("button", { name: "GitHub" }).waitFor();
  await p.press("Enter");
  await p.page.waitForFunction(() => document.activeElement?.closest("[aria-label=GitHub]"));
  await p.type("an-id");
  await p.press("Tab");
  await p.type("a-secret");
  await p.press("Control+s");
  await p.page.getByText("Saved.").waitFor();
  const [github] = await providers();
  assert.equal(github.clientId, "an-id");
  assert.ok(p.clicks <= 2 && p.keys <= 3, `${p.clicks} clicks, ${p.keys} keys`);
  await p.page.getByLabel("Address to return to").waitFor();
  assert.equal(await p.page.getByLabel("Address to return to").inputValue(), `${server.url}/api/oauth2-redirect`);
  assert.deepEqual(await p.axe(), [], "A11Y-1");
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("AU-2 a secret is replaced without the others being typed again; AU-3 keys that nobody knows survive", async () => {
  await server.pb.collections.update("users", { oauth2: { enabled: true, providers: [{ name: "github", clientId: "a", clientSecret: "one" }, { name: "apple", clientId: "b", clientSecret: "two", extra: { teamId: "T" } }] } });
  const p = await Person.arrive(browser, server, { at: "/c/users/auth/providers" });
  const github = p.page.getByRole("region", { name: "GitHub" });
  await github.getByText("never shown").waitFor();
  await github.getByRole("button", { name: "Replace" }).click();
  await github.getByLabel("Client secret").fill("three");
  const sent = p.page.waitForRequest((r) => r.method() === "PATCH");
  await p.page.keyboard.press("Control+s");
  const body = (await sent).postDataJSON();
  assert.deepEqual(Object.keys(body), ["oauth2"]);
  assert.equal(body.oauth2.providers[0].clientSecret, "three");
  assert.equal(body.oauth2.providers[1].clientSecret || undefined, undefined);
  await p.page.getByText("Saved.").waitFor();
  assert.deepEqual((await providers())[1].extra, { teamId: "T" });
  await p.leave();
});

test("methods, tokens and mails are saved, previewed, and wrong ones told at their place", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/users/auth/methods" });
  const otp = p.page.getByRole("region", { name: "One-time code by mail" });
  await otp.getByRole("switch").click();
  await otp.getByLabel("Digits").fill("6");
  assert.deepEqual(await p.axe(), [], "A11Y-1 methods");
  await p.page.keyboard.press("Control+s");
  await p.page.getByText("Saved.").waitFor();
  assert.equal((await server.pb.collections.getOne("users")).otp.length, 6);
  await p.page.getByRole("link", { name: "Tokens" }).click();
  await p.page.getByLabel("Sessions").fill("1");
  await p.page.keyboard.press("Control+s");
  await p.page.getByRole("alert").first().waitFor();
  assert.deepEqual(await p.axe(), [], "A11Y-1 tokens");
  await p.page.getByRole("link", { name: "Mails" }).click();
  await p.page.getByLabel("Subject").waitFor();
  await p.page.frameLocator('iframe[title="Preview of the mail"]').getByText("Verify my address").waitFor();
  assert.deepEqual(await p.axe(), [], "A11Y-1 mails");
  await p.leave();
});

test("private sign-up is a switch beside the password; its mail is among the mails, and off it leaves nothing behind", async () => {
  const option = async () => (await server.pb.collections.getOne("users")).privateSignUp;
  const p = await Person.arrive(browser, server, { at: "/c/users/auth/methods" });
  const part = p.page.getByRole("region", { name: "Private sign-up" });
  await part.getByText("Recommended here").waitFor();
  await part.getByRole("switch").click();
  await part.getByRole("link", { name: "rule for signing in" }).waitFor();
  assert.deepEqual(await p.axe(), [], "A11Y-1");
  await p.page.keyboard.press("Control+s");
  await p.page.getByText("Saved.").waitFor();
  assert.equal((await option()).enabled, true);
  await p.page.getByRole("link", { name: "Mails" }).click();
  await p.page.getByText("Sign-up attempt", { exact: true }).click();
  await p.page.frameLocator('iframe[title="Preview of the mail"]').getByText("There is one with this address already").waitFor();
  await p.page.getByRole("link", { name: "Methods" }).click();
  const sent = p.page.waitForResponse((r) => r.request().method() === "PATCH");
  await part.getByRole("switch").click();
  await p.page.keyboard.press("Control+s");
  assert.equal((await sent).status(), 200);
  assert.equal(await option(), undefined);
  await p.leave();
});
