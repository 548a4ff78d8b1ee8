import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { Tooltip } from "radix-ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { router } from "@/app/routes";
import { listenToKeys } from "@/lib/keys";
import { nonce } from "@/lib/pb";
import { queries } from "@/lib/query";

/** Shows the dashboard. */
export function begin(app: HTMLElement): void {
  setNonce(nonce);
  listenToKeys();
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
