import { useEffect, useRef, useState } from "react";
import { kindOf } from "@/fields";
import type { Collection } from "@/lib/collections";
import { saveMany, undo } from "@/lib/edits";
import { counted, grouped } from "@/lib/number";
import { same } from "@/lib/same";
import { writeMany, type Outcome, type Refusal, type Write } from "@/lib/writes";
import { Button } from "@/parts/button";
import { toast } from "@/parts/toast";

/** Many writes on their way: how far they are, what became of them, and what ends them. */
export function useRun(c: Collection) {
  const [way, setWay] = useState<{ done: number; total: number }>();
  const [outcome, setOutcome] = useState<Outcome>();
  const [checked, setChecked] = useState<Outcome>();
  const ending = useRef<AbortController>(undefined);
  // Whoever closes the tab or goes elsewhere has seen how far it is: what is on its way is the last.
  useEffect(() => () => ending.current?.abort(), []);
  const begin = async (writes: Write[], work: (told: (done: number) => void, signal: AbortSignal) => Promise<Outcome>) => {
    const { signal } = (ending.current = new AbortController());
    const told = (done: number) => setWay({ done, total: writes.length });
    setOutcome(undefined);
    setChecked(undefined);
    told(0);
    const out = await work(told, signal);
    setWay(undefined);
    return out;
  };
  const run = async (writes: Write[], said: (n: number) => string): Promise<boolean> => {
    const out = await begin(writes, (told, signal) => saveMany(c.name, writes, told, signal));
    if (out.written.length) toast(said(out.written.length), { name: "Undo", run: () => void undo() });
    const whole = !out.refused.length && !out.left.length;
    if (!whole) setOutcome(out);
    return whole;
  };
  /** Says what would become of the writes, and does none. */
  const check = async (writes: Write[]): Promise<void> => setChecked(await begin(writes, (told, signal) => writeMany(c.name, writes, { told, signal, dry: true })));
  return { way, outcome, checked, run, check, forget: () => setChecked(undefined), stop: () => ending.current?.abort() };
}

export type Run = ReturnType<typeof useRun>;

/** How far it is, and the button that ends it. */
export function Progress({ run: { way, stop } }: { run: Run }) {
  if (!way) return null;
  return (
    <div className="flex flex-wrap items-center gap-3">
      <progress className="h-2 min-w-40 flex-1 accent-accent" aria-label="Records done" value={way.done} max={way.total} />
      <span role="status" className="tabular text-grid text-muted">{grouped(way.done)} of {counted(way.total, "record")}</span>
      <Button className="h-7!" onClick={stop}>Stop</Button>
    </div>
  );
}

// Longer lists are read by nobody.
const mostListed = 200;

interface ResultsProps {
  collection: Collection;
  outcome: Outcome;
  /** Nothing was written: it is what would become of them. */
  tried?: boolean;
  /** Does those in which somebody else was faster. */
  onAnyway?: (list: Refusal[]) => void;
}

/** What became of the writes that were not done, and what can be done about those that somebody else was faster with. */
export function Results({ collection: c, outcome, tried, onAnyway }: ResultsProps) {
  const { written, refused, left } = outcome;
  const clashes = refused.filter((r) => r.theirs);
  const faults = refused.filter((r) => !r.theirs);
  return (
    <section aria-label="Result" className="flex flex-col gap-3">
      <p role="status" className="font-medium">
        {tried ? `Nothing was written. ${grouped(written.length)} would be` : `${grouped(written.length)} written`}, {grouped(refused.length)} refused{left.length > 0 && `, ${grouped(left.length)} not tried`}.
      </p>
      {clashes.length > 0 && (
        <div className="rounded-md border border-warning p-2">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <p className="font-medium">{grouped(clashes.length)} {clashes.length === 1 ? "was changed elsewhere meanwhile, and left as it is" : "were changed elsewhere meanwhile, and left as they are"}</p>
            {onAnyway && clashes.length > 1 && <Button className="h-6!" onClick={() => onAnyway(clashes)}>Set all {grouped(clashes.length)} anyway</Button>}
          </div>
          <ul className="mt-1 max-h-60 overflow-auto" tabIndex={0} aria-label="Changed elsewhere">
            {clashes.slice(0, mostListed).map((r) => <ClashLine key={r.write.id} collection={c} refusal={r} onAnyway={onAnyway && (() => onAnyway([r]))} />)}
          </ul>
        </div>
      )}
      {faults.length > 0 && (
        <div role="alert" className="rounded-md border border-danger p-2">
          <p className="font-medium">{grouped(faults.length)} {faults.length === 1 ? "was" : "were"} refused:</p>
          <ul className="max-h-60 overflow-auto" tabIndex={0} aria-label="Refused">
            {faults.slice(0, mostListed).map((r, i) => <li key={r.write.id ?? i}><span className="font-mono">{r.write.id ?? "new record"}</span>: {r.why}</li>)}
          </ul>
        </div>
      )}
    </section>
  );
}

function ClashLine({ collection: c, refusal, onAnyway }: { collection: Collection; refusal: Refusal; onAnyway?: () => void }) {
  const { write, theirs } = refusal;
  const shown = (name: string, value: unknown) => {
    const f = c.fields.find((g) => g.name === name)!;
    return kindOf(f).text(value, f) || "empty";
  };
  return (
    <li className="grid grid-cols-[1fr_auto] items-center gap-2 border-t py-1 first:border-t-0">
      <div className="min-w-0">
        <span className="font-mono">{write.id}</span>
        {Object.keys(write.values).filter((name) => !same(theirs![name], write.seen?.[name])).map((name) => (
          <p key={name} className="line-clamp-3 break-words">
            <b className="font-mono">{name}</b> mine: {shown(name, write.values[name])} · theirs: {shown(name, theirs![name])}
          </p>
        ))}
      </div>
      {onAnyway && <Button className="h-6!" onClick={onAnyway}>Set anyway</Button>}
    </li>
  );
}

/** The same writes, now that what somebody else has made of the records was seen. */
export const anyway = (list: Refusal[]): Write[] =>
  list.map(({ write, theirs }) => ({ ...write, seen: Object.fromEntries(Object.keys(write.values).map((k) => [k, theirs![k]])) }));
