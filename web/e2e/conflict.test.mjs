// Two people at one record: what a person has not seen is not overwritten. The dashboard's specification §4.5 and §8.3.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { id, seed } from "./server.mjs";

fixture(() => seed(server.pb, 30));

const now = (i) => server.pb.collection("posts").getOne(id(i));
const bar = (p) => p.page.getByText(/was changed elsewhere while you edited it/);

/** Begins to edit the title in a row of the grid, without what the server would tell of other people meanwhile. */
async function editing(i, theme = "light", viewport = undefined) {
  const p = await Person.arrive(browser, server, { at: "/start", theme, viewport });
  await p.page.locator("h1").first().waitFor();
  await p.intercept("**/api/realtime", (r) => r.abort());
  await p.open("/c/posts?s=id");
  await p.cell(i, 2).waitFor();
  await p.doubleClick(p.cell(i, 2));
  await p.cell(i, 2).locator("input").waitFor();
  return p;
}

test("ROB-2 two people edit one cell: the second sees both values, and chooses", async () => {
  const [a, b] = [await editing(1), await editing(1, "dark")];
  await a.type("Theirs");
  const first = a.page.waitForResponse((r) => r.request().method() === "PATCH");
  await a.press("Enter");
  assert.equal((await first).status(), 200);
  await b.type("Mine");
  await b.press("Enter");
  await bar(b).waitFor();
  await b.page.getByText("mine: Mine · theirs: Theirs").waitFor();
  assert.equal((await now(1)).title, "Theirs", "overwritten silently");
  await b.cell(1, 2).filter({ hasText: "Theirs" }).waitFor();
  assert.deepEqual(await b.axe(), []);
  const mine = b.page.waitForResponse((r) => r.request().method() === "PATCH");
  await b.page.getByRole("button", { name: "Save mine" }).click();
  await bar(b).waitFor({ state: "hidden" });
  assert.equal((await mine).status(), 200);
  await b.cell(1, 2).filter({ hasText: "Mine" }).waitFor();
  assert.equal((await now(1)).title, "Mine");
  await a.leave();
  await b.leave();
});

test("ROB-2 taking theirs writes nothing", async () => {
  const p = await editing(2);
  await server.pb.collection("posts").update(id(2), { title: "Theirs" });
  await p.type("Mine");
  await p.press("Enter");
  await bar(p).waitFor();
  const sent = [];
  p.page.on("request", (r) => r.method() === "PATCH" && sent.push(r.url()));
  await p.page.getByRole("button", { name: "Take theirs" }).click();
  await bar(p).waitFor({ state: "hidden" });
  await p.cell(2, 2).filter({ hasText: "Theirs" }).waitFor();
  assert.deepEqual(sent, []);
  await p.leave();
});

test("ROB-2 who keeps theirs off is asked again when somebody was faster once more", async () => {
  const p = await editing(3);
  await server.pb.collection("posts").update(id(3), { title: "Second" });
  await p.type("Mine");
  await p.press("Enter");
  await bar(p).waitFor();
  await server.pb.collection("posts").update(id(3), { title: "Third" });
  await p.page.getByRole("button", { name: "Save mine" }).click();
  await p.page.getByText("mine: Mine · theirs: Third").waitFor();
  assert.equal((await now(3)).title, "Third");
  await p.leave();
});

test("ROB-2 a field that nobody else has touched is saved, whatever else has changed", async () => {
  const p = await editing(4);
  await server.pb.collection("posts").update(id(4), { views: 77 });
  await p.type("Mine");
  const saved = p.page.waitForResponse((r) => r.request().method() === "PATCH");
  await p.press("Enter");
  assert.equal((await saved).status(), 200);
  const { title, views } = await now(4);
  assert.deepEqual([title, views], ["Mine", 77]);
  await p.leave();
});

