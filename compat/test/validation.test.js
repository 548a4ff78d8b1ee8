import assert from "node:assert/strict";
import { test } from "node:test";
import { codes, fails, suite } from "../lib/suite.js";

const s = suite(async (admin) => {
  const targets = await admin.collections.create({ name: "targets", type: "base", fields: [{ name: "name", type: "text" }] });
  await admin.collections.create({
    name: "forms", type: "base", listRule: "", viewRule: "", createRule: "", updateRule: "",
    fields: [
      { name: "must", type: "text", required: true }, { name: "short", type: "text", min: 2, max: 5, pattern: "^[a-z]+$" }, { name: "once", type: "text" },
      { name: "n", type: "number", min: 1, max: 10, onlyInt: true }, { name: "mail", type: "email" }, { name: "link", type: "url" },
      { name: "html", type: "editor", maxSize: 10 }, { name: "day", type: "date", min: "2024-01-01 00:00:00.000Z" },
      { name: "pick", type: "select", maxSelect: 2, values: ["a", "b", "c"] }, { name: "data", type: "json", maxSize: 10 },
      { name: "at", type: "geoPoint" }, { name: "rel", type: "relation", collectionId: targets.id, maxSelect: 1 },
      { name: "rels", type: "relation", collectionId: targets.id, maxSelect: 2, minSelect: 0 }, { name: "secret", type: "password", min: 6 },
      { name: "doc", type: "file", maxSelect: 1, maxSize: 10, mimeTypes: ["text/plain"] },
    ],
    indexes: ["CREATE UNIQUE INDEX idx_forms_once ON forms (once) WHERE once != ''"],
  });
  await admin.collection("forms").create({ must: "x", once: "taken" });
});

const cases = {
  "nothing given": [{}, { must: "validation_required" }],
  "too short": [{ short: "a" }, { short: "validation_min_text_constraint" }],
  "too long": [{ short: "abcdef" }, { short: "validation_max_text_constraint" }],
  "wrong pattern": [{ short: "ABC" }, { short: "validation_invalid_format" }],
  "taken": [{ once: "taken" }, { once: "validation_not_unique" }],
  "too small": [{ n: -1 }, { n: "validation_min_number_constraint" }],
  "too big": [{ n: 11 }, { n: "validation_max_number_constraint" }],
  "no integer": [{ n: 1.5 }, { n: "validation_only_int_constraint" }],
  "no address": [{ mail: "x" }, { mail: "validation_is_email" }],
  "no url": [{ link: "x" }, { link: "validation_invalid_url" }],
  "too much html": [{ html: "<p>0123456789</p>" }, { html: "validation_content_size_limit" }],
  "too early": [{ day: "2023-01-01 00:00:00.000Z" }, { day: "validation_min_greater_equal_than_required" }],
  "not a choice": [{ pick: ["q"] }, { pick: "validation_invalid_value" }],
  "too many choices": [{ pick: ["a", "b", "c"] }, { pick: "validation_too_many_values" }],
  "too much json": [{ data: { a: "0123456789" } }, { data: "validation_json_size_limit" }],
  "off the map": [{ at: { lon: 0, lat: 91 } }, { at: "validation_invalid_latitude" }],
  "points nowhere": [{ rel: "nowhere00000000" }, { rel: "validation_missing_rel_records" }],
  "too weak": [{ secret: "abc" }, { secret: "validation_min_text_constraint" }],
  "an id that exists": [{ id: "short" }, { id: "validation_min_text_constraint" }],
};

for (const [name, [body, want]] of Object.entries(cases)) {
  test(name, async () => {
    const given = name === "nothing given" ? body : { must: "x", ...body };
    const error = await fails(s.client().collection("forms").create(given), 400);
    assert.equal(error.response.status, 400);
    assert.equal(error.response.message, "Failed to create record.");
    assert.equal(error.message, "Failed to create record.");
    assert.deepEqual(codes(error), want);
    for (const detail of Object.values(error.response.data)) assert.match(detail.message, /^[A-Z].*[.!?]$/s);
  });
}

test("all mistakes at once, and on update", async () => {
  const forms = s.client().collection("forms");
  const error = await fails(forms.create({ short: "A", n: 11, mail: "x" }), 400);
  assert.deepEqual(Object.keys(error.response.data).sort(), ["mail", "must", "n", "short"]);
  const made = await forms.create({ must: "x" });
  const update = await fails(forms.update(made.id, { n: 99, id: "another00000000" }), 400);
  assert.equal(update.response.message, "Failed to update record.");
  assert.equal(codes(update).n, "validation_max_number_constraint");
});
