import { useQuery } from "@tanstack/react-query";
import { Play, Square } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { bootstrapQuery, type Collection } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { get, pb, problem } from "@/lib/pb";
import { Boundary } from "@/parts/boundary";
import { Button } from "@/parts/button";
import { CodeField, type Mark } from "@/parts/code/field";
import type { Language } from "@/parts/code/language";
import { Head } from "@/parts/head";
import { Select } from "@/parts/input";
import { Banner } from "@/parts/small";
import { placeOf, remember, statements, type Found } from "@/parts/sql/model";
import { Result } from "@/parts/sql/result";
import { Empty, Failed, Skeleton } from "@/parts/states";

/** Reads tables by SQL, where the operator has switched that on. */
export function Page() {
  const { data, error, refetch } = useQuery(bootstrapQuery);
  if (error && !data) return <Failed what="The server could not be asked" error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton lines={6} />;
  return (
    <>
      <Head />
      {data.can?.sql ? <Console engine={data.engine} /> : <Empty>The SQL console is off. Start the server with <code className="whitespace-nowrap text-text">--enable-sql</code> to use it.</Empty>}
    </>
  );
}

/** Tables and their columns, for completion. */
function useNames(): Record<string, string[]> {
  const { data } = useQuery({ queryKey: ["definitions"], queryFn: () => get<{ items: Collection[] }>("api/collections", { perPage: 500 }) });
  return useMemo(() => Object.fromEntries((data?.items ?? []).map((c) => [c.name, c.fields.map((f) => f.name)])), [data]);
}

function Console({ engine }: { engine: string }) {
  const names = useNames();
  const language = useMemo((): Language => ({ kind: "sql", engine, names }), [engine, names]);
  const [past, setPast] = useState(statements);
  const [text, setText] = useState(() => statements()[0] ?? "");
  const [found, setFound] = useState<Found>();
  const [fault, setFault] = useState<{ message: string; mark?: Mark }>();
  const running = useRef<AbortController>(undefined);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    if (busy || !text.trim()) return;
    running.current = new AbortController();
    setBusy(true);
    setFault(undefined);
    try {
      setFound(await pb.send<Found>("/api/dashboard/sql", { method: "POST", body: { query: text }, signal: running.current.signal }));
    } catch (err) {
      setFound(undefined);
      setFault(running.current.signal.aborted ? { message: "Stopped." } : faultOf(err));
    } finally {
      setPast(remember(text));
      setBusy(false);
    }
  };
  const stop = () => running.current?.abort();
  useAction({ id: "run-sql", name: "Run the statement", group: "SQL", keys: ["mod+enter"], inText: true, run: () => void run() });
  useAction({ id: "stop-sql", name: "Stop the statement", group: "SQL", off: !busy, run: stop });
  const place = fault?.mark && placeOf(text, fault.mark.at);
  return (
    <div className="flex min-w-0 flex-col gap-3 p-4">
      <p className="text-muted">One statement that reads, in the words of {engine === "postgres" ? "PostgreSQL" : "SQLite"}: up to 1,000 rows, for up to 10 seconds. Rules and hooks have no say here; passwords and keys are not shown.</p>
      <CodeField label="Statement" autoFocus className="min-h-28" value={text} language={language} mark={fault?.mark} onChange={setText} />
      <div className="flex flex-wrap items-center gap-2">
        {busy ? <Button icon={Square} onClick={stop}>Stop</Button> : <Button look="primary" icon={Play} onClick={() => void run()}>Run</Button>}
        {past.length > 0 && (
          <Select aria-label="Earlier statements" className="w-60! max-w-full" value="" onChange={(e) => setText(past[Number(e.target.value)] ?? text)}>
            <option value="">Earlier statements</option>
            {past.map((s, i) => <option key={s} value={i}>{s.replaceAll(/\s+/g, " ").slice(0, 80)}</option>)}
          </Select>
        )}
        {busy && <p role="status" className="text-muted">Running…</p>}
      </div>
      {fault && <Banner kind="danger">{fault.message}{place && ` (line ${place.line}, column ${place.column})`}</Banner>}
      {found && <Boundary what="The result"><Result found={found} /></Boundary>}
    </div>
  );
}

function faultOf(err: unknown): { message: string; mark?: Mark } {
  const p = problem(err);
  const f = p.fields["query"] as { message: string; params?: { position?: number } } | undefined;
  const message = f?.message ?? p.message;
  const at = f?.params?.position;
  return { message, mark: at === undefined ? undefined : { at, message } };
}
