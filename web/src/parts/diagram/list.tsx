import { Link } from "@tanstack/react-router";
import { edgeWords, type Graph } from "@/parts/diagram/model";

/** What the diagram shows, as a list. */
export function DiagramList({ graph: g, hits }: { graph: Graph; hits?: Set<string> }) {
  const name = (id: string) => g.boxes.find((b) => b.id === id)?.name ?? id;
  const shown = hits ? g.boxes.filter((b) => hits.has(b.id)) : g.boxes;
  if (!shown.length) return <p className="p-4 text-muted">No collection and no field is called that.</p>;
  return (
    <ul aria-label="Collections and their relations" className="grid gap-3 overflow-auto p-4 md:grid-cols-2 min-[1440px]:grid-cols-3">
      {shown.map((b) => {
        const out = g.edges.filter((e) => e.from === b.id);
        const back = g.edges.filter((e) => e.to === b.id && e.from !== b.id);
        return (
          <li key={b.id} className="flex min-w-0 flex-col gap-1 rounded-md border p-3">
            <h2 className="text-form font-semibold"><Link to="/c/$name/schema" params={{ name: b.name }} className="text-accent underline">{b.name}</Link> <span className="font-normal text-muted">{b.type}</span></h2>
            <p className="text-grid break-words text-muted">{b.lines.map((l) => `${l.name} (${l.type})`).join(", ")}</p>
            {out.length > 0 && <ul aria-label={`Relations of ${b.name}`} className="list-disc pl-4 text-grid">{out.map((e) => <li key={e.field}>{edgeWords(e, name)}</li>)}</ul>}
            {back.length > 0 && <p className="text-grid">Pointed to by {back.map((e) => `${name(e.from)}.${e.field}`).join(", ")}</p>}
          </li>
        );
      })}
    </ul>
  );
}
