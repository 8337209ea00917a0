/** Short names for the columns of exports, made of what coordinators write. */
interface Named {
  code: string | null
  label: string
}

const LONGEST = 32

/** The characters that are no part of a code; reasons have no digits. */
const NOT_IN_CODE = /[^a-z0-9]+/g
const NOT_IN_REASON = /[^a-z]+/g

/** A code for each item: its own where it has one, else one made of its label. */
export function codesOf(items: readonly Named[], areReasons = false): string[] {
  const taken = new Set(items.flatMap(({ code }) => code ?? []))
  return items.map(({ code, label }) => {
    const given = code ?? freeCode(codeOf(label, areReasons ? NOT_IN_REASON : NOT_IN_CODE), taken)
    taken.add(given)
    return given
  })
}

function codeOf(label: string, left: RegExp): string {
  const words = label.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '').replace(left, ' ')
  const code = words.trim().slice(0, LONGEST).trim().replace(/ /g, '-')
  return /^[a-z]./.test(code) ? code : code === '' ? 'item' : `item-${code}`
}

/** The code itself, or with the first letter at its end that makes it one of its own. */
function freeCode(code: string, taken: ReadonlySet<string>): string {
  if (!taken.has(code)) return code
  for (const letter of 'bcdefghijklmnopqrstuvwxyz') {
    if (!taken.has(`${code}-${letter}`)) return `${code}-${letter}`
  }
  return freeCode(`${code}-z`, taken)
}
