import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { NoCollection } from "@/app/notfound";
import { bootstrapQuery, collectionQuery, type Collection } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { counted, grouped } from "@/lib/number";
import { pb, problem } from "@/lib/pb";
import { refreshRows } from "@/lib/rows";
import { useEditing } from "@/lib/staged";
import { Button } from "@/parts/button";
import { Head } from "@/parts/head";
import { faultOf, fieldsOf, guess, nameOf, prepare, type Mapping, type Refusal, type Target } from "@/parts/import/model";
import { read } from "@/parts/import/read";
import { runImport, type Mode, type Report } from "@/parts/import/run";
import type { Source } from "@/parts/import/source";
import { Segmented, Select, TextArea } from "@/parts/input";
import { Banner } from "@/parts/small";
import { Failed, Skeleton } from "@/parts/states";
import { toast, toastFailed } from "@/parts/toast";

/** Brings records in from a file or a pasted text. */
export function Page() {
  const { name } = useParams({ from: "/c/$name/import" });
  const { data: c, error, refetch } = useQuery(collectionQuery(name));
  if (error && problem(error).status === 404) return <NoCollection name={name} />;
  if (error && !c) return <Failed what={`The collection ${name} could not be read`} error={error} onRetry={() => void refetch()} />;
  if (!c) return <Skeleton lines={8} />;
  return (
    <>
      <Head />
      <div className="flex max-w-240 flex-col gap-5 p-4">
        <Body key={c.id} collection={c} />
      </div>
    </>
  );
}

function Body({ collection: c }: { collection: Collection }) {
  const { fixed } = useEditing(c);
  return fixed ? <Banner>{c.type === "view" ? "The records of a view are made by its query." : "Edits are read only in this browser; the bar on top has the switch."}</Banner> : <Steps collection={c} />;
}

interface Plan {
  source: Source;
  mapping: Mapping;
}

