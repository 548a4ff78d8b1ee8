// The way into a new server: the dashboard's specification §5.1.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { email, password, startNew } from "./server.mjs";
import { until } from "./until.mjs";

fixture(undefined, startNew);

/** The link to the first superuser, which the server leaves in its directory. */
async function setupLink() {
  const link = await until("a link is left", () => readFile(`${server.dir}/setup-link`, "utf8").catch(() => ""));
  return new URL(link.trim()).hash.slice(1);
}

test("AUTH-5 the installer is one form, then three steps that tick themselves; they are hidden for good", async () => {
  const p = await Person.arrive(browser, server, { signedIn: false, at: await setupLink() });
  const { page } = p;
  await page.getByRole("heading", { name: "Welcome to Holdall" }).waitFor();
  assert.deepEqual(await p.axe(), [], "A11Y-1: the installer");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill("short");
  await page.keyboard.press("Enter");
  await page.locator("[aria-invalid=true]").waitFor();
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");

  const steps = page.getByRole("region", { name: "First steps" });
  const told = (text) => steps.getByRole("status").filter({ hasText: text }).waitFor();
  const rail = page.getByRole("navigation", { name: "Main" });
  await told("0 of 3 are done.");
  assert.deepEqual(await p.axe(), [], "A11Y-1: the steps");
  await steps.getByRole("link", { name: "New collection" }).click();
  await page.waitForURL(/#\/new/);
  await page.getByLabel("Name", { exact: true }).fill("trips");
  await page.keyboard.press("Control+s");
  await rail.getByRole("link", { name: "First steps 1 of 3" }).click();

  await told("1 of 3 are done.");
  await steps.getByRole("heading", { name: "Make a collection (done)" }).waitFor();
  await steps.getByRole("link", { name: "Rules of trips" }).click();
  await page.getByRole("radiogroup", { name: "Who may: List and search" }).getByText("Everyone").click();
  await page.keyboard.press("Control+s");
  await page.getByText("Saved.").waitFor();
  await rail.getByRole("link", { name: "First steps 2 of 3" }).click();

  await told("2 of 3 are done.");
  const code = steps.getByRole("region", { name: "Example in JavaScript" });
  await code.waitFor();
  const text = await code.textContent();
  assert.ok(text.includes(server.url) && text.includes(`pb.collection("trips").getList(`), text);
  await steps.getByText("Dart", { exact: true }).click();
  await steps.getByRole("region", { name: "Example in Dart" }).filter({ hasText: server.url }).waitFor();
  await steps.getByRole("button", { name: "Copy" }).click();
  await page.waitForFunction(async (url) => (await navigator.clipboard.readText()).includes(url), server.url);
  await told("All three are done.");
  await rail.getByRole("link", { name: /First steps/ }).waitFor({ state: "hidden" });

  await page.getByRole("button", { name: "Hide the first steps" }).click();
  await page.getByText("Open a collection from the rail").waitFor();
  await page.reload();
  await page.getByText("Open a collection from the rail").waitFor();
  assert.deepEqual(await p.axe(), [], "A11Y-1: without the steps");
  await page.getByRole("button", { name: "Show the first steps" }).click();
  await told("All three are done.");
  assert.deepEqual(p.errors, []);
  await p.leave();
});
