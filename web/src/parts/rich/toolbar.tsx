import type { Editor } from "@tiptap/core";
import { Bold, Code, Heading1, Heading2, Heading3, Image, Italic, Link, List, ListOrdered, Minus, Quote, Redo2, SquareCode, Strikethrough, Underline, Undo2, type LucideIcon } from "lucide-react";
import { Toolbar as T } from "radix-ui";
import { useState } from "react";
import { Button } from "@/parts/plainbutton";
import { TextInput } from "@/parts/input";

/** A picture that the record has as a file. */
export interface Picture {
  name: string;
  url: string;
}

const level = (n: 1 | 2 | 3, icon: LucideIcon) => ({ name: `Heading ${n}`, icon, on: (e: Editor) => e.isActive("heading", { level: n }), run: (e: Editor) => e.chain().focus().toggleHeading({ level: n }).run() });
const tools: { name: string; icon: LucideIcon; on?: (e: Editor) => boolean; run: (e: Editor) => boolean }[] = [
  { name: "Bold", icon: Bold, on: (e) => e.isActive("bold"), run: (e) => e.chain().focus().toggleBold().run() },
  { name: "Italic", icon: Italic, on: (e) => e.isActive("italic"), run: (e) => e.chain().focus().toggleItalic().run() },
  { name: "Underline", icon: Underline, on: (e) => e.isActive("underline"), run: (e) => e.chain().focus().toggleUnderline().run() },
  { name: "Strike through", icon: Strikethrough, on: (e) => e.isActive("strike"), run: (e) => e.chain().focus().toggleStrike().run() },
  { name: "Code", icon: Code, on: (e) => e.isActive("code"), run: (e) => e.chain().focus().toggleCode().run() },
  level(1, Heading1),
  level(2, Heading2),
  level(3, Heading3),
  { name: "List", icon: List, on: (e) => e.isActive("bulletList"), run: (e) => e.chain().focus().toggleBulletList().run() },
  { name: "Numbered list", icon: ListOrdered, on: (e) => e.isActive("orderedList"), run: (e) => e.chain().focus().toggleOrderedList().run() },
  { name: "Quote", icon: Quote, on: (e) => e.isActive("blockquote"), run: (e) => e.chain().focus().toggleBlockquote().run() },
  { name: "Block of code", icon: SquareCode, on: (e) => e.isActive("codeBlock"), run: (e) => e.chain().focus().toggleCodeBlock().run() },
  { name: "Line", icon: Minus, run: (e) => e.chain().focus().setHorizontalRule().run() },
  { name: "Undo", icon: Undo2, run: (e) => e.chain().focus().undo().run() },
  { name: "Redo", icon: Redo2, run: (e) => e.chain().focus().redo().run() },
];

/** What can be done to a text: one stop for Tab, arrows within. */
export function Toolbar({ editor: e, label, pictures }: { editor: Editor; label: string; pictures: Picture[] }) {
  const [asking, ask] = useState<"link" | "picture">();
  const toggle = (what: "link" | "picture") => ask(asking === what ? undefined : what);
  return (
    <>
      <T.Root aria-label={label} className="flex flex-wrap rounded-t-sm border border-b-0 border-border bg-panel p-0.5">
        {tools.map((t) => <Tool key={t.name} name={t.name} icon={t.icon} on={t.on?.(e)} onPress={() => t.run(e)} />)}
        <Tool name="Link" icon={Link} on={e.isActive("link")} onPress={() => toggle("link")} />
        <Tool name="Picture" icon={Image} on={asking === "picture"} onPress={() => toggle("picture")} />
      </T.Root>
      {asking === "link" && <LinkForm editor={e} onDone={() => ask(undefined)} />}
      {asking === "picture" && <PictureForm editor={e} pictures={pictures} onDone={() => ask(undefined)} />}
    </>
  );
}

