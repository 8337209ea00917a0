// The roles of a study in words.
import type { Role } from '../api/types'

export const ROLE_NAME: Record<Role, string> = {
  coordinator: 'Coordinator',
  'site-coordinator': 'Site coordinator',
  rater: 'Rater',
  adjudicator: 'Adjudicator',
  statistician: 'Statistician',
}

/** What whoever has the role sees and does, in one line. */
export const ROLE_MEANS: Record<Role, string> = {
  coordinator: 'Runs the study: cases, protocol, people, lock. Sees no grade before the lock.',
  'site-coordinator': 'Uploads the cases of their own hospitals and sees how far these are.',
  rater: 'Grades cases, blinded: sees images and their own list, nothing of anybody else.',
  adjudicator: 'Grades, blinded, the cases on which the raters differ, after the lock.',
  statistician: 'Sees cases, protocol and progress, and the report once the study is locked.',
}

/** Where somebody with the role works: the reading room, or the study's pages. */
export const PLACE_OF: Record<Role, 'reading-room' | 'study'> = {
  coordinator: 'study',
  'site-coordinator': 'study',
  rater: 'reading-room',
  adjudicator: 'reading-room',
  statistician: 'study',
}

/** In the order in which the roles are shown. */
export const ROLES: readonly Role[] = [
  'coordinator',
  'site-coordinator',
  'rater',
  'adjudicator',
  'statistician',
]
