import { describe, expect, test } from "vitest";
import type { Collection, FieldDef } from "@/lib/collections";
import { languages } from "@/parts/snippets/languages";
import { actionsOf, requestOf, type Knobs, type Slug } from "@/parts/snippets/request";
import { valueOf, writable, type Known } from "@/parts/snippets/values";

const field = (type: string, name: string, options: object = {}): FieldDef => ({ id: name, name, type, ...options });

function collection(type: Collection["type"], fields: FieldDef[], more: object = {}): Collection {
  const all = [field("text", "id", { primaryKey: true, system: true, required: true }), ...fields, field("autodate", "created")];
  return { id: "c1", name: "posts", type, system: false, created: "", updated: "", fields: all, indexes: [], listRule: "", viewRule: "", createRule: "", updateRule: "", deleteRule: "", ...more };
}

const posts = collection(
  "base",
  [
    field("text", "title", { max: 6 }),
    field("text", "slug", { pattern: "^[a-z]+$" }),
    field("text", "code", { min: 12 }),
    field("number", "views", { min: 5 }),
    field("select", "status", { values: ["it's", "done"] }),
    field("relation", "author", { collectionId: "c2", maxSelect: 1 }),
    field("file", "picture"),
    field("text", "inner", { hidden: true }),
  ],
  { indexes: ["CREATE UNIQUE INDEX `i` ON `posts` (`code`)"] },
);
const accounts = collection("auth", [field("password", "password", { system: true }), field("text", "tokenKey", { system: true, hidden: true, required: true }), field("email", "email", { system: true }), field("text", "name")], { passwordAuth: { enabled: true, identityFields: ["email"] } });

const known: Known = {
  base: "https://api.example.org/sub",
  record: { id: "rec000000000001", collectionId: "c1", collectionName: "posts", slug: "stored", email: "ada@example.org" },
  related: { author: ["aut000000000001"] },
  letters: "k3f9q",
};

function write(c: Collection, slug: Slug, language: string, knobs: Knobs = {}, more: Partial<Known> = {}): string {
  const k = { ...known, ...more };
  const r = requestOf(c, actionsOf(c).find((a) => a.slug === slug)!, knobs, k);
  return languages.find((l) => l.slug === language)!.write(r, k.base);
}

describe("a body is made of the fields that may be sent, with values that they accept", () => {
  test("which fields", () => expect(writable(posts).map((f) => f.name)).toEqual(["title", "slug", "code", "views", "status", "author"]));
  for (const [name, want] of [["title", "A titl"], ["slug", "stored"], ["code", "code k3f9q.."], ["views", 5], ["status", "it's"], ["author", "aut000000000001"]] as const)
    test(name, () => expect(valueOf(posts, posts.fields.find((f) => f.name === name)!, known)).toBe(want));
  test("lists hold as many as they have to, addresses have allowed domains", () => {
    const values = ["a", "b", "c"];
    expect(valueOf(posts, field("select", "tags", { values, maxSelect: 3, minSelect: 3 }), known)).toEqual(values);
    expect(valueOf(posts, field("email", "to", { onlyDomains: ["holdall.dev"] }), known)).toBe("ada@holdall.dev");
    expect(valueOf(posts, field("relation", "none", { maxSelect: 1 }), known)).toBeUndefined();
    expect(valueOf(posts, field("date", "at", { min: "2030-01-01 00:00:00.000Z" }), known)).toBe("2030-01-01 00:00:00.000Z");
  });
  test("a change leaves alone what tells records apart", () => {
    expect(requestOf(posts, actionsOf(posts).find((a) => a.slug === "update")!, {}, known).body).toEqual({ title: "A titl", slug: "stored" });
  });
});

test("JavaScript: a list with all knobs", () => {
  expect(write(posts, "list", "javascript", { page: "2", perPage: "5", sort: "-views", filter: `title != "x"`, expand: "author", fields: "id,title" })).toBe(`import PocketBase from "pocketbase";

const pb = new PocketBase("https://api.example.org/sub");

const page = await pb.collection("posts").getList(2, 5, {
  sort: "-views",
  filter: "title != \\"x\\"",
  expand: "author",
  fields: "id,title",
});
console.log(page.items);
`);
});

test("curl: whatever a value is, it stays one word of the shell", () => {
  expect(write(posts, "list", "curl", { filter: `title = 'x'` })).toContain(`--data-urlencode 'filter=title = '\\''x'\\'''`);
  expect(write(posts, "create", "curl")).toContain(`"status": "it'\\''s"`);
  expect(write(posts, "subscribe", "curl")).toContain(`"subscriptions":["posts/*"]}'`);
});

test("Dart: a dollar in a text is no variable, and a superuser signs in first", () => {
  const text = write(posts, "list", "dart", { filter: `title = "$x"` }, { as: { collection: "_superusers", identity: "root@example.org" } });
  expect(text).toContain(`filter: "title = \\"\\$x\\""`);
  expect(text).toContain(`await pb.collection("_superusers").authWithPassword("root@example.org", Platform.environment["PASSWORD"]!);`);
});

test("a password stands in no example; curl sends it beside the JSON", () => {
  expect(write(accounts, "create", "javascript")).toContain("  password: process.env.PASSWORD,\n  passwordConfirm: process.env.PASSWORD,\n");
  expect(write(accounts, "create", "curl")).toContain(`--form-string "password=$PASSWORD"`);
  expect(write(accounts, "create", "curl")).toContain(`"email": "k3f9q@example.com"`);
  expect(write(accounts, "sign-in", "javascript")).toContain(`authWithPassword("ada@example.org", process.env.PASSWORD)`);
});

test("what a collection has none of is not offered", () => {
  expect(actionsOf(collection("view", [])).map((a) => a.slug)).toEqual(["list", "view"]);
  expect(actionsOf(posts).map((a) => a.slug)).not.toContain("sign-in");
});

test("API-2 no example has a name that is not the collection's", () => {
  for (const c of [posts, accounts])
    for (const a of actionsOf(c))
      for (const l of languages) {
        const text = write(c, a.slug, l.slug, { fields: "id" });
        expect(text, `${a.slug} ${l.slug}`).not.toMatch(/RECORD_ID|YOUR|placeholder|someField|example_|undefined|\[object|Symbol/);
        expect(text).toContain(a.slug === "subscribe" && l.slug === "curl" ? "https://api.example.org/sub/api/realtime" : "https://api.example.org/sub");
        if (["view", "update", "delete"].includes(a.slug)) expect(text).toContain("rec000000000001");
      }
});
