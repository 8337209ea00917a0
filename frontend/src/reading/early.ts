/**
 * What the reading room needs first, asked for while its scripts are still on their way: the list,
 * and of a case that may be opened at once its images.
 */
import { askEarly } from '../api/early'
import type { ReadingCase } from '../api/types'
import { CaseMedia } from '../viewer/caseMedia'
import { startWorkers } from '../viewer/mediaWorkers'
import { screenFacts, screenQuery } from './before/screenFacts'
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
  void askEarly(`/api/reading/${studyId}/worklist`)
  if (!code) return
  // Asking for a case begins its reading: the server gives none unless this screen was checked.
  const screen = screenQuery(screenFacts())
  const reading = await askEarly<ReadingCase>(`/api/reading/cases/${code}`, `?${screen}`)
  if (!reading) return
  const { base, manifest, version } = reading.media
  held = { code, version, media: new CaseMedia(base, manifest) }
  held.media.start()
}
