import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { Tooltip } from "radix-ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { router } from "@/app/routes";
import { bootstrapQuery, collectionQuery } from "@/lib/collections";
import { keepFocus } from "@/lib/focus";
import { listenToKeys } from "@/lib/keys";
import { nonce } from "@/lib/pb";
import { queries } from "@/lib/query";
import { watchTimes } from "@/lib/times";
import { pageQuery } from "@/lib/rows";

/** How long the first picture waits for what belongs in it, in milliseconds. After that it shows what is there. */
const patience = 150;

/**
 * Shows the dashboard. What boot.js asked for is mostly there by now: one picture with all of it is drawn sooner than
 * an empty one, one with columns, and one with rows, one after the other.
 */
export async function begin(app: HTMLElement): Promise<void> {
  setNonce(nonce);
  listenToKeys();
  keepFocus();
  watchTimes();
  await Promise.race([firstAnswers().catch(() => {}), new Promise((go) => setTimeout(go, patience))]);
  createRoot(app).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Tooltip.Provider delayDuration={400}>
          <RouterProvider router={router} />
        </Tooltip.Provider>
      </QueryClientProvider>
    </StrictMode>,
  );
}

/** Takes in what boot.js asked for: who the server is, and the collection of the first grid with its rows. */
async function firstAnswers(): Promise<void> {
  const asked = Object.keys(window.boot?.asked ?? {});
  const rows = asked.find((what) => what.startsWith("rows "));
  const boot = asked.includes("api/dashboard/bootstrap") ? queries.fetchQuery(bootstrapQuery) : undefined;
  const grid = async (name: string) => {
    const [collection, { first = {} } = {}] = await Promise.all([queries.fetchQuery(collectionQuery(name)), boot]);
    const { q, s } = first[collection.id]?.options ?? {};
    if (!q && !s) await queries.fetchQuery(pageQuery({ collection, filter: "", sort: "" }, 1));
  };
  await Promise.all([rows && import("@/pages/grid"), boot, rows && grid(decodeURIComponent(rows.slice("rows ".length)))]);
}
