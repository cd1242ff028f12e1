/** The slim line that tells of a lost connection, and goes when it is back. */
import type { LinkState } from "#sdk/index.ts";
import { useSignal, useSignalEffect } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { linkNotice } from "./link-notice.ts";
import type { LinkNotice } from "./link-notice.ts";

export interface ConnectionBannerProps {
  readonly link: ReadonlySignal<LinkState>;
  readonly reconnectNow: () => void;
}

export function ConnectionBanner({ link, reconnectNow }: ConnectionBannerProps) {
  const notice = useLinkNotice(link).value;
  // The status stays in the document, empty, so that screen readers hear what comes into it.
  return (
    <div class="banner" data-kind={notice.kind}>
      <output class="banner-words">{wordsOf(notice)}</output>
      {notice.kind === "countdown" && notice.seconds > 0 && (
        // Not in the status: a screen reader would read every second aloud.
        <span class="banner-count" aria-hidden="true">
          Next try in {notice.seconds} s
        </span>
      )}
      {mayRetry(notice) && (
        <button type="button" class="banner-button" onClick={reconnectNow}>
          Retry now
        </button>
      )}
    </div>
  );
}

function wordsOf(notice: LinkNotice): string {
  switch (notice.kind) {
    case "none":
      return "";
    case "offline":
      return "You are offline: messages will be sent later.";
    case "reconnecting":
      return "Reconnecting…";
    case "countdown":
      return "The server cannot be reached: messages will be sent later.";
    case "closed":
      return notice.words;
  }
}

function mayRetry(notice: LinkNotice): boolean {
  return notice.kind === "countdown" || (notice.kind === "closed" && notice.mayRetry);
}

/** Looks at the link and at the clock, four times a second while there is something to tell. */
function useLinkNotice(link: ReadonlySignal<LinkState>) {
  const notice = useSignal<LinkNotice>({ kind: "none" });
  const downSince = useSignal(Date.now());
  const look = () => {
    const now = link.peek();
    const next = linkNotice(now, {
      downMs: Date.now() - downSince.peek(),
      retryInMs: now.at === "waiting" ? now.retryAt - Date.now() : 0,
      online: navigator.onLine,
    });
    if (JSON.stringify(next) !== JSON.stringify(notice.peek())) notice.value = next;
  };
  useSignalEffect(() => {
    const open = link.value.at === "open";
    if (open) downSince.value = Number.POSITIVE_INFINITY;
    else if (downSince.peek() === Number.POSITIVE_INFINITY) downSince.value = Date.now();
    look();
    if (open) return;
    const timer = setInterval(look, 250);
    return () => clearInterval(timer);
  });
  useEffect(() => {
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return notice;
}
