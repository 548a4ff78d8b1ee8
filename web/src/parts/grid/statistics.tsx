import { useQuery } from "@tanstack/react-query";
import type { Row } from "@/fields/kind";
import type { Collection, FieldDef } from "@/lib/collections";
import { grouped } from "@/lib/number";
import { valuesQuery } from "@/lib/values";
import { Dialog } from "@/parts/dialog";
import { CellValue } from "@/parts/grid/cell";
import { sameValue } from "@/parts/grid/cellmenu";
import { Failed, Skeleton } from "@/parts/states";

interface Props {
  collection: Collection;
  field: FieldDef;
  /** The filter under which the records are shown. */
  filter: string;
  /** Told the clause that finds the records with a value. */
  onFilter: (clause: string) => void;
  onClose: () => void;
}

/** What stands in a column: how much of it is empty, how many values there are, the least, the greatest, the most frequent. */
export function Statistics({ collection: c, field: f, filter, onFilter, onClose }: Props) {
  const { data: v, error, refetch } = useQuery({ ...valuesQuery(c.name, f.name, filter), staleTime: 0 });
  const one = (value: unknown) => <CellValue field={f} row={{ [f.name]: value } as Row} />;
  return (
    <Dialog open onClose={onClose} title={`Values of ${f.name}`} about={filter ? <>Of the records that match <b className="font-mono break-all">{filter}</b>.</> : undefined}>
      {error && <Failed what="The values could not be read" error={error} onRetry={() => void refetch()} />}
      {!v && !error && <Skeleton lines={8} />}
      {v && (
        <>
          {!v.whole && <p role="status" className="text-warning">These are the first {grouped(v.records)} records: there was no time for more, or they have too many different values.</p>}
          <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1">
            <dt className="text-muted">Records</dt><dd className="tabular">{grouped(v.records)}</dd>
            <dt className="text-muted">Empty</dt><dd className="tabular">{grouped(v.empty)}{v.records > 0 && ` (${share(v.empty, v.records)})`}</dd>
            <dt className="text-muted">Different values</dt><dd className="tabular">{grouped(v.distinct)}</dd>
            {v.min !== null && <><dt className="text-muted">Least</dt><dd className="min-w-0 break-words">{one(v.min)}</dd></>}
            {v.max !== null && <><dt className="text-muted">Greatest</dt><dd className="min-w-0 break-words">{one(v.max)}</dd></>}
          </dl>
          {v.top.length > 0 && (
            <table className="w-full text-grid">
              <caption className="pb-1 text-left text-label font-medium text-muted">The most frequent</caption>
              <thead className="sr-only"><tr><th scope="col">Value</th><th scope="col">Records</th><th scope="col">Share</th></tr></thead>
              <tbody>
                {v.top.map((t, i) => {
                  const listed = Number(f["maxSelect"] ?? 1) > 1 && t.value !== "" ? [t.value] : t.value;
                  const clause = sameValue(f, listed);
                  return (
                    <tr key={i} className="border-t">
                      <th scope="row" className="max-w-0 truncate py-1 pr-3 text-left font-normal" style={{ width: "60%" }}>
                        {clause ? <button type="button" className="max-w-full truncate rounded-sm underline decoration-dotted underline-offset-2 hover:bg-hover" title="Show the records with this value" onClick={() => (onFilter(clause), onClose())}>{one(listed)}</button> : one(listed)}
                      </th>
                      <td className="tabular py-1 text-right">{grouped(t.count)}</td>
                      <td className="tabular py-1 pl-3 text-right text-muted">{share(t.count, v.records)}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          )}
        </>
      )}
    </Dialog>
  );
}

const share = (n: number, of: number) => `${((100 * n) / of).toFixed(n && n < of / 100 ? 1 : 0)} %`;
