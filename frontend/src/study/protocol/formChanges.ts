/** What the buttons of the editor do to the form. */
import { type ItemForm, type ItemList, MOST_LEVELS, type ProtocolForm } from './protocolForm'

/** Put a new level at the end of the scale that is named. */
export function withLevel(form: ProtocolForm, end: 'best' | 'worst'): ProtocolForm {
  if (form.levels.length >= MOST_LEVELS) return form
  const level = { key: freeKey(form.levels), name: '', anchor: '', exampleImage: null }
  return end === 'best'
    ? { ...form, levels: [...form.levels, level] }
    : { ...form, levels: [level, ...form.levels], lowLevels: form.lowLevels + 1 }
}

export function withoutLevel(form: ProtocolForm, place: number): ProtocolForm {
  const levels = form.levels.filter((_, other) => other !== place)
  const lowLevels = form.lowLevels - (place < form.lowLevels ? 1 : 0)
  return { ...form, levels, lowLevels: Math.min(Math.max(lowLevels, 1), levels.length - 1) }
}

/** Let a level change places with its neighbour; the cut-point stays where it is on the scale. */
export function withLevelMoved(form: ProtocolForm, place: number, by: 1 | -1): ProtocolForm {
  return { ...form, levels: swapped(form.levels, place, place + by) }
}

export function withItem(form: ProtocolForm, list: ItemList): ProtocolForm {
  const item: ItemForm = { key: freeKey(form[list]), code: null, label: '', required: true }
  return { ...form, [list]: [...form[list], item] }
}

export function withoutItem(form: ProtocolForm, list: ItemList, place: number): ProtocolForm {
  return { ...form, [list]: form[list].filter((_, other) => other !== place) }
}

export function withItemMoved(
  form: ProtocolForm,
  list: ItemList,
  place: number,
  by: 1 | -1,
): ProtocolForm {
  return { ...form, [list]: swapped(form[list], place, place + by) }
}

function swapped<Part>(parts: readonly Part[], one: number, other: number): Part[] {
  const [first, second] = [parts[one], parts[other]]
  if (first === undefined || second === undefined) return [...parts]
  return parts.map((part, place) => (place === one ? second : place === other ? first : part))
}

function freeKey(parts: readonly { key: string }[]): string {
  return String(1 + Math.max(0, ...parts.map(({ key }) => Number(key))))
}
