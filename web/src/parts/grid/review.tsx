import { useVirtualizer } from "@tanstack/react-virtual";
import { Undo2 } from "lucide-react";
import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { kindOf } from "@/fields";
import type { Collection } from "@/lib/collections";
import { counted, grouped } from "@/lib/number";
import { stage, useEditing } from "@/lib/staged";
import { mostTogether } from "@/lib/writes";
import { Button, IconButton } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { emptyPlan, writesOf, type CellChange, type CellRefusal, type Plan } from "@/parts/grid/paste";
import { anyway, Progress, Results, useRun } from "@/parts/grid/run";
import { Checkbox } from "@/parts/input";
import { Banner } from "@/parts/small";
import { toastFailed } from "@/parts/toast";

interface Props {
  collection: Collection;
  title: string;
  /** Undefined while what it changes is being read. */
  plan: Plan | undefined;
  verb?: string;
  said?: (n: number) => string;
  onClose: () => void;
  /** What the plan is made with. */
  children?: ReactNode;
}

/** Shows what changing many cells would do before anything is sent, then does it, and lists what was refused. */
export function Review({ collection: c, title, plan = emptyPlan(), verb, said = (n) => `${counted(n, "record")} written.`, onClose, children }: Props) {
  const [grow, setGrow] = useState(false);
  const run = useRun(c);
  const form = useId();
  const { staged, staging } = useEditing(c);
  const beyond = grow ? plan.beyond : [];
  const writes = writesOf(plan.changes, beyond);
  const start = async (list: typeof writes) => {
    if (await run.run(list, said)) onClose();
  };
  const submit = () => {
    if (!writes.length) return;
    if (!staging) return void start(writes);
    if (staged.length + writes.length > mostTogether) return toastFailed(`At most ${grouped(mostTogether)} records wait to be saved together.`);
    // What waits is what was shown, also of values that were added to.
    stage(c.id, writesOf(plan.changes.map(({ part: _part, ...change }) => change), beyond));
    onClose();
  };
  // What was checked was another plan.
  useEffect(run.forget, [plan.changes, grow]);
  if (run.outcome)
    return (
      <Dialog open wide onClose={onClose} title={title} foot={<Button autoFocus onClick={onClose}>Close</Button>}>
        <Results collection={c} outcome={run.outcome} onAnyway={(list) => void start(anyway(list))} />
      </Dialog>
    );
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={title}
      foot={
        <>
          {!staging && <Button className="mr-auto" disabled={!writes.length || !!run.way} onClick={() => void run.check(writes)}>Check only</Button>}
          <Button onClick={onClose}>Cancel</Button>
          <Button autoFocus={!children} type="submit" form={form} look="primary" busy={!!run.way} disabled={!writes.length}>
            {verb ?? (writes.length ? `Write ${counted(writes.length, "record")}` : "Nothing to write")}
          </Button>
        </>
      }
    >
      <form id={form} className="contents" onSubmit={(e) => (e.preventDefault(), e.stopPropagation(), submit())}>
        {children}
        <Summary plan={plan} />
        {plan.beyond.length > 0 && (
          <Checkbox
            label={`Make ${counted(plan.beyond.length, "new record")} of the rows beyond the last one; else they are dropped`}
            checked={grow}
            disabled={!!run.way}
            onChange={(e) => setGrow(e.target.checked)}
          />
        )}
        <Refused list={plan.refused} />
        {run.checked && <Results collection={c} outcome={run.checked} tried />}
        <Changes list={plan.changes} />
        <Progress run={run} />
      </form>
    </Dialog>
  );
}

function Summary({ plan }: { plan: Plan }) {
  const records = new Set(plan.changes.map((x) => x.row.id)).size;
  return (
    <p role="status">
      {plan.changes.length ? `${counted(plan.changes.length, "cell")} of ${counted(records, "record")} will change.` : "No cell will change."}
      {plan.unchanged > 0 && ` ${counted(plan.unchanged, "cell")} ${plan.unchanged === 1 ? "has" : "have"} the value already.`}
      {plan.wide > 0 && ` ${counted(plan.wide, "column")} beyond the last one ${plan.wide === 1 ? "is" : "are"} dropped.`}
    </p>
  );
}

