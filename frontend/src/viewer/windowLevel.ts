/** Window and level: which values are shown as black and as white. */
export interface Window {
  centre: number
  width: number
}

export interface WindowPreset extends Window {
  name: string
}

/** Windows (width/centre in HU) for a head without contrast. */
export const CT_WINDOWS: readonly WindowPreset[] = [
  { name: 'Brain', width: 80, centre: 40 },
  { name: 'Stroke 40/40', width: 40, centre: 40 },
  { name: 'Stroke 8/32', width: 8, centre: 32 },
  { name: 'Bone', width: 2500, centre: 480 },
]

/** Lowest and highest value of a window. */
export function windowBounds({ centre, width }: Window): [number, number] {
  return [centre - width / 2, centre + width / 2]
}

export function windowFromBounds([low, high]: [number, number]): Window {
  return { centre: (low + high) / 2, width: Math.max(high - low, 1e-6) }
}

/**
 * The window after dragging by (`dx`, `dy`) pixels: right widens, down brightens.
 *
 * The step grows with the width, so that narrow stroke windows can be set finely.
 */
export function dragWindow(window: Window, dx: number, dy: number, narrowest = 1): Window {
  const width = Math.max(narrowest, window.width * Math.exp(dx / 200))
  return { width, centre: window.centre - (dy * window.width) / 300 }
}

/** Grey level 0–255 of a value, rounded half up. */
export function greyLevel(value: number, low: number, width: number): number {
  const grey = ((value - low) * 255) / width + 0.5
  return grey < 0 ? 0 : grey > 255 ? 255 : grey | 0
}
