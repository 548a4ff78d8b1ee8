import { Copy } from "lucide-react";
import { Popover as P } from "radix-ui";
import { relative, shownTime, stored } from "@/lib/time";
import { leaveTimes, type Shown } from "@/lib/times";
import { layers } from "@/parts/layers";
import { copy } from "@/parts/small";

const waysOf = (d: Date) => [
  { name: "Local", text: shownTime(d, "local") },
  { name: "UTC", text: stored(d) },
  { name: "Relative", text: relative(d) },
  { name: "Unix", text: String(Math.floor(d.getTime() / 1000)) },
];

/** A moment in all ways that people write it, each to be copied. It stands beside the moment, see watchTimes; a layer that holds the focus lets go of it only for one that opens. */
export function Times({ time, entered }: Shown) {
  return (
    <P.Root open onOpenChange={(open) => open || leaveTimes()}>
      <P.Anchor virtualRef={{ current: time }} />
      <P.Portal container={layers()}>
        <P.Content
          data-times
          data-panel
          aria-label={`The moment ${time.textContent}`}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          hideWhenDetached
          className="appear z-50 max-w-[calc(100vw-16px)] rounded-md border bg-bg p-1 shadow-layer"
          onOpenAutoFocus={(e) => entered || e.preventDefault()}
          onCloseAutoFocus={(e) => e.preventDefault()}
        >
          <ul>
            {waysOf(new Date(time.dateTime)).map(({ name, text }) => (
              <li key={name}>
                <button type="button" onClick={() => void copy(text)} className="flex min-h-7 w-full items-center gap-3 rounded-sm px-2 text-left text-grid -outline-offset-2! hover:bg-hover">
                  <span className="sr-only">Copy</span>
                  <span className="mr-auto text-muted">{name}</span>
                  <span className="tabular font-mono">{text}</span>
                  <Copy size={12} strokeWidth={1.5} aria-hidden className="text-muted" />
                </button>
              </li>
            ))}
          </ul>
        </P.Content>
      </P.Portal>
    </P.Root>
  );
}
