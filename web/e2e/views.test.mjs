// Saved views: filter, sorting, columns, height of the rows under a name. The dashboard's specification §5.3.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { seed } from "./server.mjs";

fixture(() => seed(server.pb, 60));

const button = (p, name) => p.page.locator("main").getByRole("button", { name, exact: true });
const header = (p, name) => p.page.getByRole("columnheader", { name });

test("a view keeps filter, sorting, columns and density, is shown first, and says that it was changed", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts?q=views+%3E+100&s=-views" });
  await p.cell(0, 2).waitFor();
  await button(p, "Columns").click();
  await p.page.getByRole("checkbox", { name: "published" }).uncheck();
  await p.page.keyboard.press("Escape");
  await p.page.getByRole("button", { name: "You and this browser" }).click();
  await p.page.getByRole("menuitemcheckbox", { name: "Compact" }).click();
  await button(p, "Views").click();
  await p.page.getByLabel("Save what is shown as").fill("Most read");
  await p.page.keyboard.press("Enter");
  await button(p, "Most read").waitFor();
  await p.page.waitForURL(/v=\w{15}/);
  // It is shared and shown first.
  await button(p, "Most read").click();
  const mine = p.page.getByRole("group", { name: "The view Most read" });
  await mine.getByRole("checkbox", { name: "Shown first in posts" }).click();
  await p.page.waitForFunction(() => [...document.querySelectorAll("fieldset input")][1].checked);
  await mine.getByRole("checkbox", { name: "Shared with all superusers" }).click();
  await p.page.waitForFunction(() => [...document.querySelectorAll("fieldset input")][0].checked);
  assert.deepEqual(await p.axe(), []);
  await p.page.keyboard.press("Escape");
  assert.equal(await button(p, "Save").count(), 0);
  await header(p, /views/).getByRole("button", { name: /views/ }).first().click();
  await button(p, /^Most read\s*, changed$/).waitFor();
  await p.page.getByRole("button", { name: "Save", exact: true }).click();
  await p.page.getByText("Saved the view Most read.").last().waitFor();
  await p.page.getByRole("button", { name: "Save", exact: true }).waitFor({ state: "hidden" });
  await p.leave();

  // Another browser: the view is shown when nothing else is asked for.
  const other = await Person.arrive(browser, server, { at: "/c/posts", theme: "dark" });
  await button(other, "Most read").waitFor();
  await other.page.waitForURL(/q=views/);
  await other.cell(0, 2).waitFor();
  assert.equal(await header(other, /published/).count(), 0);
  assert.equal(await other.page.evaluate(() => document.documentElement.dataset.density), "compact");
  await button(other, "Most read").click();
  assert.deepEqual(await other.axe(), []);
  await other.page.getByRole("button", { name: "All records" }).click();
  await header(other, /published/).waitFor();
  await other.page.waitForURL((u) => !/[qv]=/.test(u.hash));
  await other.leave();
});

test("a link to a view shows it; a private one is its owner's; it can be deleted", async () => {
  const root = server.pb.authStore;
  const view = await server.pb.send("/api/dashboard/views/authors", { method: "POST", body: { name: "By name", options: { s: "-name" } } });
  const p = await Person.arrive(browser, server, { at: `/c/authors?v=${view.id}` });
  await p.page.waitForURL(/s=-name/);
  await p.cell(0, 2).filter({ hasText: "Radia" }).waitFor();
  await p.page.reload();
  await button(p, "By name").click();
  await p.page.getByRole("button", { name: "Delete the view" }).click();
  await button(p, "Views").waitFor();
  assert.deepEqual((await server.pb.send("/api/dashboard/views/authors", {})).views, []);
  await p.leave();

  await server.pb.send("/api/dashboard/views/authors", { method: "POST", body: { name: "Mine alone" } });
  const shared = await server.pb.send("/api/dashboard/views/authors", { method: "POST", body: { name: "Ours", shared: true } });
  await server.pb.collection("_superusers").create({ email: "bea@example.com", password: "another long one", passwordConfirm: "another long one" });
  const { token, record } = { token: root.token, record: root.record };
  await server.pb.collection("_superusers").authWithPassword("bea@example.com", "another long one");
  assert.deepEqual((await server.pb.send("/api/dashboard/views/authors", {})).views.map((v) => v.id), [shared.id]);
  server.pb.authStore.save(token, record);
});

test("what the view that is shown first leaves out is never asked for, and it costs no request more", async () => {
  const collection = await server.pb.collections.create({ name: "tasks", type: "base", fields: [{ name: "title", type: "text" }, { name: "done", type: "bool" }] });
  for (const done of [true, false]) await server.pb.collection("tasks").create({ title: done ? "Done" : "Open", done });
  await server.pb.send("/api/dashboard/views/tasks", { method: "POST", body: { name: "To do", default: true, options: { q: "done = false", s: "-title", hidden: ["done"] } } });
  const named = await server.pb.send("/api/dashboard/views/tasks", { method: "POST", body: { name: "Done", options: { q: "done = true" } } });
  const p = await Person.arrive(browser, server, { at: "/login", signedIn: true });
  const asked = [];
  p.page.on("request", (r) => r.url().includes("/api/") && asked.push(new URL(r.url())));
  const rows = () => asked.filter((u) => u.pathname.includes("/tasks/records"));
  const unfiltered = () => rows().filter((u) => !u.searchParams.get("filter")).map(String);
  // In a fresh tab.
  await p.page.goto(`${server.url}/api/health`);
  asked.length = 0;
  await p.open("/c/tasks");
  await p.cell(0, 2).filter({ hasText: "Open" }).waitFor();
  const first = asked.findIndex((u) => u.pathname.endsWith("/records"));
  assert.ok(first <= 2, asked.map(String).join("\n"));
  assert.equal(rows()[0].searchParams.get("sort"), "-title");
  await p.page.waitForURL(/q=done/);
  assert.equal(await header(p, /done/).count(), 0);
  await p.page.getByText("1 record matches").waitFor();
  assert.deepEqual(unfiltered(), []);
  // From another collection, and by a link to a view that is not the first.
  await p.open("/c/authors");
  await p.cell(0, 2).filter({ hasText: "Ada" }).waitFor();
  await p.page.getByRole("link", { name: "tasks" }).click();
  await p.cell(0, 2).filter({ hasText: "Open" }).waitFor();
  await p.page.goto(`${server.url}/api/health`);
  await p.open(`/c/tasks?v=${named.id}`);
  await p.cell(0, 2).filter({ hasText: "Done" }).waitFor();
  await header(p, /done/).waitFor();
  assert.deepEqual(unfiltered(), []);
  // Who asks for all of them gets all.
  await button(p, "Done").click();
  await p.page.getByRole("button", { name: "All records" }).click();
  await p.page.getByText("2 records", { exact: true }).waitFor();
  assert.deepEqual(p.errors, []);
  await p.leave();
  await server.pb.collections.delete(collection.id);
});
