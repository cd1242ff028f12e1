/** The room's name and topic, who is in it, and whether one hears it live. */
import type { LinkState } from "#sdk/index.ts";
import type { ReadonlySignal } from "@preact/signals";
import { Icon } from "#web/widgets/icon.tsx";

export interface RoomHeaderProps {
  readonly name: string;
  readonly topic: string;
  /** "12 people, 3 online"; empty while nobody knows. */
  readonly people: string;
  readonly link: ReadonlySignal<LinkState>;
  /** On a narrow page: back to the list of rooms. */
  readonly toList: () => void;
  /** Whether something new is there. */
  readonly hasUnread: boolean;
  readonly showPeople: () => void;
  readonly showNotify: () => void;
  /** Whether not everything is announced. */
  readonly isQuiet: boolean;
}

export function RoomHeader(props: RoomHeaderProps) {
  const { name, topic, people, link, toList, hasUnread, showPeople } = props;
  const live = link.value.at === "open";
  return (
    <header class="room-header">
      <button type="button" class="icon-button back-button" onClick={toList}>
        <Icon name="back" />
        <span class="visually-hidden">All rooms{hasUnread && ", with something new"}</span>
        {hasUnread && <span class="unread-dot" />}
      </button>
      <div class="room-names">
        <h1>
          <bdi>{name}</bdi>
        </h1>
        {topic !== "" && (
          <p class="room-topic" dir="auto" title={topic}>
            {topic}
          </p>
        )}
      </div>
      {/* The banner speaks to screen readers; twice would be noise. */}
      <p class="room-link" data-live={live} aria-hidden="true">
        {live ? "Live" : "Not connected"}
      </p>
      <button
        type="button"
        class="icon-button"
        title="What is announced"
        onClick={props.showNotify}
      >
        <Icon name={props.isQuiet ? "bell-off" : "bell"} />
        <span class="visually-hidden">
          What is announced of {name}
          {props.isQuiet && ", not everything now"}
        </span>
      </button>
      <button type="button" class="people-button" onClick={showPeople}>
        <Icon name="people" />
        <span class="people-words">{people}</span>
        <span class="visually-hidden">People in {name}</span>
      </button>
    </header>
  );
}
