/** One's own profile: picture, name, what one is called, and a few words. */
import { LIMITS } from "#protocol/limits.ts";
import type { Profile } from "#protocol/person.ts";
import { aboutProblem, parseDisplayName } from "#protocol/person.ts";
import { parseUsername } from "#protocol/username.ts";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";
import { useTask } from "#web/chat/task.ts";
import { Avatar } from "#web/widgets/avatar.tsx";
import { Dialog } from "#web/widgets/dialog.tsx";
import { Field } from "#web/welcome/field.tsx";
import { uploadPicture } from "./upload-picture.ts";

interface ProfilePanelProps {
  readonly chat: Chat;
  readonly onClose: () => void;
}

export function ProfilePanel({ chat, onClose }: ProfilePanelProps) {
  const profile = useSignal<Profile | undefined>(undefined);
  const task = useTask();
  useEffect(() => {
    task.run(async () => {
      profile.value = await chat.things.profile(chat.me.id);
    });
  }, []);
  return (
    <Dialog title="Your profile" onClose={onClose}>
      {profile.value === undefined ? (
        <p role="alert" class="form-alert">
          {task.trouble}
        </p>
      ) : (
        <>
          <PictureForm
            chat={chat}
            profile={profile.value}
            onChange={(next) => (profile.value = next)}
          />
          <WordsForm chat={chat} profile={profile.value} onClose={onClose} />
        </>
      )}
    </Dialog>
  );
}

interface PictureFormProps {
  readonly chat: Chat;
  readonly profile: Profile;
  readonly onChange: (profile: Profile) => void;
}

function PictureForm({ chat, profile, onChange }: PictureFormProps) {
  const task = useTask();
  const told = (next: Profile) => {
    onChange(next);
    chat.shownMe.value = next;
  };
  const onFile = (event: Event) => {
    const input = event.currentTarget;
    const file = input instanceof HTMLInputElement ? input.files?.[0] : undefined;
    if (file === undefined) return;
    task.run(async () => told(await uploadPicture(file)));
  };
  const remove = () => {
    task.run(async () => {
      await chat.things.removePicture();
      told(await chat.things.profile(chat.me.id));
    });
  };
  return (
    <div class="picture-form" aria-busy={task.busy}>
      <Avatar person={profile} />
      <div class="dialog-actions">
        <label class="button-small picture-choose">
          {profile.picture === undefined ? "Choose a picture" : "Choose another picture"}
          <input
            type="file"
            class="visually-hidden"
            accept="image/png,image/jpeg,image/webp,image/gif,image/avif"
            onChange={onFile}
          />
        </label>
        {profile.picture !== undefined && (
          <button type="button" class="button-small" onClick={remove}>
            Take it away
          </button>
        )}
      </div>
      <p class="dialog-hint">
        It is cut to a square. Where and when it was taken is not kept with it.
      </p>
      <p role="alert" class="form-alert">
        {task.trouble}
      </p>
    </div>
  );
}

function WordsForm({
  chat,
  profile,
  onClose,
}: Omit<PictureFormProps, "onChange"> & ProfilePanelProps) {
  const displayName = useSignal(profile.displayName ?? "");
  const username = useSignal(profile.username);
  const about = useSignal(profile.about);
  const task = useTask();
  const submit = (event: Event) => {
    event.preventDefault();
    const problem = problemOf(displayName.value.trim(), username.value.trim(), about.value);
    if (problem !== undefined) return task.refuse(problem);
    task.run(async () => {
      const name = username.value.trim();
      const change = { displayName: displayName.value.trim(), about: about.value };
      const isRenamed = name !== profile.username;
      const next = await chat.things.changeProfile(
        isRenamed ? { ...change, username: name } : change,
      );
      chat.shownMe.value = next;
      onClose();
      chat.notice.value = "Your profile is changed.";
    });
  };
  return (
    <form class="dialog-form" noValidate aria-busy={task.busy} onSubmit={submit}>
      <Field
        id="display-name"
        label="What you are called"
        type="text"
        autocomplete="name"
        value={displayName.value}
        onValue={(value) => (displayName.value = value)}
        hint={`Shown instead of your name; up to ${LIMITS.displayNameCharsMax} characters. May be empty.`}
      />
      <Field
        id="own-username"
        label="Name"
        type="text"
        autocomplete="username"
        value={username.value}
        onValue={(value) => (username.value = value)}
        hint="By which you sign in, and others mention you. The old one is kept for you for 30 days."
      />
      <AboutBox value={about.value} onValue={(value) => (about.value = value)} />
      <p role="alert" class="form-alert">
        {task.trouble}
      </p>
      <button type="submit" class="button-primary" aria-disabled={task.busy}>
        {task.busy ? "One moment…" : "Save"}
      </button>
    </form>
  );
}

interface AboutBoxProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
}

function AboutBox({ value, onValue }: AboutBoxProps) {
  return (
    <label class="field">
      <span class="field-label">About you</span>
      <textarea
        id="about"
        rows={3}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </label>
  );
}

function problemOf(displayName: string, username: string, about: string): string | undefined {
  const name = parseUsername(username);
  if (!name.ok) return name.problem;
  const display = displayName === "" ? undefined : parseDisplayName(displayName);
  if (display?.ok === false) return display.problem;
  return aboutProblem(about);
}
