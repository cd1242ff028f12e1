/**
 * What this device remembers between visits; forgets politely where a browser allows no storage.
 */
export type DeviceMemory = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * The browser's local storage, or a memory that lasts as long as the page where it is switched off
 * or full.
 */
export function deviceMemory(): DeviceMemory {
  return memoryOver(() => localStorage);
}

/** @param storage asking for it throws where it is switched off */
function memoryOver(storage: () => Storage): DeviceMemory {
  const here = new Map<string, string>();
  return {
    getItem: (key) => here.get(key) ?? attempt(() => storage().getItem(key)) ?? null,
    setItem(key, value) {
      here.set(key, value);
      attempt(() => storage().setItem(key, value));
    },
    removeItem(key) {
      here.delete(key);
      attempt(() => storage().removeItem(key));
    },
  };
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
