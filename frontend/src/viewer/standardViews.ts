/**
 * Views that neuroangiography calls by name, for runs without angles and for looking round.
 *
 * The transorbital oblique of an internal carotid artery is taken 30° towards its own side with the
 * petrous ridge on the lower margin of the orbit (Erskine, "Cerebral angiographic projections",
 * Radiopaedia case 46308). How far the C-arm goes down for that depends on the head's tilt; 15°
 * caudal, the beam of Caldwell's projection of the orbits, brings the ridge there where the
 * orbitomeatal line lies upright.
 */
import { LATERAL, POSTEROANTERIOR, type CArmPose } from './carm'

export interface StandardView {
  name: string
  /** Where there is little room. */
  short: string
  pose: CArmPose
}

export const STANDARD_VIEWS: readonly StandardView[] = [
  { name: 'Posteroanterior (PA)', short: 'PA', pose: POSTEROANTERIOR },
  { name: 'Lateral', short: 'Lateral', pose: LATERAL },
  {
    name: 'Transorbital oblique, right carotid artery',
    short: 'Orbit R',
    pose: { primaryDeg: -30, secondaryDeg: -15 },
  },
  {
    name: 'Transorbital oblique, left carotid artery',
    short: 'Orbit L',
    pose: { primaryDeg: 30, secondaryDeg: -15 },
  },
]

/** The standard view after `pose`, the first after any other. */
export function nextStandardView(pose: CArmPose | null): CArmPose {
  const current = STANDARD_VIEWS.findIndex((one) => one.pose === pose)
  return STANDARD_VIEWS[(current + 1) % STANDARD_VIEWS.length]?.pose ?? POSTEROANTERIOR
}
