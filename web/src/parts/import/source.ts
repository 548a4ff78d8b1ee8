import Papa from "papaparse";

/** Records from outside: the names of their columns, and rows of raw values with the line they came from. */
export interface Source {
  form: "CSV" | "TSV" | "JSON" | "NDJSON";
  columns: string[];
  rows: { line: number; values: Record<string, unknown> }[];
}

/** Reads a text by what it looks like. Fault: an Error that names the line. */
export function readSource(text: string): Source {
  const t = text.replace(/^\uFEFF/, "").trimStart();
  if (t.startsWith("[")) return ofObjects("JSON", (JSON.parse(t) as Record<string, unknown>[]).map((values, i) => ({ line: i + 1, values })));
  if (t.startsWith("{"))
    return ofObjects("NDJSON", t.split("\n").filter((l) => l.trim()).map((l, i) => {
      try {
        return { line: i + 1, values: JSON.parse(l) as Record<string, unknown> };
      } catch {
        throw new Error(`Line ${i + 1} is not JSON.`);
      }
    }));
  const parsed = Papa.parse<Record<string, string>>(t, { header: true, skipEmptyLines: "greedy", transformHeader: (h) => h.trim() });
  const fault = parsed.errors.find((e) => e.type === "Quotes");
  if (fault) throw new Error(`Line ${(fault.row ?? 0) + 2}: ${fault.message}.`);
  return { form: parsed.meta.delimiter === "\t" ? "TSV" : "CSV", columns: parsed.meta.fields ?? [], rows: parsed.data.map((values, i) => ({ line: i + 2, values })) };
}

function ofObjects(form: "JSON" | "NDJSON", rows: Source["rows"]): Source {
  const columns = [...new Set(rows.flatMap((r) => Object.keys(r.values)))].filter((c) => !["collectionId", "collectionName", "expand"].includes(c));
  return { form, columns, rows };
}