function Steps({ collection: c }: { collection: Collection }) {
  const client = useQueryClient();
  const [plan, setPlan] = useState<Plan>();
  const [odd, setOdd] = useState("");
  const [mode, setMode] = useState<Mode>("insert");
  const [chosenKey, setKey] = useState("id");
  const [dry, setDry] = useState<{ good: number; refused: Refusal[] }>();
  const [done, setDone] = useState<number>();
  const [report, setReport] = useState<Report>();
  const [reading, setReading] = useState(false);
  const stop = useRef<AbortController>(undefined);
  const last = useRef<AbortController>(undefined);
  useEffect(() => () => last.current?.abort(), []);
  const keys = plan?.mapping.map((m) => m.field).filter(Boolean) ?? [];
  const key = keys.includes(chosenKey) ? chosenKey : (keys[0] ?? "id");
  const fault = plan && faultOf(plan.mapping);
  const ready = !!plan && !fault;

  const take = async (from: Blob | string) => {
    setDry(undefined);
    setReport(undefined);
    last.current?.abort(); // what was being read is not wanted any more
    const { signal } = (last.current = new AbortController());
    setReading(true);
    try {
      const source = await read(from, signal);
      setOdd(source.rows.length ? "" : "There is no row in it.");
      setPlan(source.rows.length ? { source, mapping: guess(c, source.columns) } : undefined);
    } catch (err) {
      setPlan(undefined);
      setOdd(err instanceof Error ? err.message : String(err));
    }
    setReading(false);
  };
  const check = async () => {
    if (!plan || fault) return;
    const { wishes, refused } = await prepare(c, plan.source, plan.mapping);
    setDry({ good: wishes.length, refused });
  };
  const run = async () => {
    if (!plan || fault || done !== undefined) return;
    stop.current = new AbortController();
    setDry(undefined);
    setDone(0);
    try {
      const { wishes, refused } = await prepare(c, plan.source, plan.mapping);
      const r = await runImport(c, wishes, mode, key, setDone, stop.current.signal);
      r.refused = [...refused, ...r.refused].toSorted((a, b) => a.line - b.line);
      setReport(r);
      toast(`${r.created} created, ${r.updated} updated, ${r.refused.length} refused.`);
    } catch (err) {
      toastFailed(problem(err).message);
    } finally {
      setDone(undefined);
      refreshRows(client, c.name);
    }
  };
  useAction({ id: "dry-run", name: "Dry run of the import", group: "Import", keys: ["mod+enter"], inText: true, off: !ready, run: () => void check() });
  // Pressed twice, it imports once: what was imported is not there to be imported any more.
  useAction({ id: "import-rows", name: "Import the rows", group: "Import", keys: ["mod+s"], inText: true, off: !ready || !!report || done !== undefined, run: () => void run() });

  return (
    <>
      <Drop onGiven={(from) => void take(from)} />
      {reading && <p role="status" className="late text-muted">Reading…</p>}
      {odd && <Banner kind="danger">{odd}</Banner>}
      {plan && (
        <>
          <section aria-label="Columns" className="flex flex-col gap-2">
            <h2 className="text-title font-semibold">{plan.source.form}: {counted(plan.source.rows.length, "row")}</h2>
            <Columns collection={c} plan={plan} onChange={(mapping) => (setPlan({ ...plan, mapping }), setDry(undefined))} />
            {fault && <Banner kind="danger">{fault}</Banner>}
          </section>
          <section aria-label="How" className="flex flex-wrap items-center gap-3">
            <Segmented label="What rows do" value={mode} onChange={setMode} options={[{ value: "insert", name: "Create" }, { value: "update", name: "Update" }, { value: "upsert", name: "Update or create" }]} />
            {mode !== "insert" && (
              <label className="inline-flex items-center gap-2">
                by
                <Select aria-label="Key" className="w-40!" value={key} onChange={(e) => setKey(e.target.value)}>
                  {keys.map((name, i) => <option key={i}>{name}</option>)}
                </Select>
              </label>
            )}
            <Button disabled={!ready} onClick={() => void check()}>Dry run</Button>
            <Button look="primary" disabled={!ready} busy={done !== undefined} onClick={() => void run()}>{done === undefined ? `Import ${counted(plan.source.rows.length, "row")}` : `${grouped(done)} of ${grouped(plan.source.rows.length)}`}</Button>
            {done !== undefined && <Button onClick={() => stop.current?.abort()}>Stop</Button>}
          </section>
          {dry && <Outcome title={`${grouped(dry.good)} rows can be read, ${grouped(dry.refused.length)} values cannot. Nothing was written.`} refused={dry.refused} />}
          {report && <Outcome title={`${grouped(report.created)} created, ${grouped(report.updated)} updated, ${grouped(report.refused.length)} refused`} refused={report.refused} onUndo={report.ids.length ? () => void takeBack(c, report.ids).then(() => refreshRows(client, c.name)) : undefined} />}
        </>
      )}
    </>
  );
}

async function takeBack(c: Collection, ids: string[]): Promise<void> {
  for (const id of ids) await pb.collection(c.name).delete(id);
  toast(`${counted(ids.length, "imported record")} gone again.`);
}

function Drop({ onGiven }: { onGiven: (from: Blob | string) => void }) {
  const [over, setOver] = useState(false);
  const open = (file: File | undefined) => file && onGiven(file);
  return (
    <section
      aria-label="What to import"
      className={`flex flex-col gap-2 rounded-md border border-dashed p-4 ${over ? "border-accent bg-selected" : "border-border"}`}
      onDragOver={(e) => (e.preventDefault(), setOver(true))}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => (e.preventDefault(), setOver(false), open(e.dataTransfer.files[0]))}
    >
      <label className="flex flex-wrap items-center gap-3">
        A file of CSV, TSV, JSON or NDJSON
        <input type="file" accept=".csv,.tsv,.txt,.json,.ndjson,.jsonl" onChange={(e) => open(e.target.files?.[0])} />
      </label>
      <label className="flex flex-col gap-1">
        or its text
        <TextArea className="font-mono text-grid!" placeholder={"title,views\nFirst,1"} onChange={(e) => e.target.value.trim() && onGiven(e.target.value)} />
      </label>
    </section>
  );
}