test("a row that changes under an open cell is no reason to forget what was seen in it", async () => {
  const p = await Person.arrive(browser, server, { at: "/start" });
  await p.page.locator("h1").first().waitFor();
  const listening = p.page.waitForResponse((r) => r.url().endsWith("/api/realtime") && r.request().method() === "POST");
  await p.open("/c/posts?s=id");
  await p.cell(5, 2).waitFor();
  await p.doubleClick(p.cell(5, 2));
  await p.cell(5, 2).locator("input").waitFor();
  await listening;
  // The tab hears of the change: another field of the row shows it.
  await server.pb.collection("posts").update(id(5), { title: "Theirs", views: 4242 });
  await p.cell(5, 3).filter({ hasText: "4242" }).waitFor();
  await p.type("Mine");
  await p.press("Enter");
  await p.page.getByText("mine: Mine · theirs: Theirs").waitFor();
  assert.equal((await now(5)).title, "Theirs");
  await p.leave();
});

test("undo leaves alone what somebody else has changed since", async () => {
  const p = await editing(6);
  await p.type("Mine");
  const saved = p.page.waitForResponse((r) => r.request().method() === "PATCH");
  await p.press("Enter");
  await saved;
  await server.pb.collection("posts").update(id(6), { title: "Theirs" });
  await p.press("Control+z");
  await p.page.getByText("The record has been changed since; it was left as it is.").waitFor();
  assert.equal((await now(6)).title, "Theirs");
  await p.leave();
});

test("a draft of the panel survives closing it, a reload and signing out; saving ends it (4.3)", async () => {
  const p = await Person.arrive(browser, server, { at: `/c/posts?s=id&r=${id(7)}` });
  const title = p.page.getByRole("form").getByLabel("title");
  await title.fill("Not saved yet");
  await p.page.getByText("1 field changed").waitFor();
  await p.page.getByRole("button", { name: "Close the panel" }).click();
  await p.page.getByRole("form").waitFor({ state: "hidden" });
  await p.open(`/c/posts?s=id&r=${id(7)}`);
  await p.page.getByText("What you had not saved is back.").waitFor();
  assert.equal(await title.inputValue(), "Not saved yet");
  await p.page.reload();
  await p.page.getByText("What you had not saved is back.").waitFor();
  await p.page.getByRole("button", { name: "You and this browser" }).click();
  await p.page.getByRole("menuitem", { name: "Sign out" }).click();
  await p.page.getByLabel("E-mail").waitFor();
  await p.signIn();
  await p.page.getByRole("navigation", { name: "Main" }).waitFor();
  await p.open(`/c/posts?s=id&r=${id(7)}`);
  await p.page.getByText("What you had not saved is back.").waitFor();
  assert.equal(await title.inputValue(), "Not saved yet");
  await p.page.keyboard.press("Control+s");
  await p.page.getByText("Saved.").waitFor();
  assert.equal((await now(7)).title, "Not saved yet");
  await p.page.reload();
  await title.waitFor();
  assert.equal(await p.page.getByText("What you had not saved is back.").count(), 0);
  await p.leave();
});

test("a draft is made of what was seen: what somebody has changed since raises the bar when it comes back", async () => {
  const p = await Person.arrive(browser, server, { at: `/c/posts?s=id&r=${id(8)}` });
  await p.page.getByRole("form").getByLabel("title").fill("Mine");
  await p.page.getByText("1 field changed").waitFor();
  await p.open("/access");
  await p.page.getByRole("form").waitFor({ state: "hidden" });
  await server.pb.collection("posts").update(id(8), { title: "Theirs" });
  await p.open(`/c/posts?s=id&r=${id(8)}`);
  await p.page.reload();
  await p.page.getByText("What you had not saved is back.").waitFor();
  await p.page.keyboard.press("Control+s");
  await p.page.getByText("mine: Mine · theirs: Theirs").waitFor();
  assert.equal((await now(8)).title, "Theirs");
  await p.leave();
});
