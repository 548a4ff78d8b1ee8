import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import type { Collection } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { grouped } from "@/lib/number";
import { problem, send, type Problem } from "@/lib/pb";
import { Button } from "@/parts/button";
import { readCollections, review, type Step, type Wanted } from "@/parts/collections/model";
import { StepCard, type Lost } from "@/parts/collections/step";
import { Confirm } from "@/parts/dialog";
import { Switch, TextArea } from "@/parts/input";
import { useTestGuard } from "@/parts/rules/guard";
import { Banner } from "@/parts/small";
import { toast } from "@/parts/toast";

/** Takes definitions in, after it has shown what that does. */
export function Import({ all }: { all: Collection[] }) {
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [dropMissing, setDropMissing] = useState(false);
  const [lost, setLost] = useState<Record<string, Lost>>({});
  const [fault, setFault] = useState<Problem>();
  const [asking, ask] = useState(false);
  const [busy, setBusy] = useState(false);
  const guard = useTestGuard();
  const read = useMemo(() => readOr(text), [text]);
  const steps = useMemo(() => (read.list ? review(all, read.list, dropMissing) : []), [all, read, dropMissing]);
  const doing = steps.filter((s) => s.kind !== "same");
  const onLost = useCallback((name: string, l: Lost) => setLost((m) => ({ ...m, [name]: l })), []);
  const losses = doing.flatMap((s) => (lost[s.name]?.list ?? []).map((l) => ({ ...l, name: s.name })));
  const counting = doing.some((s) => lost[s.name]?.counting ?? (s.kind === "dropped"));
  const take = (t: string) => {
    setText(t);
    setLost({});
    setFault(undefined);
  };
  const run = async () => {
    ask(false);
    setBusy(true);
    try {
      const what = { collections: read.list ?? [], deleteMissing: dropMissing };
      if (!(await guard.passes({ import: what }))) return;
      await send("PUT", "api/collections/import", what);
      toast(`${doing.length} ${doing.length === 1 ? "collection" : "collections"} imported.`);
      take("");
      await client.invalidateQueries();
    } catch (err) {
      setFault(problem(err));
    } finally {
      setBusy(false);
    }
  };
  const begin = () => doing.length && !counting && !busy && (losses.length ? ask(true) : void run());
  useAction({ id: "import-collections", name: "Import the collections", group: "Import", keys: ["mod+s"], inText: true, off: !doing.length, run: begin });
  return (
    <section aria-labelledby="import" className="flex flex-col gap-3">
      <h2 id="import" className="text-title font-semibold">Import</h2>
      <label className="flex flex-col gap-1">
        A file of collections
        <input type="file" accept=".json,application/json" onChange={(e) => void e.target.files?.[0]?.text().then(take)} />
      </label>
      <label className="flex flex-col gap-1">
        or its text
        <TextArea className="font-mono text-grid!" rows={4} placeholder='[{"name":"posts","type":"base","fields":[]}]' value={text} onChange={(e) => take(e.target.value)} />
      </label>
      <Switch label="Drop what the file leaves out" checked={dropMissing} onChange={(on) => (setLost({}), setDropMissing(on))} help="Collections and fields that are not in the file go, with what is in them. System ones stay." />
      {read.odd && <Banner kind="danger">{read.odd}</Banner>}
      {fault && <Banner kind="danger">{fault.message}{Object.entries(fault.fields).map(([k, f]) => <p key={k}>{k}: {f?.message ?? JSON.stringify(f)}</p>)}</Banner>}
      {read.list && <Review steps={steps} onLost={onLost} />}
      {doing.length > 0 && <div><Button look={losses.length ? "danger" : "primary"} busy={busy} disabled={counting} onClick={begin}>Import {doing.length} {doing.length === 1 ? "collection" : "collections"}</Button></div>}
      {guard.dialog}
      <Confirm open={asking} onClose={() => ask(false)} onConfirm={() => void run()} busy={busy} title="Import and lose data?" verb="Import and lose it" about={losses.map((l) => <p key={l.name + l.field}><b>{l.name === l.field ? l.name : `${l.name}.${l.field}`}</b> {l.why}: {grouped(l.count ?? 0)} {l.name === l.field ? "records" : "values"} cannot be brought back.</p>)} />
    </section>
  );
}

function Review({ steps, onLost }: { steps: Step[]; onLost: (name: string, lost: Lost) => void }) {
  const shown = steps.filter((s) => s.kind !== "same");
  const same = steps.length - shown.length;
  return (
    <>
      <ul aria-label="What the import does" className="flex flex-col gap-2">{shown.map((s) => <StepCard key={s.kind + s.name} step={s} onLost={onLost} />)}</ul>
      <p role="status" className="text-muted">{shown.length === 0 ? "The file changes nothing." : same > 0 ? `${same} ${same === 1 ? "collection stays" : "collections stay"} as they are.` : ""}</p>
    </>
  );
}

function readOr(text: string): { list?: Wanted[]; odd?: string } {
  if (!text.trim()) return {};
  try {
    return { list: readCollections(text) };
  } catch (err) {
    return { odd: err instanceof Error ? err.message : String(err) };
  }
}
