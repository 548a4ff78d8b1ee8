import { Copy, Download } from "lucide-react";
import { useState } from "react";
import type { Collection } from "@/lib/collections";
import { save } from "@/lib/save";
import { Button } from "@/parts/button";
import { Checkbox } from "@/parts/input";
import { copy } from "@/parts/small";

/** Saves definitions as JSON: all of them, or those that are ticked. */
export function Export({ all }: { all: Collection[] }) {
  const own = all.filter((c) => !c.system);
  const [without, setWithout] = useState<string[]>([]);
  const [system, setSystem] = useState(false);
  const offered = system ? all : own;
  const chosen = offered.filter((c) => !without.includes(c.id));
  const text = () => JSON.stringify(chosen.map(({ created: _c, updated: _u, ...c }) => c), null, 2) + "\n";
  const toggle = (id: string) => setWithout(without.includes(id) ? without.filter((x) => x !== id) : [...without, id]);
  return (
    <section aria-labelledby="export" className="flex flex-col gap-3">
      <h2 id="export" className="text-title font-semibold">Export</h2>
      <fieldset className="flex flex-wrap gap-x-4 gap-y-1">
        <legend className="sr-only">Collections to export</legend>
        {offered.map((c) => <Checkbox key={c.id} label={c.name} checked={!without.includes(c.id)} onChange={() => toggle(c.id)} />)}
      </fieldset>
      <div className="flex flex-wrap items-center gap-2">
        <Button icon={Download} disabled={!chosen.length} onClick={() => save("collections.json", "application/json", text())}>Save {chosen.length} as JSON</Button>
        <Button icon={Copy} disabled={!chosen.length} onClick={() => void copy(text())}>Copy</Button>
        <Button look="quiet" onClick={() => setWithout(chosen.length ? offered.map((c) => c.id) : [])}>{chosen.length ? "Choose none" : "Choose all"}</Button>
        <Checkbox label="System collections too" checked={system} onChange={(e) => setSystem(e.target.checked)} />
      </div>
    </section>
  );
}
