import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Braces, Download, FileSpreadsheet, MoreHorizontal, Plus } from "lucide-react";
import { kindIcon } from "@/app/rail";
import type { Collection } from "@/lib/collections";
import { exportRecords } from "@/lib/export";
import { useAction } from "@/lib/keys";
import { usePhone } from "@/lib/media";
import type { Ask } from "@/lib/rows";
import { AccessMarks } from "@/parts/accessmarks";
import { Button, IconButton } from "@/parts/button";
import { Head } from "@/parts/head";
import { Menu, MenuItem, MenuLine } from "@/parts/menu";
import { Tag } from "@/parts/small";

/**
 * The head of a collection's grid: what it is, who may do what, and what can be done with all of it. On a phone it has
 * two lines: the other parts of the collection stand in the menu, and what makes a record never does.
 */
export function RecordsHead({ collection: c, ask, count, fixed, onNew, views }: { collection: Collection; ask: Ask; count?: number; fixed: boolean; onNew: () => void; views: ReactNode }) {
  const go = useNavigate();
  const phone = usePhone();
  const Icon = kindIcon[c.type];
  const base = `/c/${encodeURIComponent(c.name)}`;
  const parts = [
    { name: "Fields", at: `${base}/schema` },
    { name: "Rules", at: `${base}/rules/list` },
    ...(c.type === "auth" ? [{ name: "Sign-in", at: `${base}/auth/methods` }] : []),
    { name: "API", at: `${base}/api/list` },
  ];
  const csv = () => void exportRecords(ask, "csv", count);
  useAction({ id: "export-csv", name: `Export ${c.name} as CSV`, group: "Records", run: csv });
  useAction({ id: "schema", name: `Fields of ${c.name}`, group: "Data", to: `${base}/schema`, run: () => void go({ href: `${base}/schema` }) });
  useAction({ id: "rules", name: `Rules of ${c.name}`, group: "Access", to: `${base}/rules/list`, run: () => void go({ href: `${base}/rules/list` }) });
  useAction({ id: "snippets", name: `Examples of the API of ${c.name}`, group: "Data", to: `${base}/api/list`, run: () => void go({ href: `${base}/api/list` }) });
  return (
    <Head
      title={<><Icon size={18} strokeWidth={1.5} aria-hidden className="mr-2 inline align-[-3px] text-muted" />{c.name}</>}
      aside={
        <>
          <Tag>{c.type}</Tag>
          <AccessMarks collection={c} />
        </>
      }
    >
      {views}
      {!phone && (
        <nav aria-label={`Parts of ${c.name}`} className="flex items-center gap-1">
          {parts.map((part) => <a key={part.name} className="inline-flex min-h-7 items-center rounded-sm px-2 hover:bg-hover" href={`#${part.at}`}>{part.name}</a>)}
        </nav>
      )}
      <Menu trigger={<IconButton name="More" icon={MoreHorizontal} />}>
        {phone && parts.map((part) => <MenuItem key={part.name} onSelect={() => void go({ href: part.at })}>{part.name}</MenuItem>)}
        {phone && <MenuLine />}
        <MenuItem icon={FileSpreadsheet} onSelect={csv}>Export as CSV</MenuItem>
        <MenuItem icon={Braces} onSelect={() => void exportRecords(ask, "json", count)}>Export as JSON</MenuItem>
        <MenuItem icon={Download} onSelect={() => void exportRecords(ask, "ndjson", count)}>Export as NDJSON</MenuItem>
        <MenuLine />
        {!fixed && <MenuItem onSelect={() => void go({ href: `${base}/import` })}>Import records</MenuItem>}
        <MenuItem onSelect={() => void go({ href: `/new?from=${c.name}` })}>Make a copy of the collection</MenuItem>
      </Menu>
      {!fixed && <Button look="primary" icon={Plus} onClick={onNew}>New</Button>}
    </Head>
  );
}
