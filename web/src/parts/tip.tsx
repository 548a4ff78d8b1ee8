import { Tooltip } from "radix-ui";
import { useEffect, useState, type ReactNode } from "react";
import { flushSync } from "react-dom";
import { KeysOf } from "@/parts/keys";
import { layers } from "@/parts/layers";

/** Says the name of what is below the pointer or has the focus, and the keys of the action it is for. Escape takes it away, and is heard by what it stands in as well. */
export function Tip({ text, action, children, side = "bottom" }: { text: ReactNode; action?: string; children: ReactNode; side?: "top" | "bottom" | "left" | "right" }) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!open) return;
    // Before any layer hears it: a tip that is open would take it for itself. It must go at once, without a movement.
    const leave = (e: KeyboardEvent) => e.key === "Escape" && flushSync(() => setOpen(false));
    addEventListener("keydown", leave, true);
    return () => removeEventListener("keydown", leave, true);
  }, [open]);
  return (
    <Tooltip.Root open={open} onOpenChange={setOpen}>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal container={layers()}>
        <Tooltip.Content side={side} sideOffset={6} collisionPadding={8} className="z-50 max-w-80 rounded-sm border bg-panel px-2 py-1 text-grid text-text shadow-layer">
          {text}
          {action && <KeysOf action={action} />}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
