import clsx from "clsx";
import { accessOf, accessWords, type Access, type Collection } from "@/lib/collections";
import { Tip } from "@/parts/tip";

const actions = ["list", "view", "create", "update", "delete"] as const;

const look: Record<Access, string> = {
  superusers: "border-dashed text-muted",
  rule: "border-info text-info",
  everyone: "border-2 border-public font-semibold text-public",
};

/** Who may do what to the records, as five letters with words behind them. */
export function AccessMarks({ collection: c }: { collection: Collection }) {
  const all = { list: c.listRule, view: c.viewRule, create: c.createRule, update: c.updateRule, delete: c.deleteRule };
  const shown = c.type === "view" ? actions.slice(0, 2) : actions;
  const words = shown.map((a) => `${a}: ${accessWords[accessOf(all[a])]}`);
  return (
    <Tip text={<ul>{words.map((w) => <li key={w}>{w}</li>)}</ul>}>
      <a href={`#/c/${encodeURIComponent(c.name)}/rules/list`} aria-label={`Access: ${words.join(", ")}`} className="inline-flex min-h-6 items-center gap-1 rounded-sm px-0.5">
        {shown.map((a) => (
          <span key={a} data-letter={a[0]!.toUpperCase()} className={clsx("inline-flex size-5 items-center justify-center rounded-sm border text-label before:content-[attr(data-letter)]", look[accessOf(all[a])])} />
        ))}
      </a>
    </Tip>
  );
}
