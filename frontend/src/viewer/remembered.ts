/** What was made of an object last, kept for as long as the object lives. */
const kept = new WeakMap<object, Map<string, { inputs: string; value: unknown }>>()

/** `make()`, or what it gave last for the same `inputs`; one value is kept for each `name`. */
export function remembered<T>(of: object, name: string, inputs: string, make: () => T): T {
  const last = kept.get(of)?.get(name)
  if (last?.inputs === inputs) return last.value as T
  const value = make()
  remember(of, name, inputs, value)
  return value
}

/** Take `value` for what {@link remembered} would make. */
export function remember(of: object, name: string, inputs: string, value: unknown): void {
  const made = kept.get(of) ?? new Map<string, { inputs: string; value: unknown }>()
  made.set(name, { inputs, value })
  kept.set(of, made)
}
