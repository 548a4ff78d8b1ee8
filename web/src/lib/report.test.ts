import { describe, expect, it } from "vitest";
import { reportOf } from "@/lib/report";

const place = { what: "The grid could not be shown", version: "1.2.3", screen: "/c/$name" };

/** What a browser throws when something is done with data. */
function thrown(work: () => unknown): Error {
  try {
    work();
  } catch (err) {
    return err as Error;
  }
  throw new Error("nothing was thrown");
}

describe("reportOf", () => {
  it("says what, where and in which version", () => {
    const said = reportOf({ error: thrown(() => (null as unknown as string).trim()), components: `\n    at Grid (${location.origin}/_/assets/grid.js:1:2)` }, place);
    for (const part of ["The grid could not be shown", "version: 1.2.3", "screen: /c/$name", "message: TypeError: Cannot read properties of null (reading 'trim')", "report.test", "    at Grid (/_/assets/grid.js:1:2)"]) expect(said).toContain(part);
    expect(said).not.toContain(location.origin);
  });

  it.each([
    ["JSON", () => JSON.parse('secret "data" here')],
    ["JSON in the middle", () => JSON.parse('{"a": "secret", "b": secret"more"}')],
    ["a text that is no object", () => "a" in ("secret data" as unknown as object)],
    ["an expression", () => new RegExp(["secret", "("].join(""))],
    ["several lines", () => { throw new Error('of "secret\n    at secret"'); }],
  ])("leaves out the data that a message quotes: %s", (_, work) => {
    const said = reportOf({ error: thrown(work) }, place);
    expect(said).toContain("message: ");
    expect(said.replaceAll("report.test.ts", "")).not.toContain("secret");
  });

  it("stands what is no error", () => {
    for (const error of [undefined, null, "secret", { secret: 1 }]) expect(reportOf({ error }, place)).not.toContain("secret");
  });
});
