import { kindOf } from "@/fields";
import type { Row } from "@/fields/kind";
import type { Collection } from "@/lib/collections";
import { grouped } from "@/lib/number";
import { pb, problem } from "@/lib/pb";
import type { Ask } from "@/lib/rows";
import { toast, toastFailed } from "@/parts/toast";

export type Form = "csv" | "json" | "ndjson";

const types: Record<Form, string> = { csv: "text/csv", json: "application/json", ndjson: "application/x-ndjson" };

/** A value as a CSV cell. What a spreadsheet would run as a formula gets an apostrophe. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const columnsOf = (c: Collection) => c.fields.filter((f) => f.type !== "password" && f.name !== "tokenKey");

/** Rows in a form, as parts of a file; the head of CSV stands before the first. */
export function encode(c: Collection, rows: Row[], form: Form, first: boolean): string {
  const columns = columnsOf(c);
  const bare = (r: Row) => Object.fromEntries(columns.map((f) => [f.name, r[f.name]]));
  if (form === "ndjson") return rows.map((r) => JSON.stringify(bare(r)) + "\n").join("");
  if (form === "json") return rows.map((r, i) => (first && i === 0 ? "[\n" : ",\n") + JSON.stringify(bare(r))).join("");
  const head = first ? columns.map((f) => csvCell(f.name)).join(",") + "\r\n" : "";
  return head + rows.map((r) => columns.map((f) => csvCell(kindOf(f).text(r[f.name], f))).join(",") + "\r\n").join("");
}

function download(c: Collection, parts: string[], form: Form): void {
  if (form === "json") parts.push(parts.length ? "\n]\n" : "[]\n");
  const url = URL.createObjectURL(new Blob(parts, { type: types[form] }));
  Object.assign(document.createElement("a"), { href: url, download: `${c.name}.${form}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Saves some rows as a file. */
export function exportRows(c: Collection, rows: Row[], form: Form): void {
  download(c, [encode(c, rows, form, true)], form);
  toast(`${rows.length} records exported.`);
}

/** Saves all records that match as a file, whatever is loaded; they are read by id, so that none is missed. */
export async function exportRecords(ask: Ask, form: Form, total?: number): Promise<void> {
  const c = ask.collection;
  const parts: string[] = [];
  let got = 0;
  let after = "";
  if ((total ?? 0) > 5000) toast(`Reading ${grouped(total!)} records…`);
  try {
    for (;;) {
      const filter = [ask.filter && `(${ask.filter})`, after && pb.filter("id > {:after}", { after })].filter(Boolean).join(" && ");
      const { items } = await pb.collection(c.name).getList<Row>(1, 1000, { skipTotal: true, sort: "id", filter: filter || undefined });
      if (items.length) parts.push(encode(c, items, form, got === 0));
      got += items.length;
      after = items.at(-1)?.id ?? "";
      if (items.length < 1000) break;
    }
    download(c, parts, form);
    toast(`${grouped(got)} records exported.`);
  } catch (err) {
    toastFailed(`The export failed: ${problem(err).message}`);
  }
}
