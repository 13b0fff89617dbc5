// What goes over the sockets of a page, read as it passes.

import type { Page } from "@playwright/test";

interface Frame {
  readonly type: string;
  // Each type has its own.
  readonly payload: any;
}

// Begun before the page is opened: calls back for each frame that goes this way.
export function onFrame(page: Page, way: "framesent" | "framereceived", heard: (frame: Frame) => void): void {
  page.on("websocket", (socket) => {
    const reads = ({ payload }: { payload: string | Buffer }) => heard(JSON.parse(payload.toString()));
    if (way === "framesent") socket.on("framesent", reads);
    else socket.on("framereceived", reads);
  });
}
