import clsx from "clsx";
import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

/** A strip with something to know. */
export function Banner({ kind = "info", children, acts }: { kind?: "info" | "warning" | "danger"; children: ReactNode; acts?: ReactNode }) {
  const hues = { info: "border-info", warning: "border-warning", danger: "border-danger" };
  return (
    <div role={kind === "danger" ? "alert" : "status"} className={clsx("flex flex-wrap items-center gap-2 rounded-md border border-l-4 bg-panel px-3 py-2", hues[kind])}>
      {kind !== "info" && <TriangleAlert size={16} strokeWidth={1.5} aria-hidden className={kind === "danger" ? "text-danger" : "text-warning"} />}
      <div className="min-w-0 flex-1">{children}</div>
      {acts}
    </div>
  );
}
