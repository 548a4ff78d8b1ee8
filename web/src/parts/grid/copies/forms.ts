import type { Row } from "@/fields/kind";
import type { Collection } from "@/lib/collections";
import { encode } from "@/lib/export";
import { counted, grouped } from "@/lib/number";
import { copy } from "@/parts/small";
import { toastFailed } from "@/parts/toast";

/** A form in which records are copied. */
export interface CopyForm {
  name: string;
  /** It makes records, as views have none. */
  makes?: boolean;
  write: (c: Collection, rows: Row[]) => string | Promise<string>;
}

export const copyForms: CopyForm[] = [
  { name: "JSON", write: (_, rows) => JSON.stringify(rows.map(({ expand: _e, ...row }) => row), null, 2) },
  { name: "CSV", write: (c, rows) => encode(c, rows, "csv", true) },
  { name: "SQL", makes: true, write: async (c, rows) => (await import("@/parts/grid/copies/sql")).insertsOf(c, rows) },
  { name: "JavaScript", makes: true, write: async (c, rows) => (await import("@/parts/grid/copies/javascript")).scriptOf(c, rows) },
];

/** Records that are copied at once. */
const most = 10_000;

/** Copies records in a form, and says how many. */
export async function copyRows(c: Collection, form: CopyForm, n: number, rows: () => Promise<Row[]>): Promise<void> {
  if (n > most) return toastFailed(`At most ${grouped(most)} records are copied at once; ${grouped(n)} are selected. Exporting takes more.`);
  const list = await rows();
  await copy(await form.write(c, list), `${counted(list.length, "record")} copied as ${form.name}.`);
}
