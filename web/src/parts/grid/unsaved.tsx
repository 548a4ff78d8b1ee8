import { kindOf } from "@/fields";
import type { FieldDef } from "@/lib/collections";
import type { Values } from "@/lib/writes";

/** The mark of what is shown of fields while a change of them waits to be saved: a corner, and what it was in words. */
export function Unsaved({ seen, fields }: { seen: Values | undefined; fields: FieldDef[] }) {
  const changed = fields.filter((f) => seen && Object.hasOwn(seen, f.name)); // a field may be called "constructor"
  if (!changed.length) return null;
  const before = changed.map((f) => kindOf(f).text(seen![f.name], f)).join(" ");
  const words = `Not saved; it was ${before.slice(0, 80) || "empty"}`;
  return (
    <span title={words} className="absolute top-0 left-0 border-t-8 border-r-8 border-t-accent border-r-transparent">
      <span className="sr-only">{words}</span>
    </span>
  );
}