function Columns({ collection: c, plan, onChange }: { collection: Collection; plan: Plan; onChange: (m: Mapping) => void }) {
  const { data } = useQuery(bootstrapQuery);
  const fields = fieldsOf(c);
  const set = (i: number, target: Target) => onChange(plan.mapping.with(i, target));
  const sample = useMemo(() => plan.source.rows.slice(0, 3), [plan.source]);
  const show = (v: unknown) => (typeof v === "object" ? JSON.stringify(v) : String(v ?? ""));
  return (
    <div className="overflow-auto rounded-md border" tabIndex={0} role="region" aria-label="Columns and fields">
      <table className="w-full text-left text-grid">
        <thead className="bg-panel">
          <tr>
            <th className="border-b px-2 py-1 font-medium">Column</th>
            <th className="border-b px-2 py-1 font-medium">Field</th>
            <th className="border-b px-2 py-1 font-medium" colSpan={sample.length}>First rows</th>
          </tr>
        </thead>
        <tbody>
          {plan.mapping.map((m, i) => {
            const col = nameOf(plan.source.columns, i);
            const f = fields.find((x) => x.name === m.field);
            return (
              <tr key={i} className="border-b last:border-b-0">
                <th scope="row" title={col} className="max-w-60 truncate px-2 py-1 font-medium">{col}</th>
                <td className="px-2 py-1">
                  <div className="flex gap-1">
                    <Select aria-label={`Field for ${col}`} className="w-40!" value={m.field} onChange={(e) => set(i, { field: e.target.value })}>
                      <option value="">skip</option>
                      {fields.map((x) => <option key={x.id}>{x.name}</option>)}
                    </Select>
                    {f?.type === "relation" && <ByField target={data?.collections.find((x) => x.id === f["collectionId"])?.name} value={m.by ?? ""} onChange={(by) => set(i, { ...m, by: by || undefined })} />}
                  </div>
                </td>
                {sample.map((r) => <td key={r.line} className="max-w-40 truncate px-2 py-1 text-muted">{show(r.values[i])}</td>)}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** By which field of the other collection a relation is found; its id unless said otherwise. */
function ByField({ target, value, onChange }: { target?: string; value: string; onChange: (by: string) => void }) {
  const { data } = useQuery({ ...collectionQuery(target ?? ""), enabled: !!target });
  return (
    <Select aria-label={`Found in ${target ?? "the collection"} by`} className="w-36!" value={value} onChange={(e) => onChange(e.target.value)}>
      <option value="">by id</option>
      {(data?.fields ?? []).filter((f) => ["text", "email", "url", "number"].includes(f.type) && f.name !== "id").map((f) => <option key={f.id} value={f.name}>by {f.name}</option>)}
    </Select>
  );
}

function Outcome({ title, refused, onUndo }: { title: string; refused: Refusal[]; onUndo?: () => void }) {
  return (
    <section aria-label="Outcome" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-3">
        <p role="status" className="text-form font-semibold">{title}</p>
        {onUndo && <Button className="h-7!" onClick={onUndo}>Take the created ones back</Button>}
      </div>
      {refused.length > 0 && (
        <div className="max-h-80 overflow-auto rounded-md border" tabIndex={0} role="region" aria-label="Refused values">
          <table className="w-full text-left text-grid">
            <thead className="bg-panel">
              <tr>{["Line", "Column", "Value", "Why"].map((h) => <th key={h} className="border-b px-2 py-1 font-medium">{h}</th>)}</tr>
            </thead>
            <tbody>
              {refused.slice(0, 100).map((r, i) => (
                <tr key={i} className="border-b last:border-b-0">
                  <td className="tabular px-2 py-1">{r.line}</td>
                  <td className="px-2 py-1">{r.column}</td>
                  <td className="max-w-60 truncate px-2 py-1 font-mono">{r.value}</td>
                  <td className="px-2 py-1">{r.why}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {refused.length > 100 && <p className="text-muted">The first 100 of {grouped(refused.length)}.</p>}
    </section>
  );
}
