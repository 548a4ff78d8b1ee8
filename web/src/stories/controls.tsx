import { Plus, Trash2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Button, IconButton } from "@/parts/button";
import { Checkbox, Field, PasswordInput, Segmented, Select, Switch, TextArea, TextInput } from "@/parts/input";
import { Picker } from "@/parts/picker";
import type { Story } from "@/stories/story";

/** Holds what a control is set to. */
function Held<T>({ of, children }: { of: T; children: (value: T, set: (v: T) => void) => ReactNode }) {
  const [value, set] = useState(of);
  return children(value, set);
}

const looks = ["primary", "plain", "quiet", "danger"] as const;
const buttons = (more: object) => <div className="flex flex-wrap gap-2">{looks.map((look) => <Button key={look} look={look} {...more}>{look}</Button>)}</div>;
const people = [{ key: "a", name: "Ada", hint: "users" }, { key: "g", name: "Grace", hint: "users" }];
const sides = [{ value: "l", name: "Left" }, { value: "m", name: "Middle" }, { value: "r", name: "Right" }];

export const controls: Story[] = [
  { name: "Button", states: { "at rest": buttons({}), disabled: buttons({ disabled: true }), busy: buttons({ busy: true }), "with an icon": buttons({ icon: Plus }) } },
  {
    name: "IconButton",
    states: {
      "at rest": <IconButton name="Add one" icon={Plus} />,
      pressed: <IconButton name="Added" icon={Plus} aria-pressed />,
      danger: <IconButton name="Delete it" icon={Trash2} look="danger" />,
      disabled: <IconButton name="Add none" icon={Plus} disabled />,
    },
  },
  { name: "Link", states: { "at rest": <a href="#/components" className="text-accent underline">A link</a> } },
  {
    name: "Field",
    states: {
      "with help": <Field label="Name" help="As people call it.">{(w) => <TextInput {...w} defaultValue="Ada" />}</Field>,
      optional: <Field label="Nickname" optional>{(w) => <TextInput {...w} placeholder="None" />}</Field>,
      wrong: <Field label="E-mail" error="Must be a valid email address." help="Where mails go.">{(w) => <TextInput {...w} defaultValue="ada@" />}</Field>,
      "with something aside": <Field label="Rule" aside={<Button look="quiet" className="h-6!">Templates</Button>}>{(w) => <TextInput {...w} className="font-mono" defaultValue="open = true" />}</Field>,
    },
  },
  { name: "TextInput", states: { filled: <TextInput aria-label="Filled" defaultValue="Ada" />, empty: <TextInput aria-label="Empty" placeholder="Nothing yet" />, wrong: <TextInput aria-label="Wrong" aria-invalid defaultValue="?" />, disabled: <TextInput aria-label="Disabled" disabled defaultValue="Ada" /> } },
  { name: "PasswordInput", states: { filled: <PasswordInput aria-label="A password" defaultValue="correct horse" autoComplete="off" />, empty: <PasswordInput aria-label="No password" autoComplete="off" /> } },
  { name: "TextArea", states: { "one line": <TextArea aria-label="One line" defaultValue="One line" />, "several lines": <TextArea aria-label="Several lines" defaultValue={"It grows\nwith what\nis in it."} />, disabled: <TextArea aria-label="Disabled lines" disabled defaultValue="One line" /> } },
  {
    name: "Select",
    states: {
      chosen: <Select aria-label="A side" defaultValue="Left"><option>Left</option><option>Right</option></Select>,
      disabled: <Select aria-label="No side" disabled><option>Left</option></Select>,
    },
  },
  {
    name: "Combobox",
    states: {
      picked: <Held of="a">{(v, set) => <><label htmlFor="story-picker" className="sr-only">Somebody</label><Picker id="story-picker" label="People" picked={people.find((p) => p.key === v)!.name} picks={people} onFind={() => {}} onPick={set} /></>}</Held>,
      "finds nothing": <><label htmlFor="story-nobody" className="sr-only">Nobody</label><Picker id="story-nobody" label="No people" picked="" picks={[]} onFind={() => {}} onPick={() => {}} /></>,
    },
  },
  { name: "Checkbox", states: { off: <Checkbox label="Send it" />, on: <Checkbox label="Send it" defaultChecked />, disabled: <Checkbox label="Send it" disabled /> } },
  {
    name: "Switch",
    states: {
      off: <Held of={false}>{(v, set) => <Switch label="Batches" checked={v} onChange={set} />}</Held>,
      "on, with help": <Held of={true}>{(v, set) => <Switch label="Mails" checked={v} onChange={set} help="By the server that is set up." />}</Held>,
      disabled: <Switch label="Codes" checked disabled onChange={() => {}} />,
    },
  },
  {
    name: "Segmented",
    states: {
      chosen: <Held of="l">{(v, set) => <Segmented label="Side" value={v} options={sides} onChange={set} />}</Held>,
      disabled: <Segmented label="Fixed side" value="m" options={sides} disabled onChange={() => {}} />,
    },
  },
  {
    name: "Disclosure",
    states: {
      closed: <details><summary className="text-grid text-muted">Query, headers, context</summary><p>What a request carries besides.</p></details>,
      open: <details open><summary className="text-grid text-muted">More of it</summary><p>What a request carries besides.</p></details>,
    },
  },
];
