import { useState } from "react";
import { saveTogether, undo } from "@/lib/edits";
import type { Collection } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { counted } from "@/lib/number";
import { problem } from "@/lib/pb";
import { accept, cellsIn, discard, settle, undoStaged } from "@/lib/staged";
import type { Outcome, Write } from "@/lib/writes";
import { Button } from "@/parts/button";
import { StagedReview } from "@/parts/grid/staged/review";
import { Keys } from "@/parts/keys";
import { toast, toastFailed } from "@/parts/toast";

/** What waits to be saved of a collection, and what is done with all of it: it is saved whole or not at all. */
export function ChangeBar({ collection: c, staged, panelOpen }: { collection: Collection; staged: Write[]; panelOpen: boolean }) {
  const [reviewing, setReviewing] = useState(false);
  const [refused, setRefused] = useState<Outcome>();
  const [busy, setBusy] = useState(false);
  const n = cellsIn(staged);
  const save = async (list: Write[]) => {
    if (busy || !list.length) return;
    setBusy(true);
    try {
      const out = await saveTogether(c.name, list);
      const whole = out.refused.length === 0;
      setRefused(whole ? undefined : out);
      setReviewing(!whole);
      if (!whole) return;
      settle(c.id, list);
      toast(`${counted(cellsIn(list), "change")} saved.`, { name: "Undo", run: () => void undo() });
    } catch (err) {
      toastFailed(`Nothing was saved: ${problem(err).message}`);
    } finally {
      setBusy(false);
    }
  };
  const drop = () => {
    discard(c.id);
    setReviewing(false);
    toast(`${counted(n, "change")} discarded.`, { name: "Undo", run: () => void undoStaged() });
  };
  const close = () => {
    setReviewing(false);
    setRefused(undefined);
  };
  useAction({ id: "save-staged", name: `Save all changes of ${c.name}`, group: "Records", keys: ["mod+s"], inText: true, off: panelOpen, run: () => void save(staged) });
  useAction({ id: "review-staged", name: `Review the changes of ${c.name}`, group: "Records", run: () => setReviewing(true) });
  useAction({ id: "discard-staged", name: `Discard the changes of ${c.name}`, group: "Records", run: drop });
  return (
    <section aria-label="Changes that are not saved" className="flex flex-wrap items-center gap-2 border-t border-t-accent bg-panel px-4 py-1.5">
      <span role="status" className="mr-auto font-medium">
        {counted(n, "change")} in {counted(staged.length, "record")}, not saved
      </span>
      <Button className="h-7!" onClick={() => setReviewing(true)}>Review</Button>
      <Button className="h-7!" onClick={drop}>Discard</Button>
      <Button className="h-7!" look="primary" busy={busy} onClick={() => void save(staged)}>Save <span className="max-sm:hidden"><Keys keys="mod+s" /></span></Button>
      {reviewing && (
        <StagedReview
          collection={c}
          staged={staged}
          refused={refused}
          busy={busy}
          onSave={() => void save(staged)}
          onAnyway={(list) => void save(accept(c.id, list.flatMap((r) => r.theirs ?? [])))}
          onClose={close}
        />
      )}
    </section>
  );
}
