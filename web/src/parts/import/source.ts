import Papa from "papaparse";
import { grouped } from "@/lib/number";

/** Records from outside: the headings of their columns, whatever they are, and rows of raw values with the line they came from. */
export interface Source {
  form: "CSV" | "TSV" | "JSON" | "NDJSON";
  columns: string[];
  /** Each value stands where its column does. */
  rows: { line: number; values: unknown[] }[];
}

/** More columns than this are no table. */
const most = 1000;

/** Reads a text by what it looks like. Fault: an Error that says what is wrong, and in which line. */
export function readSource(text: string): Source {
  const t = text.replace(/^\uFEFF/, "").trimStart();
  if (t.startsWith("[")) return ofObjects("JSON", "Row", parsed(t, "It") as unknown[]);
  return t.startsWith("{") ? ofLines(t) : ofTable(t);
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (err) {
    throw new Error(`${what} is not JSON: ${(err as Error).message}.`);
  }
}

/** Columns, when they are not too many. */
function few(columns: string[]): string[] {
  if (columns.length > most) throw new Error(`It has ${grouped(columns.length)} columns; an import takes up to ${grouped(most)}.`);
  return columns;
}

const ofLines = (text: string): Source => ofObjects("NDJSON", "Line", text.split("\n").filter((l) => l.trim()).map((l, i) => parsed(l, `Line ${i + 1}`)));

/** What records have of themselves, wherever they come from. */
const own = ["collectionId", "collectionName", "expand"];

function ofObjects(form: "JSON" | "NDJSON", word: string, list: unknown[]): Source {
  const objects = list.map((v, i) => {
    if (typeof v !== "object" || v === null || Array.isArray(v)) throw new Error(`${word} ${i + 1} is no object.`);
    return new Map<string, unknown>(Object.entries(v));
  });
  const columns = few([...new Set(objects.flatMap((o) => [...o.keys()]))].filter((name) => !own.includes(name)));
  return { form, columns, rows: objects.map((o, i) => ({ line: i + 1, values: columns.map((name) => o.get(name)) })) };
}

function ofTable(text: string): Source {
  const { data, errors, meta } = Papa.parse<string[]>(text, { skipEmptyLines: "greedy" });
  const fault = errors.find((e) => e.type === "Quotes");
  if (fault) throw new Error(`Line ${(fault.row ?? 0) + 1}: ${fault.message}.`);
  const [head = [], ...lines] = data;
  const rows = lines.map((values, i) => ({ line: i + 2, values }));
  const wide = rows.find((r) => r.values.slice(head.length).some((v) => v.trim()));
  if (wide) throw new Error(`Line ${wide.line} has ${wide.values.length} values for ${head.length} columns.`);
  return { form: meta.delimiter === "\t" ? "TSV" : "CSV", columns: few(head.map((h) => h.trim())), rows };
}
