/** A connection that is lost: one's own, or the stranger's, with how long they still have. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { StrangerChatProps } from "./stranger-chat.tsx";

export function AwayBanner({ view, state }: StrangerChatProps) {
  const isWaiting = useSignal(false);
  const isAway = state.at === "away";
  const seconds = useSecondsLeft(isAway ? state.until : 0);
  useEffect(() => {
    isWaiting.value = false;
  }, [isAway]);
  const isLost = state.at !== "ended" && !view.moment.value.isConnected;
  if (isLost) {
    return (
      <div class="banner strangers-lost" data-kind="lost">
        Reconnecting…
      </div>
    );
  }
  if (!isAway) return <div class="banner" data-kind="none" />;
  return (
    <div class="banner" data-kind="away">
      <span>
        Connection lost – waiting <span class="banner-count">{seconds} s</span>
      </span>
      {!isWaiting.value && (
        <>
          <button type="button" class="banner-button" onClick={() => (isWaiting.value = true)}>
            Keep waiting
          </button>
          <button type="button" class="banner-button" onClick={() => view.search()}>
            Find someone new
          </button>
        </>
      )}
    </div>
  );
}

function useSecondsLeft(until: number): number {
  const left = () => Math.max(0, Math.ceil((until - Date.now()) / 1_000));
  const seconds = useSignal(left());
  useEffect(() => {
    if (until === 0) return undefined;
    seconds.value = left();
    const timer = setInterval(() => (seconds.value = left()), 1_000);
    return () => clearInterval(timer);
  }, [until]);
  return seconds.value;
}