/** What no cell takes: by field and reason, with the rows and texts of a few. */
function Refused({ list }: { list: CellRefusal[] }) {
  if (!list.length) return null;
  const groups = new Map<string, CellRefusal[]>();
  for (const r of list) {
    const group = groups.get(r.field.name + r.why);
    if (group) group.push(r);
    else groups.set(r.field.name + r.why, [r]);
  }
  return (
    <Banner kind="warning">
      <p className="font-medium">{counted(list.length, "cell")} {list.length === 1 ? "is" : "are"} left as {list.length === 1 ? "it is" : "they are"}:</p>
      <ul className="max-h-32 overflow-auto" tabIndex={0} aria-label="Refused cells">
        {[...groups.values()].map((all) => (
          <li key={all[0]!.field.name + all[0]!.why} className="break-words">
            <b className="font-mono">{all[0]!.field.name}</b>: {all[0]!.why}{" "}
            <span className="text-muted">
              {all.slice(0, 5).map((r) => `row ${grouped(r.at + 1)} “${r.text.slice(0, 40)}”`).join(", ")}
              {all.length > 5 && ` and ${grouped(all.length - 5)} more`}
            </span>
          </li>
        ))}
      </ul>
    </Banner>
  );
}

const lineHeight = 28;

/** Every cell that changes, old → new; those in view alone are there. With onDrop, each can be let go. */
export function Changes({ list, onDrop }: { list: CellChange[]; onDrop?: (change: CellChange) => void }) {
  const scroll = useRef<HTMLDivElement>(null);
  const lines = useVirtualizer({ count: list.length, getScrollElement: () => scroll.current, estimateSize: () => lineHeight, overscan: 6 });
  if (!list.length) return null;
  const line = `grid ${onDrop ? "grid-cols-[minmax(72px,1fr)_minmax(64px,1fr)_minmax(0,2fr)_minmax(0,2fr)_28px]" : "grid-cols-[minmax(72px,1fr)_minmax(64px,1fr)_minmax(0,2fr)_minmax(0,2fr)]"} items-center gap-2 px-2`;
  return (
    <div ref={scroll} className="max-h-80 min-h-24 overflow-auto rounded-md border text-grid" tabIndex={0} role="region" aria-label="Changes">
      <div role="table" aria-label="Changes of cells" aria-rowcount={list.length + 1}>
        <div role="rowgroup" className="sticky top-0 z-10 border-b bg-panel">
          <div role="row" aria-rowindex={1} className={line} style={{ height: lineHeight }}>
            {["Record", "Field", "Old", "New"].map((h) => <span key={h} role="columnheader" className="truncate font-medium">{h}</span>)}
            {onDrop && <span role="columnheader"><span className="sr-only">Discard</span></span>}
          </div>
        </div>
        <div role="rowgroup" className="relative" style={{ height: lines.getTotalSize() }}>
          {lines.getVirtualItems().map((v) => {
            const { row, field, to } = list[v.index]!;
            const text = (value: unknown) => kindOf(field).text(value, field).slice(0, 256) || (value === null ? "null" : "empty");
            return (
              <div key={v.index} role="row" aria-rowindex={v.index + 2} className={`${line} absolute inset-x-0 border-b`} style={{ height: lineHeight, top: v.start }}>
                <span role="cell" className="truncate font-mono text-muted">{row.id}</span>
                <span role="cell" className="truncate font-mono">{field.name}</span>
                <span role="cell" className="truncate text-muted line-through decoration-border">{text(row[field.name])}</span>
                <span role="cell" className="truncate">{text(to)}</span>
                {onDrop && <span role="cell"><IconButton name={`Discard ${field.name} of ${row.id}`} icon={Undo2} className="size-6!" onClick={() => onDrop(list[v.index]!)} /></span>}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
