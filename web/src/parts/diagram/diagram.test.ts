import { expect, test } from "vitest";
import type { Collection } from "@/lib/collections";
import { asMermaid, asSVG } from "@/parts/diagram/export";
import { layOut, wayOf, width } from "@/parts/diagram/layout";
import { around, edgeWords, found, graphOf } from "@/parts/diagram/model";

const relation = (name: string, to: string, more: object = {}) => ({ id: name, name, type: "relation", collectionId: to, maxSelect: 1, ...more });
const collection = (name: string, fields: object[] = [], more: object = {}) => ({ id: `${name}_id`, name, type: "base", system: false, fields: [{ id: "id", name: "id", type: "text" }, ...fields], indexes: [], ...more }) as unknown as Collection;

const shop = [
  collection("users", [], { type: "auth" }),
  collection("posts", [{ id: "t", name: "title", type: "text" }, relation("author", "users_id", { required: true, cascadeDelete: true }), relation("tags", "tags_id", { maxSelect: 9 })]),
  collection("tags", [relation("parent", "tags_id")]),
  collection("profiles", [relation("user", "users_id")], { indexes: ["CREATE UNIQUE INDEX `idx` ON `profiles` (`user`)"] }),
  collection("a", [relation("b", "b_id")]),
  collection("b", [relation("a", "a_id")]),
  collection("alone"),
  collection("_hidden", [relation("user", "users_id")], { system: true }),
];

test("relations have the cardinality of their fields", () => {
  const { edges, boxes } = graphOf(shop, false);
  const many = Object.fromEntries(edges.map((e) => [`${e.from}.${e.field}`, e.many.join(" ")]));
  expect(many).toEqual({ "posts_id.author": "0..n 1", "posts_id.tags": "0..n 0..n", "tags_id.parent": "0..n 0..1", "profiles_id.user": "0..1 0..1", "a_id.b": "0..n 0..1", "b_id.a": "0..n 0..1" });
  expect(edgeWords(edges[0]!, (id) => boxes.find((b) => b.id === id)!.name)).toBe("author points to exactly one of users; records are deleted with it");
  expect(graphOf(shop, true).boxes).toHaveLength(8);
});

test("no two boxes lie on each other, and what is pointed to stands left", () => {
  const big = Array.from({ length: 100 }, (_, i) => collection(`c${i}`, [...Array.from({ length: 12 }, (_, f) => ({ id: `f${f}`, name: `f${f}`, type: "text" })), relation("one", `c${i >> 1}_id`), relation("two", `c${(i * 7) % 50}_id`)]));
  for (const g of [graphOf(shop, false), graphOf(big, false)]) {
    const plan = layOut(g);
    const all = [...plan.placed.values()];
    expect(all).toHaveLength(g.boxes.length);
    for (const p of all) {
      expect(p.x >= 0 && p.y >= 0 && p.x + width <= plan.width && p.y + p.height <= plan.height).toBe(true);
      for (const q of all) if (p !== q) expect(p.x + width <= q.x || q.x + width <= p.x || p.y + p.height <= q.y || q.y + q.height <= p.y).toBe(true);
    }
    for (const e of g.edges) expect(wayOf(e, plan).path).not.toContain("NaN");
  }
  const plan = layOut(graphOf(shop, false));
  expect(plan.placed.get("users_id")!.x).toBeLessThan(plan.placed.get("posts_id")!.x);
});

test("a collection's neighbours, and what is looked for", () => {
  const g = graphOf(shop, false);
  expect(around(g, "posts_id").boxes.map((b) => b.name)).toEqual(["users", "posts", "tags"]);
  expect(found(g, "USER").map((b) => b.name)).toEqual(["users", "profiles"]);
  expect(found(g, " ")).toEqual([]);
});

test("it is saved as Mermaid and as a picture", () => {
  const g = graphOf(shop, false);
  const text = asMermaid(g);
  expect(text).toMatch(/^erDiagram\n/);
  expect(text).toContain("  posts {\n    text id PK\n    text title\n    relation author FK\n    relation tags FK\n  }\n");
  expect(text).toContain("  posts }o--|| users : author\n");
  expect(text).toContain("  posts }o--o{ tags : tags\n");
  expect(text).toContain("  profiles |o--o| users : user\n");
  const svg = new DOMParser().parseFromString(asSVG(g), "image/svg+xml");
  expect(svg.querySelectorAll("path[stroke-width]")).toHaveLength(g.edges.length);
  expect([...svg.querySelectorAll("text")].map((t) => t.textContent)).toContain("profiles");
});
