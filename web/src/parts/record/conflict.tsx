import { kindOf } from "@/fields";
import type { Collection } from "@/lib/collections";
import { Button } from "@/parts/button";
import { Banner } from "@/parts/small";

/** A field that was changed here and elsewhere. */
export interface Clash {
  name: string;
  mine: unknown;
  theirs: unknown;
}

/** Says which fields somebody else has changed meanwhile, and lets one choose for each. */
export function Conflict({ collection, id, clashes, onMine, onTheirs }: { collection: Collection; id?: string; clashes: Clash[]; onMine: () => void; onTheirs: (name: string) => void }) {
  if (!clashes.length) return null;
  return (
    <Banner kind="warning">
      <p className="font-medium">{id ? <>Record <span className="font-mono">{id}</span></> : "This record"} was changed elsewhere while you edited it.</p>
      {clashes.map((x) => {
        const f = collection.fields.find((g) => g.name === x.name)!;
        return (
          <div key={x.name} className="grid grid-cols-[auto_1fr_auto] items-center gap-x-2 pt-1">
            <b className="font-mono">{x.name}</b>
            <span className="line-clamp-3 min-w-0 break-words">mine: {kindOf(f).text(x.mine, f) || "empty"} · theirs: {kindOf(f).text(x.theirs, f) || "empty"}</span>
            <Button className="h-6!" onClick={() => onTheirs(x.name)}>Take theirs</Button>
          </div>
        );
      })}
      <Button className="mt-2 h-6!" onClick={onMine}>Save mine</Button>
    </Banner>
  );
}
