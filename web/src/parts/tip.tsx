import { Tooltip } from "radix-ui";
import type { ReactNode } from "react";
import { keyNames } from "@/lib/keys";
import { layers } from "@/parts/layers";

/** Says the name of what is below the pointer or has the focus. */
export function Tip({ text, keys, children, side = "bottom" }: { text: ReactNode; keys?: string; children: ReactNode; side?: "top" | "bottom" | "left" | "right" }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal container={layers()}>
        <Tooltip.Content side={side} sideOffset={6} collisionPadding={8} className="appear z-50 max-w-80 rounded-sm border bg-panel px-2 py-1 text-grid text-text shadow-layer">
          {text}
          {keys && keyNames(keys).map((k, i) => <kbd key={i} className="ml-1.5">{k}</kbd>)}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
