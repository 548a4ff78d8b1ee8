import clsx from "clsx";
import { Copy } from "lucide-react";
import type { ReactNode } from "react";
import { usePrefs } from "@/lib/prefs";
import { shownTime } from "@/lib/time";
import { Tip } from "@/parts/tip";
import { toast } from "@/parts/toast";

export { Banner } from "@/parts/banner";

/** A word in a box; hue is one of the colours with a meaning. */
export function Tag({ children, hue = "muted" }: { children: ReactNode; hue?: "muted" | "accent" | "danger" | "warning" | "success" | "info" | "public" }) {
  const hues = { muted: "text-muted", accent: "text-accent", danger: "text-danger", warning: "text-warning", success: "text-success", info: "text-info", public: "text-public" };
  return <span className={clsx("inline-flex max-w-full items-center truncate rounded-sm border px-1.5 text-label", hues[hue])}>{children}</span>;
}

/** Copies text and says so. */
export async function copy(text: string, what = "Copied."): Promise<void> {
  await navigator.clipboard.writeText(text);
  toast(what);
}

/** An id that copies itself. */
export function IdChip({ id }: { id: string }) {
  return (
    <Tip text="Copy the id">
      <button type="button" aria-label={`Copy the id ${id}`} onClick={() => void copy(id)} className="inline-flex min-h-6 items-center gap-1 rounded-sm font-mono text-grid text-muted hover:bg-hover hover:text-text">
        {id}
        <Copy size={12} strokeWidth={1.5} aria-hidden />
      </button>
    </Tip>
  );
}

/** A moment in the chosen zone; hover shows it in all ways. */
export function Moment({ value }: { value: string | number }) {
  const { zone } = usePrefs();
  const d = new Date(value);
  if (!value || Number.isNaN(d.getTime())) return <>{value}</>;
  return <time dateTime={d.toISOString()} className="tabular">{shownTime(d, zone)}</time>;
}

/** A moment that stands by itself: the focus shows it in all ways as well, and pressing it leads to them. */
export const TimeText = ({ value }: { value: string }) => <button type="button" data-moment aria-haspopup="dialog" className="min-h-6 rounded-sm hover:bg-hover"><Moment value={value} /></button>;
