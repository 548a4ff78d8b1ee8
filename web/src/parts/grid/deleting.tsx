import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Row } from "@/fields/kind";
import type { Collection } from "@/lib/collections";
import { pb } from "@/lib/pb";
import { Confirm } from "@/parts/dialog";

/** Asks before deleting, and says what else goes. */
export function Deleting({ collection: c, rows, onClose, onConfirm }: { collection: Collection; rows?: Row[]; onClose: () => void; onConfirm: () => void }) {
  const referrers = useQuery({
    queryKey: ["referrers", c.id],
    queryFn: async () => (await pb.collections.getFullList()).flatMap((o) => o.fields.filter((f) => f.type === "relation" && f["collectionId"] === c.id).map((f) => ({ name: o.name, field: f.name, cascade: !!f["cascadeDelete"] }))),
    enabled: !!rows,
    placeholderData: keepPreviousData,
  });
  const n = rows?.length ?? 0;
  const files = c.fields.filter((f) => f.type === "file").length > 0;
  return (
    <Confirm
      open={!!rows}
      onClose={onClose}
      title={n === 1 ? `Delete 1 record of ${c.name}?` : `Delete ${n} records of ${c.name}?`}
      verb={n === 1 ? "Delete 1 record" : `Delete ${n} records`}
      onConfirm={onConfirm}
      about={
        <>
          {n === 1 && <p className="font-mono">{rows![0]!.id}</p>}
          {(referrers.data ?? []).map((o) => (
            <p key={o.name + o.field}>
              {o.cascade ? <>Records of <b>{o.name}</b> that point here are deleted too.</> : <>Links from <b>{o.name}.{o.field}</b> are emptied.</>}
            </p>
          ))}
          <p>{files ? "Undo brings the records back, but not their files." : "You can undo this for as long as this tab is open."}</p>
        </>
      }
    />
  );
}
