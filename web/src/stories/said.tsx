import { ClientResponseError } from "pocketbase";
import type { Collection } from "@/lib/collections";
import { AccessMarks } from "@/parts/accessmarks";
import { Button } from "@/parts/button";
import { Conflict } from "@/parts/record/conflict";
import { Banner, IdChip, Tag, TimeText } from "@/parts/small";
import { Empty, Failed, Skeleton } from "@/parts/states";
import { toast, toastFailed } from "@/parts/toast";
import { sample } from "@/stories/sample";
import type { Story } from "@/stories/story";

const refused = new ClientResponseError({ url: "", status: 400, response: { message: "Failed to create record.", data: { title: { code: "validation_required", message: "Cannot be blank." } } } });
const away = new ClientResponseError({ url: "", status: 0, response: {} });
const hues = ["muted", "accent", "danger", "warning", "success", "info", "public"] as const;
const open: Collection = { ...sample, name: "open", listRule: "", viewRule: "", createRule: "", updateRule: "", deleteRule: "" };
const closed: Collection = { ...sample, name: "closed", listRule: null, viewRule: null, createRule: null, updateRule: null, deleteRule: null };
const view: Collection = { ...sample, name: "summary", type: "view" };

export const said: Story[] = [
  { name: "Tag", states: { "every hue": <div className="flex flex-wrap gap-2">{hues.map((h) => <Tag key={h} hue={h}>{h}</Tag>)}</div>, "cut when it is long": <div className="w-32"><Tag>a word that is longer than its place</Tag></div> } },
  { name: "AccessMark", states: { "everyone may": <AccessMarks collection={open} />, "a rule decides": <AccessMarks collection={sample} />, "superusers alone": <AccessMarks collection={closed} />, "of a view": <AccessMarks collection={view} /> } },
  { name: "IdChip", states: { "at rest": <IdChip id="000000000000001" /> } },
  { name: "TimeText", states: { "a moment": <TimeText value="2026-03-04 05:06:07.000Z" />, "no moment": <TimeText value="never" /> } },
  { name: "Banner", wide: true, states: { info: <Banner>Saved for you alone.</Banner>, "warning, with an act": <Banner kind="warning" acts={<Button>Look</Button>}>Nobody can sign in.</Banner>, danger: <Banner kind="danger">The fields could not be saved.</Banner> } },
  { name: "ConflictBar", wide: true, states: { "two fields": <Conflict collection={sample} clashes={[{ name: "title", mine: "Mine", theirs: "Theirs" }, { name: "views", mine: 3, theirs: 0 }]} onMine={() => {}} onTheirs={() => {}} /> } },
  { name: "EmptyState", wide: true, states: { "with the first act": <Empty acts={<Button look="primary">New record</Button>}>No record yet.</Empty>, "by a filter": <Empty acts={<Button>Clear the filter</Button>}>No record matches views &gt; 100.</Empty> } },
  { name: "ErrorState", wide: true, states: { "refused, with faults": <Failed what="The record could not be made" error={refused} onRetry={() => {}} />, "the server is away": <Failed what="The records could not be read" error={away} onRetry={() => {}} /> } },
  { name: "Skeleton", states: { "three lines": <Skeleton lines={3} /> } },
  { name: "Toast", states: { "done, with a way back": <Button onClick={() => toast("Deleted 3 records.", { name: "Undo", run: () => {} })}>Say what was done</Button>, failed: <Button onClick={() => toastFailed("The server does not answer.")}>Say what failed</Button> } },
];
