import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Unplug } from "lucide-react";
import { useState } from "react";
import { grouped } from "@/lib/number";
import { get, pb, problem, send } from "@/lib/pb";
import { Button } from "@/parts/button";
import { Confirm } from "@/parts/dialog";
import { Tag, TimeText } from "@/parts/small";
import { Empty, Failed, Skeleton } from "@/parts/states";
import { toast, toastFailed } from "@/parts/toast";

interface Client {
  id: string;
  ip: string;
  since: string;
  last: string;
  auth: { collection: string; id: string; email: string } | null;
  topics: string[];
  queued: number;
  bytes: number;
  cursor: boolean;
}

const clientsQuery = { queryKey: ["realtime-clients"], queryFn: () => get<Client[]>("api/dashboard/realtime/clients"), refetchInterval: 3000 };

const example = `const pb = new PocketBase("${location.origin}");
await pb.collection("posts").subscribe("*", (e) => console.log(e));`;

/** How many are shown; all are counted. */
const shown = 200;

/** Who is connected to this node. */
export function Clients() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(clientsQuery);
  const own = pb.realtime.clientId; // as of the latest list: the stream opens after the page
  const [ending, setEnding] = useState<Client>();
  const [busy, setBusy] = useState(false);
  const end = async (c: Client) => {
    setBusy(true);
    try {
      await send("DELETE", `api/dashboard/realtime/clients/${c.id}`);
      toast("The connection was ended.");
    } catch (err) {
      toastFailed(problem(err).message);
    } finally {
      setBusy(false);
      setEnding(undefined);
      void client.invalidateQueries({ queryKey: clientsQuery.queryKey });
    }
  };
  if (error && !data) return <Failed what="The connections could not be listed" error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton lines={4} />;
  if (!data.length) return <Empty>Nobody is connected. This is how a client connects:<code className="mt-2 block text-left font-mono text-grid whitespace-pre-wrap text-text">{example}</code></Empty>;
  return (
    <>
      <div className="max-h-100 overflow-auto rounded-md border" tabIndex={0} role="region" aria-label="Connections">
        <table className="w-full text-left text-grid">
          <thead className="sticky top-0 bg-panel">
            <tr>{["Who", "Address", "Since", "Listens to", "Waiting", ""].map((h, i) => <th key={i} scope="col" className="border-b px-2 py-1 font-medium">{h || <span className="sr-only">Actions</span>}</th>)}</tr>
          </thead>
          <tbody>
            {data.slice(0, shown).map((c) => (
              <tr key={c.id} className="border-b last:border-b-0" aria-label={`Connection ${c.id}`}>
                <td className="px-2 py-1">
                  {c.auth ? <Link to="/c/$name" params={{ name: c.auth.collection }} search={{ r: c.auth.id }} className="text-accent underline">{c.auth.email || c.auth.id}</Link> : <span className="text-muted">guest</span>}{" "}
                  {c.auth && <span className="text-muted">{c.auth.collection}</span>} {c.id === own && <Tag hue="accent">this tab</Tag>}
                  <div className="font-mono text-label text-muted">{c.id}</div>
                </td>
                <td className="px-2 py-1 font-mono">{c.ip}</td>
                <td className="px-2 py-1 whitespace-nowrap"><TimeText value={c.since} /></td>
                <td className="max-w-80 px-2 py-1 font-mono">
                  {c.topics.slice(0, 5).map((t) => <div key={t} className="truncate" title={t}>{t}</div>)}
                  {c.topics.length > 5 && <div className="text-muted">and {c.topics.length - 5} more</div>}
                  {!c.topics.length && <span className="text-muted">nothing yet</span>}
                </td>
                <td className="tabular px-2 py-1">{c.queued ? `${c.queued} events, ${grouped(c.bytes)} bytes` : "–"}</td>
                <td className="px-2 py-1"><Button className="h-7!" icon={Unplug} aria-label={`End the connection ${c.id}`} onClick={() => setEnding(c)}>End</Button></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {data.length > shown && <p className="text-muted">The {shown} oldest of {grouped(data.length)}.</p>}
      <Confirm open={!!ending} onClose={() => setEnding(undefined)} onConfirm={() => ending && void end(ending)} busy={busy} title="End this connection?" verb="End it" about={<>The client of {ending?.auth?.email || ending?.auth?.id || "a guest"} at {ending?.ip} is cut off. Most clients connect again at once.</>} />
    </>
  );
}
