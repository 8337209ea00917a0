// What the pages offer to whom. The server decides anew on every request; this hides what it
// would refuse.
import type { Role, Study } from '../api/types'
import { useLoadedStudy } from './StudyLayout'

type WithRole = Pick<Study, 'role'>

/** Change protocol, people and cases; open, unlock, lock, adjudicate. */
export const mayRun = ({ role }: WithRole): boolean => role === 'coordinator'

/** Upload cases and try failed ones again. */
export const mayChangeCohort = ({ role }: WithRole): boolean =>
  role === 'coordinator' || role === 'site-coordinator'

/** See the report and export, once the study is locked. */
export const maySeeResults = ({ role }: WithRole): boolean =>
  role === 'coordinator' || role === 'statistician'

/** The role of the logged-in person in the study of the page. */
export const useRole = (): Role => useLoadedStudy().role
