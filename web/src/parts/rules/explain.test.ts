import { describe, expect, test } from "vitest";
import { accountText, comparisons, failingFirst, opWords, readAccount, readBody, readPairs, sideText, type Clause, type ExplainedRow, type Side } from "@/parts/rules/explain";

const side = (text: string, ...values: Side["values"]): Side => ({ text, known: true, values, more: false });

describe("a rule taken apart", () => {
  test("values tell nothing, the empty text and zero apart; a constant is not said twice", () => {
    expect(sideText(side("title", null))).toBe("nothing");
    expect(sideText(side("title", ""))).toBe('""');
    expect(sideText(side("n", 0))).toBe("0");
    expect(sideText(side("open", false))).toBe("false");
    expect(sideText(side("members.id", "a", "b"))).toBe('"a", "b"');
    expect(sideText(side("members.id"))).toBe("no value");
    expect(sideText(side("'x'", "x"))).toBe("");
    expect(sideText({ ...side("@collection.a.b"), known: false })).toBe("known to the database alone");
  });
  test("the words are true whatever came of it", () => {
    expect(opWords(">", "yes")).toBe("is more than");
    expect(opWords(">", "no")).toBe("is not more than");
    expect(opWords("?=", "no")).toBe("(all of them) is not");
    expect(opWords(">", "unknown")).toBe("cannot be compared with");
  });
  test("comparisons stand in the order of the text", () => {
    const leaf = (text: string) => ({ text, children: [] }) as unknown as Clause;
    const tree = { children: [leaf("a"), { children: [leaf("b"), leaf("c")] }] } as unknown as Clause;
    expect(comparisons(tree).map((c) => c.text)).toEqual(["a", "b", "c"]);
  });
  test("rows that fail a part come first, else in their order", () => {
    const row = (id: string, ...clauses: ExplainedRow["clauses"]) => ({ id, clauses }) as ExplainedRow;
    const rows = [row("a", "yes", "no"), row("b", "no", "yes"), row("c", "yes", "unknown")];
    expect(failingFirst(rows, 1).map((r) => r.id)).toEqual(["a", "c", "b"]);
    expect(failingFirst(rows, undefined).map((r) => r.id)).toEqual(["a", "b", "c"]);
  });
});

test("an account in the address comes back; anything else is a guest", () => {
  expect(readAccount(accountText({ collection: "users", id: "a1" }))).toEqual({ collection: "users", id: "a1" });
  expect(readAccount(undefined)).toBe("guest");
  expect(readAccount("nobody")).toBe("guest");
});

test("bodies are objects, pairs are lines", () => {
  expect(readBody("")).toEqual({});
  expect(readBody('{"a":1}')).toEqual({ a: 1 });
  expect(readBody("[1]")).toBeUndefined();
  expect(readBody("{")).toBeUndefined();
  expect(readPairs("X-Key: a b\npage=2\nnonsense")).toEqual({ "X-Key": "a b", page: "2" });
});
