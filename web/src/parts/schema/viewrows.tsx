import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { problem, send } from "@/lib/pb";

/** The first rows that the query of a view finds, a moment after it was typed. */
export function ViewRows({ query }: { query: string }) {
  const [asked, setAsked] = useState(query);
  useEffect(() => {
    const wait = setTimeout(() => setAsked(query), 400);
    return () => clearTimeout(wait);
  }, [query]);
  const { data, error } = useQuery({
    queryKey: ["dry-run", asked],
    queryFn: () => send<{ sample?: Record<string, unknown>[] }>("POST", "api/collections/meta/dry-run-view", { query: asked }),
    enabled: asked.trim() !== "",
    retry: false,
    placeholderData: keepPreviousData,
  });
  if (!asked.trim()) return null;
  if (error) return <p role="alert" className="text-danger">{problem(error).fields["viewQuery"]?.message ?? problem(error).fields["query"]?.message ?? problem(error).message}</p>;
  const rows = Array.isArray(data) ? (data as Record<string, unknown>[]) : (data?.sample ?? []);
  if (!rows.length) return <p className="text-muted">{data ? "The query finds no row." : "Asking…"}</p>;
  const names = Object.keys(rows[0]!).filter((n) => n !== "collectionId" && n !== "collectionName");
  return (
    <div className="overflow-auto rounded-md border" tabIndex={0} role="region" aria-label="First rows">
      <table className="w-full text-left text-grid">
        <thead className="bg-panel">
          <tr>{names.map((n) => <th key={n} className="border-b px-2 py-1 font-medium">{n}</th>)}</tr>
        </thead>
        <tbody>
          {rows.slice(0, 10).map((r, i) => (
            <tr key={i} className="border-b">
              {names.map((n) => <td key={n} className="max-w-60 truncate px-2 py-1">{typeof r[n] === "object" ? JSON.stringify(r[n]) : String(r[n])}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
