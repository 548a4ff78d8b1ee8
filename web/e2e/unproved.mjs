// Lists the criteria of the screens that exist whose ids stand in no test's name. Fails when there is one.
import { readdir, readFile } from "node:fs/promises";

const built = ["AUTH-1", "AUTH-2", "AUTH-3", "AUTH-4", "AUTH-5", "GRID-1", "GRID-2", "GRID-3", "GRID-4", "GRID-5", "GRID-6", "GRID-7", "GRID-8", "GRID-9", "REC-1", "REC-2", "REC-3", "REC-5", "REC-6",
  "IMP-1", "IMP-2", "IMP-3", "SCH-1", "SCH-2", "SCH-3", "SCH-4", "SCH-5", "RULE-1", "RULE-2", "RULE-3", "RULE-4", "RULE-5", "DIA-1", "DIA-2", "SQL-1", "SQL-2", "SQL-3", "RT-1", "RT-2", "RT-3", "ACC-1", "ACC-2", "ACC-3", "AU-1", "AU-2", "AU-3", "SET-1", "SET-2", "PAL-1", "PAL-2", "PAL-3",
  "URL-1", "URL-2", "URL-3", "URL-4", "URL-5", "A11Y-1", "A11Y-2", "A11Y-3", "A11Y-4", "A11Y-5", "A11Y-6", "A11Y-7", "API-1", "API-2", "ROB-1", "ROB-2", "ROB-3", "ROB-4", "ROB-5", "SEC-1", "SEC-2"];

const here = new URL(".", import.meta.url);
let names = "";
for (const file of await readdir(here)) {
  if (!file.endsWith(".test.mjs")) continue;
  for (const [, name] of (await readFile(new URL(file, here), "utf8")).matchAll(/\btest\((["'`].*?["'`]), /g)) names += name + "\n";
}
const unproved = built.filter((id) => !new RegExp(`\\b${id}\\b`).test(names));
console.log(unproved.length ? `in no test's name: ${unproved.join(", ")}` : "every criterion stands in a test's name");
process.exitCode = unproved.length ? 1 : 0;
