/** The fields of a room's name and topic, for making it and for changing it. */
import type { Signal } from "@preact/signals";
import { Field } from "#web/welcome/field.tsx";

export interface RoomWordsProps {
  readonly name: Signal<string>;
  readonly topic: Signal<string>;
  readonly topicHint?: string;
}

export function RoomWords({ name, topic, topicHint }: RoomWordsProps) {
  return (
    <>
      <Field
        id="room-name"
        label="Name"
        type="text"
        autocomplete="off"
        value={name.value}
        onValue={(value) => (name.value = value)}
      />
      <Field
        id="room-topic"
        label="Topic"
        type="text"
        autocomplete="off"
        isOptional
        hint={topicHint}
        value={topic.value}
        onValue={(value) => (topic.value = value)}
      />
    </>
  );
}
