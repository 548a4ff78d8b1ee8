// SQL, realtime, and definitions carried over: the criteria of the dashboard's specification §5.12, §5.13 and §5.18.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { seed, startServer } from "./server.mjs";

fixture(() => seed(server.pb, 3), () => startServer("--enable-sql"));

const downloaded = async (p, button) => {
  const [file] = await Promise.all([p.page.waitForEvent("download"), button.click()]);
  return readFile(await file.path(), "utf8");
};

const statement = (p) => p.page.getByRole("textbox", { name: "Statement" });

/** A client that listens as any other does; it ends with its stream. */
async function listener(...topics) {
  const stream = await fetch(`${server.url}/api/realtime`);
  const reader = stream.body.getReader();
  const id = /"clientId":"(\w+)"/.exec(new TextDecoder().decode((await reader.read()).value))[1];
  const headers = { "Content-Type": "application/json" };
  await fetch(`${server.url}/api/realtime`, { method: "POST", headers, body: JSON.stringify({ clientId: id, subscriptions: topics }) });
  return { id, close: () => reader.cancel().catch(() => {}) };
}

test("task: run a statement with Ctrl+Enter; SQL-3 the result is saved as CSV and JSON", async () => {
  const p = await Person.arrive(browser, server, { at: "/sql" });
  await statement(p).fill("SELECT title, views, author FROM posts ORDER BY title LIMIT 2");
  p.begin();
  await p.press("Control+Enter");
  await p.page.getByRole("region", { name: "Rows" }).getByRole("cell", { name: "Post 1" }).waitFor();
  assert.equal(p.clicks + p.keys, 1);
  await p.page.getByText(/^2 rows/).waitFor();
  assert.deepEqual(await p.axe(), [], "A11Y-1");
  assert.match(await downloaded(p, p.page.getByRole("button", { name: "Save as CSV" })), /^title,views,author\r\nPost 0,0,/);
  assert.equal(JSON.parse(await downloaded(p, p.page.getByRole("button", { name: "Save as JSON" })))[1].title, "Post 1");
  await p.page.reload();
  await statement(p).getByText("SELECT").waitFor();
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("SQL-2 writes and secrets are refused by the server; an error has its place; the rest of many rows is said", async () => {
  const p = await Person.arrive(browser, server, { at: "/sql", theme: "dark" });
  const run = async (sql, want) => {
    await statement(p).fill(sql);
    await p.page.keyboard.press("Control+Enter");
    await p.page.getByText(want).first().waitFor();
  };
  await run("DELETE FROM posts", "The console only reads");
  await run("SELECT tokenKey FROM users", "users.tokenKey holds secrets");
  await run("SELECT id,\ntitel FROM posts", /titel.*\(line 2, column 1\)/);
  assert.deepEqual(await p.axe(), [], "A11Y-1 dark");
  await run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT i FROM n", "The first 1,000 of more");
  assert.equal((await server.pb.collection("posts").getList(1, 1)).totalItems, 3);
  await p.leave();
});

test("what was typed in the moment before Ctrl+Enter runs", async () => {
  const p = await Person.arrive(browser, server, { at: "/sql" });
  await p.page.locator(".cm-content").focus();
  await p.atOnce("SELECT 'typed' AS word", "Enter");
  await p.page.getByRole("region", { name: "Rows" }).getByRole("cell", { name: "typed" }).waitFor();
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("SQL-1 stopping ends the statement", async () => {
  const p = await Person.arrive(browser, server, { at: "/sql" });
  const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
  for (let i = 0; i < 3; i++) {
    // More often than statements may run at once: each made room for the next.
    await statement(p).fill(endless + " ".repeat(i));
    await p.page.keyboard.press("Control+Enter");
    await p.page.getByRole("button", { name: "Stop" }).click();
    await p.page.getByText("Stopped.").waitFor();
  }
  await statement(p).fill("SELECT 7 AS n");
  await p.page.keyboard.press("Control+Enter");
  await p.page.getByText(/^1 row/).waitFor();
  await p.leave();
});

test("the rail has SQL only where it is on", async () => {
  const off = await startServer();
  const p = await Person.arrive(browser, off, { at: "/sql" });
  await p.page.getByText("The SQL console is off.").waitFor();
  assert.equal(await p.page.getByRole("link", { name: "SQL" }).count(), 0);
  await p.leave();
  await off.close();
});

test("RT-2 what is in events shows only when asked for; pause and filter; RT-3 a client is disconnected", async () => {
  const p = await Person.arrive(browser, server, { at: "/realtime" });
  const other = await listener("authors/*");
  const { id } = other;
  const line = p.page.getByRole("row", { name: `Connection ${id}` });
  await line.getByText("authors/*").waitFor();
  await p.page.getByRole("button", { name: "Listen to" }).click();
  await p.page.getByRole("menuitemcheckbox", { name: "authors" }).click();
  await p.page.getByText("Nothing has happened yet.").waitFor();
  await p.page.getByText("this tab").waitFor();
  const made = await server.pb.collection("authors").create({ name: "Katherine" });
  await p.page.getByRole("link", { name: `authors/${made.id}` }).waitFor();
  assert.equal(await p.page.getByText("Katherine").count(), 0);
  await p.page.getByLabel("Show what is in them").check();
  await p.page.getByText("Katherine").waitFor();
  assert.deepEqual(await p.axe(), [], "A11Y-1");
  await p.page.getByRole("button", { name: "Pause" }).click();
  await server.pb.collection("authors").update(made.id, { name: "Mary" });
  await p.page.getByRole("button", { name: "Go on (1 new)" }).click();
  await p.page.getByText("2 events").waitFor();
  await p.page.getByLabel("Filter the events").fill("update");
  await p.page.getByText("1 event", { exact: true }).waitFor();
  await p.page.getByRole("button", { name: `End the connection ${id}` }).click();
  await p.page.getByRole("button", { name: "End it" }).click();
  await line.waitFor({ state: "detached" });
  await other.close();
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("definitions are exported, reviewed with what is lost, and imported", async () => {
  const p = await Person.arrive(browser, server, { at: "/settings/collections" });
  const file = JSON.parse(await downloaded(p, p.page.getByRole("button", { name: /^Save \d+ as JSON/ })));
  assert.ok(file.some((c) => c.name === "posts") && !file.some((c) => c.system));
  await p.page.getByLabel("or its text").fill(JSON.stringify(file));
  await p.page.getByText("The file changes nothing.").waitFor();
  const posts = file.find((c) => c.name === "posts");
  posts.fields = posts.fields.filter((f) => f.name !== "site");
  posts.fields.push({ name: "subtitle", type: "text" });
  posts.listRule = null;
  const wanted = [...file, { name: "rooms", type: "base", fields: [{ name: "seats", type: "number" }] }];
  await p.page.getByLabel("or its text").fill(JSON.stringify(wanted));
  await p.page.getByRole("switch", { name: "Drop what the file leaves out" }).click();
  await p.page.getByRole("listitem", { name: "rooms: new" }).waitFor();
  const card = p.page.getByRole("listitem", { name: "posts: changed" });
  await card.getByText("site is dropped: 3 values are lost.").waitFor();
  await card.getByText("subtitle is added.").waitFor();
  await card.getByText("listRule is another one.").waitFor();
  assert.deepEqual(await p.axe(), [], "A11Y-1");
  await p.page.keyboard.press("Control+s");
  await p.page.getByText("3 values cannot be brought back.").waitFor();
  await p.page.getByRole("button", { name: "Import and lose it" }).click();
  await p.page.getByText("2 collections imported.").waitFor();
  const now = await server.pb.collections.getOne("posts");
  assert.ok(now.fields.some((f) => f.name === "subtitle") && !now.fields.some((f) => f.name === "site") && now.listRule === null);
  await server.pb.collections.getOne("rooms");
  await p.page.getByLabel("or its text").fill("[{");
  await p.page.getByText(/This is no JSON/).waitFor();
  assert.deepEqual(p.errors, []);
  await p.leave();
});
