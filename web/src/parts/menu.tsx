import clsx from "clsx";
import { Check, type LucideIcon } from "lucide-react";
import { DropdownMenu as M, Popover as P } from "radix-ui";
import { createContext, use, useRef, type ReactNode, type RefObject } from "react";
import { Keys, KeysOf } from "@/parts/keys";
import { layers } from "@/parts/layers";

const layer = "appear z-50 max-w-[calc(100vw-16px)] min-w-44 overflow-auto rounded-md border bg-bg p-1 shadow-layer";
const row = "flex min-h-7 cursor-default items-center gap-2 rounded-sm px-2 py-1 text-body -outline-offset-2! data-highlighted:bg-hover data-disabled:opacity-50";

/** What was chosen in a menu. It is done when the menu has closed, so that a layer it opens gives the focus back to the menu's button. */
const Chosen = createContext<RefObject<(() => void) | undefined>>({ current: undefined });

/** A list of things to do; the trigger is a button, which gets the focus back unless that is to go elsewhere. */
export function Menu({ trigger, children, align = "end", defaultOpen, onClose, backTo }: { trigger: ReactNode; children: ReactNode; align?: "start" | "end"; defaultOpen?: boolean; onClose?: () => void; backTo?: () => HTMLElement | null | undefined }) {
  const chosen = useRef<() => void>(undefined);
  const act = (e: Event) => {
    if (backTo) {
      e.preventDefault();
      backTo()?.focus();
    }
    const run = chosen.current;
    chosen.current = undefined;
    if (run) setTimeout(run, 0);
  };
  return (
    <M.Root modal={false} defaultOpen={defaultOpen} onOpenChange={(open) => open || onClose?.()}>
      <M.Trigger asChild>{trigger}</M.Trigger>
      <M.Portal container={layers()}>
        <M.Content align={align} sideOffset={4} collisionPadding={8} onCloseAutoFocus={act} className={layer} style={{ maxHeight: "var(--radix-dropdown-menu-content-available-height)" }}>
          <Chosen value={chosen}>{children}</Chosen>
        </M.Content>
      </M.Portal>
    </M.Root>
  );
}

export function MenuItem({ icon: Icon, action, keys, danger, checked, children, onSelect, disabled }: { icon?: LucideIcon; action?: string; keys?: string; danger?: boolean; checked?: boolean; children: ReactNode; onSelect: () => void; disabled?: boolean }) {
  const chosen = use(Chosen);
  const choose = () => void (chosen.current = onSelect);
  const inside = (
    <>
      {checked !== undefined && <span className="w-4">{checked && <Check size={16} strokeWidth={1.5} aria-hidden />}</span>}
      {Icon && <Icon size={16} strokeWidth={1.5} aria-hidden />}
      <span className="flex-1">{children}</span>
      {(action || keys) && <span className="pl-4">{action ? <KeysOf action={action} /> : <Keys keys={keys!} />}</span>}
    </>
  );
  if (checked !== undefined)
    return <M.CheckboxItem checked={checked} disabled={disabled} onSelect={choose} className={row}>{inside}</M.CheckboxItem>;
  return <M.Item disabled={disabled} onSelect={choose} className={clsx(row, danger && "text-danger")}>{inside}</M.Item>;
}

export const MenuLine = () => <M.Separator className="my-1 h-px bg-line" />;
export const MenuLabel = ({ children }: { children: ReactNode }) => <M.Label className="px-2 pt-1.5 pb-0.5 text-label font-medium text-muted">{children}</M.Label>;

/** A small layer beside its button that holds whatever it is given. */
export function Popover({ trigger, children, open, onOpenChange, align = "start", name }: { trigger: ReactNode; children: ReactNode; open?: boolean; onOpenChange?: (open: boolean) => void; align?: "start" | "end"; name: string }) {
  return (
    <P.Root open={open} onOpenChange={onOpenChange}>
      <P.Trigger asChild>{trigger}</P.Trigger>
      <P.Portal container={layers()}>
        <P.Content aria-label={name} align={align} sideOffset={4} collisionPadding={8} className={clsx(layer, "p-2")}>{children}</P.Content>
      </P.Portal>
    </P.Root>
  );
}
