import { Copy, MoreHorizontal, Trash2 } from "lucide-react";
import { lazy, Suspense, useState, type ReactNode } from "react";
import { Button, IconButton } from "@/parts/button";
import { Confirm, Dialog, Sheet } from "@/parts/dialog";
import { Field, TextInput } from "@/parts/input";
import { Menu, MenuItem, MenuLabel, MenuLine, Popover } from "@/parts/menu";
import { Tip } from "@/parts/tip";
import type { Story } from "@/stories/story";

const Palette = lazy(() => import("@/app/palette").then((m) => ({ default: m.Palette })));
const ShortcutSheet = lazy(() => import("@/app/sheet").then((m) => ({ default: m.ShortcutSheet })));

/** A layer that a button opens. */
function Opened({ verb, children }: { verb: string; children: (open: boolean, close: () => void) => ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{verb}</Button>
      {children(open, () => setOpen(false))}
    </>
  );
}

export const layers: Story[] = [
  { name: "Tooltip", states: { "on hover and focus": <Tip text="What it does" action="palette"><Button>Save</Button></Tip> } },
  {
    name: "Menu",
    states: {
      "things to do": (
        <Menu align="start" trigger={<IconButton name="More to do" icon={MoreHorizontal} />}>
          <MenuLabel>This record</MenuLabel>
          <MenuItem icon={Copy} keys="mod+c" onSelect={() => {}}>Copy</MenuItem>
          <MenuItem disabled onSelect={() => {}}>Not now</MenuItem>
          <MenuLine />
          <MenuItem icon={Trash2} danger onSelect={() => {}}>Delete</MenuItem>
        </Menu>
      ),
      "with marks": <Menu align="start" trigger={<Button>Rows</Button>}><MenuItem checked onSelect={() => {}}>Compact</MenuItem><MenuItem checked={false} onSelect={() => {}}>Roomy</MenuItem></Menu>,
    },
  },
  { name: "Popover", states: { closed: <Popover name="Columns of a story" trigger={<Button>Columns</Button>}><TextInput aria-label="Find a column" placeholder="Find" /></Popover> } },
  {
    name: "Dialog",
    states: {
      narrow: <Opened verb="Open a dialog">{(open, close) => <Dialog open={open} onClose={close} title="A dialog" about="What it is about." foot={<Button onClick={close}>Done</Button>}><Field label="Name">{(w) => <TextInput {...w} />}</Field></Dialog>}</Opened>,
      wide: <Opened verb="Open a wide dialog">{(open, close) => <Dialog open={open} onClose={close} title="A wide dialog" wide><p>As much as there is room for.</p></Dialog>}</Opened>,
      "that asks": <Opened verb="Ask before deleting">{(open, close) => <Confirm open={open} onClose={close} onConfirm={close} title="Delete 3 records?" verb="Delete 3 records" about="This can be undone." />}</Opened>,
      "that asks for a name": <Opened verb="Ask before dropping">{(open, close) => <Confirm open={open} onClose={close} onConfirm={close} title="Drop stories?" verb="Drop stories" mustType="stories" about="This cannot be undone." />}</Opened>,
    },
  },
  { name: "Sheet", states: { closed: <Opened verb="Open a sheet">{(open, close) => <Sheet open={open} onClose={close} title="A sheet"><div className="p-4"><Button onClick={close}>Close the sheet</Button></div></Sheet>}</Opened> } },
  { name: "Palette", states: { closed: <Opened verb="Open the palette here">{(open, close) => open && <Suspense><Palette onClose={close} /></Suspense>}</Opened> } },
  { name: "ShortcutSheet", states: { closed: <Opened verb="Open the shortcuts here">{(open, close) => open && <Suspense><ShortcutSheet onClose={close} /></Suspense>}</Opened> } },
];
