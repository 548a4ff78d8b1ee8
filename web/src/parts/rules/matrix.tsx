import clsx from "clsx";
import { useState } from "react";
import { comparisons, failingFirst, type Clause, type ExplainedRow } from "@/parts/rules/explain";
import { MarkIcon } from "@/parts/rules/tree";

/** Records by comparisons. A heading puts first where its comparison does not hold; a record is taken apart by itself. */
export function Matrix({ rows, tree, onPick }: { rows: ExplainedRow[]; tree: Clause[]; onPick: (id: string) => void }) {
  const [column, setColumn] = useState<number>();
  const columns = tree.flatMap(comparisons);
  return (
    <div className="max-h-96 overflow-auto rounded-md border" tabIndex={0} role="region" aria-label="Records and parts of the rule">
      <table className="w-full text-left text-grid">
        <thead className="sticky top-0 bg-panel">
          <tr>
            <th scope="col" className="border-b px-2 py-1 font-medium">Record</th>
            <th scope="col" className="border-b px-2 py-1 font-medium">Answer</th>
            {columns.map((c, i) => (
              <th key={c.from} scope="col" aria-sort={column === i ? "ascending" : undefined} className="border-b px-1 py-1 font-medium">
                <button type="button" title={c.text} aria-label={`Part ${i + 1}, ${c.text}: first where it fails`} aria-pressed={column === i} onClick={() => setColumn(column === i ? undefined : i)} className={clsx("min-h-6 min-w-6 rounded-sm hover:bg-hover", column === i && "bg-selected")}>
                  {i + 1}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {failingFirst(rows, column).map((r) => (
            <tr key={r.id} className="border-b last:border-b-0">
              <th scope="row" className="max-w-48 px-2 py-0.5 font-normal">
                <button type="button" onClick={() => onPick(r.id)} className="block min-h-6 max-w-full truncate rounded-sm text-left text-accent underline hover:bg-hover">{r.name || r.id}</button>
              </th>
              <td className={clsx("px-2 py-0.5", r.result === "allowed" ? "text-success" : "text-danger")}>{r.result === "allowed" ? "passes" : "fails"}</td>
              {r.clauses.map((m, i) => <td key={i} className="px-2 py-0.5"><MarkIcon mark={m} /></td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
