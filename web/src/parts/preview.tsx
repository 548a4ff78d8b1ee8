import { useMemo } from "react";
import { nonce } from "@/lib/pb";
import { framed } from "@/parts/framed";

export type Ground = "light" | "dark";

const colours = { light: "background: #fff; color: #16191a", dark: "background: #121516; color: #ecefef" };

/** How HTML looks, in a frame of its own in which nothing runs. */
export function Preview({ title, html, ground = "light", width }: { title: string; html: string; ground?: Ground; width?: number }) {
  const doc = useMemo(() => framed(html, nonce, `body { font: 16px system-ui; padding: 16px; margin: 0; overflow-wrap: anywhere; ${colours[ground]} }`), [html, ground]);
  return <iframe title={title} sandbox="" srcDoc={doc} className="h-80 w-full max-w-full rounded-sm border bg-white" style={{ width }} />;
}
