/**
 * What the reading room needs first, asked for while its scripts are still on their way: the list,
 * and of a case that may be opened at once its images.
 */
import { askEarly } from '../api/early'
import type { ReadingCase, Worklist } from '../api/types'
import { CaseMedia } from '../viewer/caseMedia'
import { startWorkers } from '../viewer/mediaWorkers'
import { isChecked, screenFacts } from './before/screenFacts'
import type { Held } from './roomImages'

let held: Held | null = null

/** The images of the case that the page was opened at, if they were asked for; once. */
export function takeEarlyImages(): Held | null {
  const taken = held
  held = null
  return taken
}

export async function askForRoom(studyId: string, code?: string): Promise<void> {
  startWorkers()
  void askEarly('/api/session')
  const worklist = await askEarly<Worklist>(`/api/reading/${studyId}/worklist`)
  // Asking for a case begins its reading: not before the display was checked.
  if (!code || !worklist || !isChecked(screenFacts(), worklist.checked_screens)) return
  const reading = await askEarly<ReadingCase>(`/api/reading/cases/${code}`)
  if (!reading) return
  const { base, manifest, version } = reading.media
  held = { code, version, media: new CaseMedia(base, manifest) }
  held.media.start()
}
