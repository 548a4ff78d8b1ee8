import { useQuery } from "@tanstack/react-query";
import { grouped } from "@/lib/number";
import { pb } from "@/lib/pb";
import { Tag } from "@/parts/small";
import { useLosses, type Loss } from "@/parts/schema/effects";
import type { Step } from "@/parts/collections/model";
import { useEffect } from "react";

const words = { new: ["new", "success"], changed: ["changed", "info"], same: ["unchanged", "muted"], dropped: ["dropped", "danger"] } as const;

/** What is lost with one step, and whether that is still being counted. */
export interface Lost {
  list: Loss[];
  counting: boolean;
}

/** What the import does to one collection, and what is lost by it. */
export function StepCard({ step, onLost }: { step: Step; onLost: (name: string, lost: Lost) => void }) {
  const [word, hue] = words[step.kind];
  return (
    <li className="flex flex-col gap-1.5 rounded-md border p-3" aria-label={`${step.name}: ${word}`}>
      <h3 className="flex items-center gap-2 text-form font-semibold">
        {step.name} <Tag hue={hue}>{word}</Tag>
      </h3>
      {step.kind === "new" && <p className="text-muted">{(step.wanted.fields ?? []).map((f) => f.name).join(", ") || step.wanted.viewQuery || "no fields of its own"}</p>}
      {step.kind === "changed" && <Changed step={step} onLost={onLost} />}
      {step.kind === "dropped" && <Dropped step={step} onLost={onLost} />}
    </li>
  );
}

function Changed({ step, onLost }: { step: Step & { kind: "changed" }; onLost: (name: string, lost: Lost) => void }) {
  const { changes: ch, now, options, wanted } = step;
  const losses = useLosses(now, ch);
  const known = JSON.stringify(losses);
  useEffect(() => onLost(step.name, JSON.parse(known) as Lost), [step.name, known, onLost]);
  const lost = (name: string) => losses.list.some((l) => l.field === name);
  const lines = [
    ...(wanted.name !== now.name ? [`${now.name} is called ${wanted.name}.`] : []),
    ...ch.added.map((n) => `${n} is added.`),
    ...ch.renamed.map(([from, to]) => `${from} is called ${to}; its values stay.`),
    ...ch.changed.map((n) => `${n} has other options.`),
    ...ch.dropped.filter((f) => !lost(f.name)).map((f) => `${f.name} is dropped; no record has a value in it.`),
    ...ch.retyped.filter(({ from }) => !lost(from.name)).map(({ from, to }) => `${from.name} becomes ${to.type}; no record has a value in it.`),
    ...options.map((o) => `${o} is another one.`),
  ];
  return (
    <ul className="flex flex-col gap-1">
      {losses.list.map((l) => (
        <li key={l.field} className="border-l-2 border-danger pl-2 text-danger">
          {l.field} {l.why}: {l.count === undefined ? "counting the values that are lost…" : `${grouped(l.count)} ${l.count === 1 ? "value is" : "values are"} lost.`}
        </li>
      ))}
      {lines.map((l) => <li key={l} className="border-l-2 border-line pl-2">{l}</li>)}
    </ul>
  );
}

function Dropped({ step, onLost }: { step: Step & { kind: "dropped" }; onLost: (name: string, lost: Lost) => void }) {
  const view = step.now.type === "view";
  const { data: count } = useQuery({ queryKey: ["count", step.name], enabled: !view, queryFn: async () => (await pb.collection(step.name).getList(1, 1, { fields: "id" })).totalItems });
  useEffect(() => {
    onLost(step.name, { counting: !view && count === undefined, list: count ? [{ field: step.name, why: "goes with all its records", count }] : [] });
  }, [step.name, view, count, onLost]);
  return <p className="border-l-2 border-danger pl-2 text-danger">{view ? "The view goes." : count === undefined ? "Counting the records that are lost…" : `${grouped(count)} ${count === 1 ? "record is" : "records are"} lost.`}</p>;
}
