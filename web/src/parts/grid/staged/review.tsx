import type { Collection } from "@/lib/collections";
import { counted } from "@/lib/number";
import { cellsIn, unstage } from "@/lib/staged";
import type { Outcome, Refusal, Write } from "@/lib/writes";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import type { CellChange } from "@/parts/grid/paste";
import { Changes } from "@/parts/grid/review";
import { Results } from "@/parts/grid/run";

interface Props {
  collection: Collection;
  staged: Write[];
  /** Why nothing was saved when it was tried. */
  refused?: Outcome;
  busy: boolean;
  onSave: () => void;
  onAnyway: (list: Refusal[]) => void;
  onClose: () => void;
}

/** Every change that waits, old and new: each can be let go, and all are saved together. */
export function StagedReview({ collection: c, staged, refused, busy, onSave, onAnyway, onClose }: Props) {
  const cells = staged.flatMap((write, at) => cellsOf(c, write, at));
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`${counted(cellsIn(staged), "change")} in ${c.name}`}
      about="They are saved together: all of them, or none."
      foot={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button look="primary" autoFocus busy={busy} disabled={!cells.length} onClick={onSave}>Save all</Button>
        </>
      }
    >
      {refused && <Results collection={c} outcome={refused} tried onAnyway={onAnyway} />}
      <Changes list={cells} onDrop={({ at, field }) => unstage(c.id, staged[at]!, field.name)} />
    </Dialog>
  );
}

function cellsOf(c: Collection, { id, values, seen }: Write, at: number): CellChange[] {
  const row = { id: id ?? "new record", collectionId: c.id, collectionName: c.name, ...seen };
  return c.fields.filter((f) => Object.hasOwn(values, f.name)).map((field) => ({ row, at, field, to: values[field.name] }));
}