function Tool({ name, icon: Icon, on, onPress }: { name: string; icon: LucideIcon; on?: boolean; onPress: () => void }) {
  return (
    <T.Button type="button" aria-label={name} title={name} aria-pressed={on} className="target inline-flex size-7 items-center justify-center rounded-sm hover:bg-hover aria-pressed:bg-selected" onMouseDown={(e) => e.preventDefault()} onClick={onPress}>
      <Icon size={16} strokeWidth={1.5} aria-hidden />
    </T.Button>
  );
}

/** A line that asks for an address: Enter takes it, Esc leaves it. It stands within the form of a record, which must hear of neither. */
function Ask({ label, first, verb, fault, children, onTake, onLeave }: { label: string; first: string; verb: string; fault?: string; children?: React.ReactNode; onTake: (address: string) => void; onLeave: () => void }) {
  const [address, setAddress] = useState(first);
  return (
    <div
      role="group"
      aria-label={label}
      className="flex flex-wrap items-center gap-1 border-x border-border bg-panel px-1 pb-1"
      onKeyDown={(e) => {
        if (e.key !== "Enter" && e.key !== "Escape") return;
        if (e.key === "Enter" && !(e.target instanceof HTMLInputElement)) return;
        e.preventDefault();
        e.stopPropagation();
        if (e.key === "Enter") onTake(address);
        else onLeave();
      }}
    >
      <TextInput aria-label={label} aria-invalid={!!fault || undefined} autoFocus className="h-7! min-w-40 flex-1" placeholder="https://" value={address} onChange={(e) => setAddress(e.target.value)} />
      <Button className="h-7!" onClick={() => onTake(address)}>{verb}</Button>
      {children}
      {fault && <p role="alert" className="w-full text-grid text-danger">{fault}</p>}
    </div>
  );
}

function LinkForm({ editor: e, onDone }: { editor: Editor; onDone: () => void }) {
  const [fault, setFault] = useState<string>();
  const leave = () => (onDone(), void e.commands.focus());
  const now = (e.getAttributes("link")["href"] as string | undefined) ?? "";
  const take = (href: string) => {
    if (!href.trim()) return setFault("Type an address.");
    const empty = e.state.selection.empty && !e.isActive("link");
    const done = empty ? e.chain().insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }) : e.chain().extendMarkRange("link").setLink({ href });
    if (!allowed(href) || !done.run()) return setFault("A link cannot lead to such an address.");
    leave();
  };
  return (
    <Ask label="Address of the link" first={now} verb="Set" fault={fault} onTake={take} onLeave={leave}>
      {now && <Button look="quiet" className="h-7!" onClick={() => (e.chain().extendMarkRange("link").unsetLink().run(), leave())}>Remove</Button>}
    </Ask>
  );
}

/** Whether a link may lead there: to a page, a mail or a telephone, or to somewhere on the same server. */
const allowed = (href: string): boolean => !/^\s*[a-z][a-z0-9+.-]*:/i.test(href) || /^\s*(https?|mailto|tel):/i.test(href);

function PictureForm({ editor: e, pictures, onDone }: { editor: Editor; pictures: Picture[]; onDone: () => void }) {
  const [fault, setFault] = useState<string>();
  const leave = () => (onDone(), void e.commands.focus());
  const put = (src: string) => {
    if (!/^(https?:\/\/|\/|data:image\/)/i.test(src)) return setFault("Type an address that begins with https://, or a path.");
    e.commands.insertContent({ type: "image", attrs: { src, alt: "" } });
    leave();
  };
  return (
    <Ask label="Address of the picture" first="" verb="Insert" fault={fault} onTake={put} onLeave={leave}>
      {pictures.length > 0 && (
        <ul aria-label="Pictures of this record" className="flex w-full flex-wrap gap-1">
          {pictures.map((p) => <li key={p.url}><Button look="quiet" className="h-7! text-grid!" onClick={() => put(p.url)}>{p.name}</Button></li>)}
        </ul>
      )}
    </Ask>
  );
}
