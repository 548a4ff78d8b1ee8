// The diagram (specification §5.10).
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { frames, idleFrames } from "./measured.mjs";
import { seed } from "./server.mjs";

fixture(() => seed(server.pb, 3));

const box = (p, name) => p.page.locator(`[data-box="${name}"]`);

test("collections with their fields, relations with their ends; a collection is found, focused and opened", async () => {
  const p = await Person.arrive(browser, server, { at: "/diagram" });
  await box(p, "posts").getByText("pictures", { exact: true }).waitFor();
  assert.equal(await p.page.locator("[data-box]").count(), 3);
  assert.deepEqual(await p.page.locator('[data-edge="author"] text').allTextContents(), ["0..n", "0..1"]);
  await p.page.keyboard.press("f");
  await p.type("auth");
  await p.page.getByRole("status").filter({ hasText: "2 found" }).waitFor();
  await p.page.keyboard.press("Enter");
  await p.page.getByRole("button", { name: "Focus on it" }).click();
  await p.page.getByText("around authors").waitFor();
  assert.match(p.page.url(), /diagram\?c=authors/);
  await box(p, "users").waitFor({ state: "detached" });
  await box(p, "posts").waitFor();
  for (const theme of ["light", "dark"]) {
    await p.page.emulateMedia({ colorScheme: theme });
    assert.deepEqual(await p.axe(), [], `A11Y-1 ${theme}`);
  }
  await box(p, "posts").dblclick({ position: { x: 60, y: 100 } });
  await p.page.getByRole("heading", { level: 1, name: "Fields of posts" }).waitFor();
  await p.page.goBack();
  await p.page.getByText("around authors").waitFor();
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("it is saved as SVG and as Mermaid", async () => {
  const p = await Person.arrive(browser, server, { at: "/diagram" });
  const saved = async (name) => {
    await p.page.getByRole("button", { name: "Export" }).click();
    const [file] = await Promise.all([p.page.waitForEvent("download"), p.page.getByRole("menuitem", { name }).click()]);
    return readFile(await file.path(), "utf8");
  };
  assert.match(await saved("Save as SVG"), /^<svg [\s\S]*>authors<[\s\S]*<\/svg>\n$/);
  assert.match(await saved("Save as Mermaid"), /^erDiagram\n[\s\S]* posts }o--o\| authors : author\n$/);
  await p.leave();
});

test("DIA-2 the list says all that the diagram shows, and axe finds nothing in it", async () => {
  const p = await Person.arrive(browser, server, { at: "/diagram?layout=list" });
  const list = p.page.getByRole("list", { name: "Collections and their relations" });
  const posts = list.getByRole("listitem").filter({ has: p.page.getByRole("heading", { name: /^posts/ }) });
  await posts.getByText("author points to one or none of authors").waitFor();
  await posts.getByText(/title \(text\), views \(number\)/).waitFor();
  await list.getByText("Pointed to by posts.author").waitFor();
  for (const theme of ["light", "dark"]) {
    await p.page.emulateMedia({ colorScheme: theme });
    assert.deepEqual(await p.axe(), [], `A11Y-1 ${theme}`);
  }
  await p.leave();
});

test("DIA-1 100 collections with 1,500 fields are moved without jank", async (t) => {
  const text = (n) => ({ name: `field${n}`, type: "text" });
  const made = Array.from({ length: 100 }, (_, i) => ({
    id: `large${String(i).padStart(10, "0")}`,
    name: `large${i}`,
    type: "base",
    fields: [...Array.from({ length: 12 }, (_, n) => text(n)), { name: "above", type: "relation", collectionId: `large${String(i >> 1).padStart(10, "0")}`, maxSelect: 1 }, { name: "beside", type: "relation", collectionId: `large${String((i * 7) % 50).padStart(10, "0")}`, maxSelect: 5 }],
  }));
  await server.pb.collections.import(made);
  const p = await Person.arrive(browser, server, { at: "/diagram" });
  await box(p, "large99").waitFor();
  await p.press("+"); // of more than a hundred the names alone are drawn until one comes near
  await box(p, "large99").getByText("field11").waitFor({ state: "attached" });
  assert.ok((await p.page.locator("[data-box] li").count()) >= 1500);
  const canvas = p.page.getByRole("region", { name: "Diagram" });
  const area = await canvas.boundingBox();
  const [x, y] = [area.x + area.width - 30, area.y + area.height - 30];
  // A machine that is busy with something else drops frames, too: the best of a few counts.
  const { p95: idle } = await idleFrames(p);
  const bar = Math.max(34, 2 * idle);
  let moved = Infinity;
  for (let tries = 0; tries < 6 && moved > bar; tries++) {
    const back = tries % 2 === 1; // to and fro
    const at = (i) => (back ? [x - 720 + i * 12, y - 420 + i * 7] : [x - i * 12, y - i * 7]);
    const { p95: took } = await frames(p, async () => {
      await p.page.mouse.move(...at(0));
      await p.page.mouse.down();
      for (let i = 1; i <= 60; i++) await p.page.mouse.move(...at(i));
      if (!back) assert.ok((await canvas.evaluate((el) => el.scrollLeft)) > 300, "it was moved");
      await p.page.mouse.up();
    });
    moved = Math.min(moved, took);
  }
  t.diagnostic(`p95 of a frame: ${moved.toFixed(1)} ms moved, ${idle.toFixed(1)} ms idle`);
  assert.ok(moved <= bar, `${moved} ms, idle ${idle} ms`);
  assert.deepEqual(p.errors, []);
  await p.leave();
});
