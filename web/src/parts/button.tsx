import clsx from "clsx";
import type { LucideIcon } from "lucide-react";
import { base, looks, type ButtonProps } from "@/parts/plainbutton";
import { Tip } from "@/parts/tip";

export { Button } from "@/parts/plainbutton";

/** A button that is an icon; its name is read out and shown on hover and focus. */
export function IconButton({ name, action, icon: Icon, look = "quiet", className, type = "button", ...rest }: Omit<ButtonProps, "children" | "busy"> & { name: string; action?: string; icon: LucideIcon }) {
  return (
    <Tip text={name} action={action}>
      <button type={type} aria-label={name} className={clsx(base, "size-7 shrink-0", looks[look], className)} {...rest}>
        <Icon size={16} strokeWidth={1.5} aria-hidden />
      </button>
    </Tip>
  );
}
