import { useEffect } from "react";
import type { Collection } from "@/lib/collections";
import { counted } from "@/lib/number";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { Progress, Results, useRun } from "@/parts/grid/run";

/** Says which of the selected records their fields would not take as they stand, and changes none. */
export function BulkCheck({ collection: c, ids, onClose }: { collection: Collection; ids: string[]; onClose: () => void }) {
  const run = useRun(c);
  useEffect(() => void run.check(ids.map((id) => ({ id, values: {} }))), []);
  return (
    <Dialog open onClose={onClose} title={`Check ${counted(ids.length, "record")}`} about="Each is tried as if it were saved unchanged." foot={<Button onClick={onClose}>Close</Button>}>
      <Progress run={run} />
      {run.checked && <Results collection={c} outcome={run.checked} tried />}
    </Dialog>
  );
}
