import clsx from "clsx";
import { X } from "lucide-react";
import { AlertDialog, Dialog as D } from "radix-ui";
import { useId, useState, type ComponentProps, type KeyboardEvent as Key, type ReactNode } from "react";
import { Boundary } from "@/parts/boundary";
import { Button } from "@/parts/button";
import { Field, TextInput } from "@/parts/input";
import { layers } from "@/parts/layers";

/**
 * Escape leaves a layer, unless a list of names is open in it, which it closes first. A tip that was open has kept the
 * layer from listening for itself; what stands around the layer must not hear of it. A press on the veil leaves it too,
 * one on a notice or on a layer that lies over it does not.
 */
const leavingBy = (onClose: () => void) => ({
  onEscapeKeyDown: (e: KeyboardEvent) => (e.target as HTMLElement).matches("[role=combobox][aria-expanded=true]") && e.preventDefault(),
  onPointerDownOutside: (e: Event) => (e.target as HTMLElement).matches("[data-veil]") || e.preventDefault(),
  onKeyDown: (e: Key) => {
    if (e.key !== "Escape" || e.defaultPrevented) return;
    e.preventDefault();
    onClose();
  },
});

const veil = "fixed inset-0 z-40 bg-black/40";

/** It has the focus when a layer opens: a tooltip would stand in the way then. */
function CloseButton(props: ComponentProps<"button">) {
  return (
    <button type="button" aria-label="Close" title="Close (Esc)" className="target inline-flex size-7 shrink-0 items-center justify-center rounded-sm hover:bg-hover" {...props}>
      <X size={16} strokeWidth={1.5} aria-hidden />
    </button>
  );
}

/** A layer over the page that must be left before anything else is done. */
export function Dialog({ open, onClose, title, about, children, foot, wide }: { open: boolean; onClose: () => void; title: string; about?: ReactNode; children?: ReactNode; foot?: ReactNode; wide?: boolean }) {
  return (
    <D.Root open={open} onOpenChange={(o) => !o && onClose()}>
      <D.Portal container={layers()}>
        <D.Overlay data-veil className={veil} />
        <D.Content
          {...leavingBy(onClose)}
          {...(about ? {} : { "aria-describedby": undefined })}
          className={clsx("appear fixed top-[8vh] left-1/2 z-40 flex max-h-[84vh] w-[calc(100vw-24px)] -translate-x-1/2 flex-col rounded-lg border bg-bg shadow-layer", wide ? "max-w-240" : "max-w-130")}
        >
          <header className="flex items-center justify-between gap-4 px-4 pt-3 pb-2">
            <D.Title className="text-title font-semibold">{title}</D.Title>
            <D.Close asChild>
              <CloseButton />
            </D.Close>
          </header>
          <div className="flex min-h-0 flex-col gap-4 overflow-auto px-4 pb-4" tabIndex={-1}>
            {about && <D.Description asChild><div className="text-muted">{about}</div></D.Description>}
            <Boundary what="What stands here">{children}</Boundary>
          </div>
          {foot && <footer className="flex justify-end gap-2 border-t px-4 py-3">{foot}</footer>}
        </D.Content>
      </D.Portal>
    </D.Root>
  );
}

/** A sheet from the side, for what is worked on beside the page on narrow screens. */
export function Sheet({ open, onClose, title, children }: { open: boolean; onClose: () => void; title: string; children: ReactNode }) {
  return (
    <D.Root open={open} onOpenChange={(o) => !o && onClose()}>
      <D.Portal container={layers()}>
        <D.Overlay data-veil className={veil} />
        <D.Content {...leavingBy(onClose)} data-panel aria-describedby={undefined} className="fixed inset-y-0 right-0 z-40 flex w-full max-w-160 flex-col border-l bg-bg shadow-layer">
          <D.Title className="sr-only">{title}</D.Title>
          {children}
        </D.Content>
      </D.Portal>
    </D.Root>
  );
}

/**
 * Asks before something that cannot be undone. It names the thing and how much of it; with mustType, that text is to
 * be typed first. It may stand in a form, which must not take its answer for its own.
 */
export function Confirm({ open, onClose, title, about, verb, mustType, busy, onConfirm }: { open: boolean; onClose: () => void; title: string; about: ReactNode; verb: string; mustType?: string; busy?: boolean; onConfirm: () => void }) {
  const [typed, setTyped] = useState("");
  const form = useId();
  const ready = !mustType || typed === mustType;
  return (
    <AlertDialog.Root open={open} onOpenChange={(o) => !o && (setTyped(""), onClose())}>
      <AlertDialog.Portal container={layers()}>
        <AlertDialog.Overlay data-veil className={veil} />
        <AlertDialog.Content {...leavingBy(() => (setTyped(""), onClose()))} className="appear fixed top-[16vh] left-1/2 z-40 w-[calc(100vw-24px)] max-w-110 -translate-x-1/2 rounded-lg border bg-bg shadow-layer">
          <form id={form} className="flex flex-col gap-3 p-4" onSubmit={(e) => (e.preventDefault(), e.stopPropagation(), ready && onConfirm())}>
            <AlertDialog.Title className="text-title font-semibold">{title}</AlertDialog.Title>
            <AlertDialog.Description asChild><div className="text-muted">{about}</div></AlertDialog.Description>
            {mustType && (
              <Field label={<>Type <b className="font-mono">{mustType}</b> to go on</>}>
                {(w) => <TextInput {...w} autoComplete="off" value={typed} onChange={(e) => setTyped(e.target.value)} />}
              </Field>
            )}
            <div className="flex justify-end gap-2 pt-1">
              <AlertDialog.Cancel asChild><Button>Cancel</Button></AlertDialog.Cancel>
              <Button type="submit" look="danger" disabled={!ready} busy={busy}>{verb}</Button>
            </div>
          </form>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
