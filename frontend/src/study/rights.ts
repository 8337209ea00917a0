// What the pages offer to whom. The server decides anew on every request; this hides what it
// would refuse.
import type { Study } from '../api/types'

type WithRole = Pick<Study, 'role'>

/** Change protocol, people and cases; open, unlock, lock, adjudicate. */
export const mayRun = ({ role }: WithRole): boolean => role === 'coordinator'

/** Upload cases and try failed ones again. */
export const mayChangeCohort = ({ role }: WithRole): boolean =>
  role === 'coordinator' || role === 'site-coordinator'

/** See the report and export, once the study is locked. */
export const maySeeResults = ({ role }: WithRole): boolean =>
  role === 'coordinator' || role === 'statistician'
