/** The keys of a page in one table: it drives the handler, the tools and the sheet behind "?". */

export interface Shortcut<Command extends string> {
  command: Command
  /** Values of `KeyboardEvent.key`, letters in lower case unless Shift is meant. */
  keys: readonly string[]
  /** The key as it is written on screen. */
  shown: string
  words: string
  /** Asked for again and again while the key is held. */
  repeats: boolean
}

export interface ShortcutGroup<Command extends string> {
  title: string
  shortcuts: readonly Shortcut<Command>[]
}

export function shortcut<Command extends string>(
  command: Command,
  key: string,
  words: string,
  shown = key.toUpperCase(),
): Shortcut<Command> {
  return { command, keys: [key], shown, words, repeats: false }
}

export function repeating<Command extends string>(one: Shortcut<Command>): Shortcut<Command> {
  return { ...one, repeats: true }
}

export class ShortcutTable<Command extends string> {
  readonly #shortcuts: readonly Shortcut<Command>[]

  constructor(readonly groups: readonly ShortcutGroup<Command>[]) {
    this.#shortcuts = groups.flatMap(({ shortcuts }) => shortcuts)
  }

  /** The key of a command as it is written on screen. */
  keyOf(command: Command): string {
    return this.#shortcuts.find((one) => one.command === command)?.shown ?? ''
  }

  /** What a key means: as it was typed or, with caps lock on, in lower case. */
  find(key: string): Shortcut<Command> | undefined {
    return this.#named(key) ?? this.#named(key.toLowerCase())
  }

  #named(key: string): Shortcut<Command> | undefined {
    return this.#shortcuts.find(({ keys }) => keys.includes(key))
  }
}
