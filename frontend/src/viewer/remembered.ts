/** What was made of an object last, kept for as long as the object lives. */
const kept = new WeakMap<object, Map<string, { inputs: string; value: unknown }>>()

/** `make()`, or what it gave last for the same `inputs`; one value is kept for each `name`. */
export function remembered<T>(of: object, name: string, inputs: string, make: () => T): T {
  const made = kept.get(of) ?? new Map<string, { inputs: string; value: unknown }>()
  kept.set(of, made)
  const last = made.get(name)
  if (last?.inputs === inputs) return last.value as T
  const value = make()
  made.set(name, { inputs, value })
  return value
}
