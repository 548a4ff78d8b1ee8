import type { Collection } from "@/lib/collections";
import { Button } from "@/parts/button";
import { Empty } from "@/parts/states";

/** Says that there are no records, and what can be done about it. */
export function None({ collection: c, filter, fixed, onClear, onNew }: { collection: Collection; filter: string; fixed: boolean; onClear: () => void; onNew: () => void }) {
  if (filter)
    return (
      <Empty acts={<Button onClick={onClear}>Clear the filter</Button>}>
        No record of {c.name} matches <b className="font-mono break-all text-text">{filter}</b>.
      </Empty>
    );
  return (
    <Empty acts={!fixed && <Button look="primary" onClick={onNew}>New record</Button>}>
      Records of {c.name} will be listed here.
    </Empty>
  );
}
