/** The room's name, and whether one hears it live. */
import type { LinkState } from "#sdk/index.ts";
import type { ReadonlySignal } from "@preact/signals";

export interface RoomHeaderProps {
  readonly name: string;
  readonly link: ReadonlySignal<LinkState>;
}

export function RoomHeader({ name, link }: RoomHeaderProps) {
  const live = link.value.at === "open";
  return (
    <header class="room-header">
      <h1>
        <bdi>{name}</bdi>
      </h1>
      {/* The banner speaks to screen readers; twice would be noise. */}
      <p class="room-link" data-live={live} aria-hidden="true">
        {live ? "Live" : "Not connected"}
      </p>
    </header>
  );
}
