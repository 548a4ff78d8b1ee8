import type { Row } from "@/fields/kind";
import type { Collection, FieldDef } from "@/lib/collections";

const field = (type: string, name: string, more: object = {}): FieldDef => ({ id: `story${name}`, name, type, ...more });

/** One field of every type. A relation leads to the superusers: they are always there. */
export const fields: FieldDef[] = [
  field("text", "id", { system: true, primaryKey: true }),
  field("text", "title", { required: true, presentable: true, max: 40 }),
  field("editor", "body"),
  field("number", "views"),
  field("bool", "published"),
  field("email", "mail"),
  field("url", "site"),
  field("date", "at"),
  field("autodate", "created"),
  field("select", "status", { values: ["draft", "review", "done"], maxSelect: 1 }),
  field("select", "tags", { values: ["go", "js", "db"], maxSelect: 3 }),
  field("file", "paper", { maxSelect: 2 }),
  field("relation", "author", { collectionId: "_superusers", maxSelect: 1 }),
  field("json", "meta"),
  field("geoPoint", "place"),
  field("password", "secret", { hidden: true }),
];

/** A collection that is nowhere: its name is not asked for. */
export const sample: Collection = {
  id: "story", name: "stories", type: "base", system: false, created: "", updated: "", fields, indexes: [],
  listRule: "published = true", viewRule: "", createRule: '@request.auth.id != ""', updateRule: "author = @request.auth.id", deleteRule: null,
};

/** A record of it with a value in every field. */
export const row: Row = {
  id: "000000000000001", collectionId: "story", collectionName: "stories", title: "A title", body: "<p>Some <b>text</b></p>", views: 1200, published: true, mail: "ada@example.com",
  site: "https://example.com", at: "2026-03-04 05:06:07.000Z", created: "2026-03-04 05:06:07.000Z", status: "review", tags: ["go", "db"], paper: ["report.pdf"], author: "000000000000002",
  meta: { n: 1 }, place: { lat: 47.5, lon: 19.04 }, expand: { author: { id: "000000000000002", collectionId: "_superusers", collectionName: "_superusers", email: "grace@example.com" } },
};

/** And one with none. */
export const blank: Row = { id: "000000000000003", collectionId: "story", collectionName: "stories", title: "", body: "", views: 0, published: false, mail: "", site: "", at: "", created: "", status: "", tags: [], paper: [], author: "", meta: null, place: { lat: 0, lon: 0 } };
