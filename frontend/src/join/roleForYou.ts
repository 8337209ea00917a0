import type { Role } from '../api/types'

/** What joining means to the person who is invited. */
export const ROLE_FOR_YOU: Record<Role, string> = {
  coordinator:
    'You will run the study with its other coordinators: cases, protocol, people and the lock. You see no grade before the lock, and can never be a rater of this study.',
  'site-coordinator':
    'You will upload the cases of your hospital and see how far these are, and can never be a rater of this study.',
  rater:
    'You will grade cases, blinded: you see images and your own list, and nothing of anybody else.',
  adjudicator:
    'You will grade, blinded, the cases on which the raters differ, after they have finished.',
  statistician:
    'You will see cases, protocol and progress, and the report once the study is locked. You can never be a rater of this study.',
}
