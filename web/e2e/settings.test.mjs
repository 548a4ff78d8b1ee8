// Settings: the criteria of the dashboard's specification §5.18.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";

fixture();

test("SET-1 saving sends the changes alone, and secrets survive", async () => {
  await server.pb.settings.update({ smtp: { enabled: true, host: "127.0.0.1", password: "kept" } });
  const p = await Person.arrive(browser, server, { at: "/settings/mail" });
  await p.page.getByLabel("User name").fill("postmaster");
  const sent = p.page.waitForRequest((r) => r.method() === "PATCH");
  await p.page.keyboard.press("Control+s");
  assert.deepEqual((await sent).postDataJSON(), { smtp: { username: "postmaster" } });
  await p.page.getByText("Saved.").waitFor();
  await p.page.getByText("never shown").waitFor();
  assert.deepEqual(await p.axe(), [], "A11Y-1");
  await p.leave();
});

test("SET-2 the test of mails shows the raw answer", async () => {
  await server.pb.settings.update({ smtp: { enabled: true, host: "127.0.0.1", port: 1 } });
  const p = await Person.arrive(browser, server, { at: "/settings/mail" });
  await p.page.getByRole("button", { name: "Send" }).click();
  await p.page.getByRole("alert").filter({ hasText: /refused|connect/ }).waitFor();
  await p.leave();
});

test("a wrong setting says why at its place; a setting is found by its words", async () => {
  const p = await Person.arrive(browser, server, { at: "/settings/application" });
  await p.page.getByLabel(/^Address/).fill("not an address");
  await p.page.keyboard.press("Control+s");
  await p.page.getByRole("alert").filter({ hasText: /URL/ }).first().waitFor();
  await p.page.getByLabel("Find a setting").fill("proxy");
  await p.page.keyboard.press("Enter");
  await p.page.waitForURL(/settings\/limits/);
  await p.focusOn("textbox", /^Headers that tell/);
  assert.deepEqual(await p.axe(), [], "A11Y-1");
  await p.leave();
});

test("links of PocketBase's dashboard lead to ours", async () => {
  const p = await Person.arrive(browser, server, { at: "/collections?collection=users&filter=verified%3Dtrue" });
  await p.page.waitForURL(/#\/c\/users\?q=verified/);
  await p.open("/settings");
  await p.page.waitForURL(/#\/settings\/application/);
  await p.leave();
});
