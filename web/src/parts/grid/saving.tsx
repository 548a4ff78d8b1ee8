import { lazy, Suspense, useEffect, useState } from "react";
import type { Row } from "@/fields/kind";
import { saveFields } from "@/lib/edits";
import type { Collection, FieldDef } from "@/lib/collections";
import { problem, theirs } from "@/lib/pb";
import { stage } from "@/lib/staged";
import { toastFailed } from "@/parts/toast";

const Conflict = lazy(() => import("@/parts/record/conflict").then((m) => ({ default: m.Conflict })));

/** Saves cells one by one, or lets them wait; bar asks when somebody else was faster. */
export function useSaving(c: Collection, q: string, staging: boolean) {
  const [clash, setClash] = useState<{ row: Row; field: FieldDef; mine: unknown }>();
  useEffect(() => setClash(undefined), [q, c.id]);
  const save = async (row: Row, f: FieldDef, value: unknown) => {
    const [values, seen] = [{ [f.name]: value }, { [f.name]: row[f.name] }];
    if (staging) return stage(c.id, [{ id: row.id, values, seen }]);
    setClash(undefined);
    try {
      await saveFields(row, values, seen);
    } catch (err) {
      const now = theirs<Row>(err);
      if (now) return setClash({ row: now, field: f, mine: value });
      const p = problem(err);
      throw new Error(p.fields[f.name]?.message ?? p.message);
    }
  };
  const bar = clash && (
    <div className="border-b px-4 py-2">
      <Suspense>
        <Conflict
          collection={c}
          id={clash.row.id}
          clashes={[{ name: clash.field.name, mine: clash.mine, theirs: clash.row[clash.field.name] }]}
          onMine={() => void save(clash.row, clash.field, clash.mine).catch((err: Error) => toastFailed(err.message))}
          onTheirs={() => setClash(undefined)}
        />
      </Suspense>
    </div>
  );
  return { save, bar };
}
