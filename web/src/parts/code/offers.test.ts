import { CompletionContext, type CompletionResult, type CompletionSource } from "@codemirror/autocomplete";
import { ensureSyntaxTree } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";
import { html } from "@/parts/code/html";
import type { Extension } from "@codemirror/state";
import { sql } from "@/parts/code/sql";

/** What is offered where the text ends: what is shown, and what is written when it is more than that. */
async function offers(doc: string, language: Extension): Promise<Map<string, string>> {
  const state = EditorState.create({ doc, extensions: language });
  ensureSyntaxTree(state, doc.length, 5000);
  const found = new Map<string, string>();
  for (const source of state.languageDataAt<CompletionSource>("autocomplete", doc.length)) {
    const result: CompletionResult | null = await source(new CompletionContext(state, doc.length, true));
    for (const o of result?.options ?? []) found.set(o.label, typeof o.apply === "string" ? o.apply : o.label);
  }
  return found;
}

const names = { posts: ["id", "viewCount"], authors: ["id", "email"] };

test.each(["sqlite", "postgres"])("tables and columns are offered for %s", async (engine) => {
  expect([...(await offers("SELECT * FROM ", sql(engine, names))).keys()]).toEqual(expect.arrayContaining(["posts", "authors", "SELECT"]));
  const columns = await offers("SELECT * FROM posts WHERE posts.", sql(engine, names));
  expect([...columns.keys()].toSorted()).toEqual(["id", "viewCount"]);
});

test("PostgreSQL's names that hold capitals are quoted", async () => {
  const columns = await offers("SELECT * FROM posts WHERE posts.", sql("postgres", names));
  expect(columns.get("viewCount")).toBe('"viewCount"');
});

test("placeholders are offered after a brace, in texts and in attributes", async () => {
  for (const doc of ["<p>Dear {RE", '<a href="{RE']) expect([...(await offers(doc, html(["RECORD:name", "TOKEN"]))).keys()], doc).toEqual(expect.arrayContaining(["{RECORD:name}", "{TOKEN}"]));
});
