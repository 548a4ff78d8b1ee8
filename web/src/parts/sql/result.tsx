import { Download } from "lucide-react";
import { grouped } from "@/lib/number";
import { save } from "@/lib/save";
import { Button } from "@/parts/button";
import { asCSV, asJSON, shown, type Found } from "@/parts/sql/model";

/** The rows that a statement found. */
export function Result({ found: f }: { found: Found }) {
  const n = grouped(f.rows.length);
  return (
    <section aria-label="Result" className="flex min-h-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <p role="status" className="text-form">
          {f.more ? `The first ${n} of more` : `${n} ${f.rows.length === 1 ? "row" : "rows"}`}
          <span className="text-muted"> in {f.millis < 10 ? f.millis.toFixed(1) : Math.round(f.millis)} ms</span>
        </p>
        <div className="ml-auto flex gap-2">
          <Button icon={Download} disabled={!f.columns.length} onClick={() => save("result.csv", "text/csv", asCSV(f))}>Save as CSV</Button>
          <Button icon={Download} disabled={!f.columns.length} onClick={() => save("result.json", "application/json", asJSON(f))}>Save as JSON</Button>
        </div>
      </div>
      {f.columns.length > 0 && (
        <div className="max-h-[60vh] overflow-auto rounded-md border" tabIndex={0} role="region" aria-label="Rows">
          <table className="text-left text-grid">
            <thead className="sticky top-0 bg-panel">
              <tr>{f.columns.map((c, i) => <th key={i} scope="col" className="border-b px-2 py-1 font-medium whitespace-nowrap">{c}</th>)}</tr>
            </thead>
            <tbody>
              {f.rows.map((r, i) => (
                <tr key={i} className="border-b last:border-b-0">
                  {r.map((v, j) => (
                    <td key={j} className={typeof v === "number" ? "tabular px-2 py-0.5 text-right" : "max-w-100 truncate px-2 py-0.5"}>
                      {v === null ? <span className="text-muted">NULL</span> : shown(v)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
